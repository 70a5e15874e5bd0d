/* Any bytes as the text of a model: what comes out mentions nobody, refers to
 * nothing, has no HTML outside of code, and is not longer than promised. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/text.h"
#include "report/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_BYTES = 4000 };

/* Outside of code: backticks that were text are escaped. */
static void check_line(const char *at, const char *end)
{
	for (; at < end; at++) {
		if (*at == '\\') {
			at++;
		} else if (*at == '`') {
			size_t run = strspn(at, "`"), close = 0;
			const char *next = at + run;

			for (; next < end && close != run; next += close) {
				next += strcspn(next, "`");
				close = next < end ? strspn(next, "`") : 0;
			}
			if (close != run)
				abort();
			at = next - 1;
		} else if (*at == '<' || *at == '>' || *at == '[' ||
			   (strchr("@#", *at) &&
			    strncmp(at + 1, "\xe2\x80\x8b", 3) != 0)) {
			abort();
		}
	}
}

static void check_lines(const char *at)
{
	size_t fence = 0;

	while (*at) {
		const char *end = at + strcspn(at, "\n");
		size_t ticks = strspn(at, "`");

		if (fence) {
			fence = ticks >= fence && at + ticks == end ? 0 : fence;
		} else if (ticks >= 3 && !memchr(at + ticks, '`',
						 (size_t)(end - at) - ticks)) {
			fence = ticks;
		} else {
			if (at[strspn(at, " \t")] == '/' &&
			    at[strspn(at, " \t") + 1] >= 'a' &&
			    at[strspn(at, " \t") + 1] <= 'z')
				abort();
			check_line(at, end);
		}
		at = end + (*end == '\n');
	}
	if (fence)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xmemdup(data, size);
	struct buf out;

	buf_init(&out, (size_t)1 << 20);
	report_neutralise(&out, text, MAX_BYTES);
	if (out.overflow ||
	    out.len > (size_t)MAX_BYTES * REPORT_NEUTRAL_GROWTH + 16 ||
	    !text_is_utf8(out.ptr, out.len))
		abort();
	check_lines(out.ptr);
	buf_reset(&out);
	report_neutralise_line(&out, text, MAX_BYTES);
	if (strchr(out.ptr, '\n'))
		abort();
	buf_reset(&out);
	report_code_span(&out, text, MAX_BYTES);
	if (strchr(out.ptr, '\n') || out.ptr[0] != '`')
		abort();
	buf_release(&out);
	free(text);
	return 0;
}
