/* First line: patterns between spaces. The rest: a path. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "repo/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of [p, !p] nothing is left, of [!p, p] all that p matches. */
static void check_negation(const char *text, const char *path)
{
	struct pattern_list list = { 0 };
	struct err err = ERR_INIT;
	char *negated = xstrf("!%s", text);
	bool yes;

	if (*text != '!' && !pattern_match_text(&yes, text, path, &err)) {
		if (pattern_list_add(&list, text, &err) < 0 ||
		    pattern_list_match(&list, path) != yes)
			abort();
		if (pattern_list_add(&list, negated, &err) < 0 ||
		    pattern_list_match(&list, path))
			abort();
	}
	pattern_list_release(&list);
	free(negated);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pattern_list list = { 0 };
	struct err err = ERR_INIT;
	char *text = xmemdup(data, size);
	char *path = strchr(text, '\n'), *save, *word;

	if (path)
		*path++ = '\0';
	else
		path = text + size;
	for (word = strtok_r(text, " ", &save); word;
	     word = strtok_r(NULL, " ", &save)) {
		check_negation(word, path);
		if (pattern_list_add(&list, word, &err) < 0 && !err.msg[0])
			abort();
	}
	(void)pattern_list_match(&list, path);
	(void)pattern_list_match_name(&list, path);
	pattern_list_release(&list);
	free(text);
	return 0;
}
