#include "repo/pkt_line.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"

enum { LENGTH_BYTES = 4 };

void pkt_reader_init(struct pkt_reader *reader, pkt_source_fn *source,
		     void *payload)
{
	reader->source = source;
	reader->payload = payload;
	reader->at = 0;
	reader->len = 0;
}

/* Copies up to `size` bytes, fewer only at the source's end. */
static int take(size_t *got, struct pkt_reader *reader, char *out, size_t size,
		struct err *err)
{
	*got = 0;
	while (*got < size) {
		size_t part = reader->len - reader->at;

		if (part == 0) {
			reader->at = 0;
			reader->len = 0;
			if (reader->source(&reader->len, reader->payload,
					   reader->bytes, PKT_MAX_BYTES,
					   err) < 0)
				return -1;
			if (reader->len == 0)
				return 0;
			continue;
		}
		if (part > size - *got)
			part = size - *got;
		memcpy(out + *got, reader->bytes + reader->at, part);
		reader->at += part;
		*got += part;
	}
	return 0;
}

static int digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

static int parse_length(size_t *out, const char *digits, struct err *err)
{
	*out = 0;
	for (int i = 0; i < LENGTH_BYTES; i++) {
		int value = digit_value(digits[i]);

		if (value < 0)
			return err_set(err, ERR_PROTOCOL,
				       "this is not git's protocol");
		*out = *out * 16 + (size_t)value;
	}
	if (*out > PKT_MAX_BYTES || *out == 3)
		return err_set(err, ERR_PROTOCOL,
			       "a line of the wrong length (%zu)", *out);
	return 0;
}

static int fail_with_remote_text(const char *text, struct err *err)
{
	struct buf clean;

	buf_init(&clean, sizeof(err->msg));
	text_add_clean(&clean, text, strlen(text), false);
	err_set(err, ERR_PROTOCOL, "the remote says: %s", clean.ptr);
	buf_release(&clean);
	return -1;
}

int pkt_read(struct pkt *pkt, struct pkt_reader *reader, struct err *err)
{
	static const enum pkt_kind special[] = { PKT_FLUSH, PKT_DELIMITER,
						 PKT_RESPONSE_END };
	char digits[LENGTH_BYTES];
	size_t got, len;

	*pkt = (struct pkt){ .kind = PKT_END, .data = "" };
	if (take(&got, reader, digits, LENGTH_BYTES, err) < 0)
		return -1;
	if (got == 0)
		return 0;
	if (got < LENGTH_BYTES)
		return err_set(err, ERR_PROTOCOL, "broken off within a line");
	if (parse_length(&len, digits, err) < 0)
		return -1;
	if (len < ARRAY_LEN(special)) {
		pkt->kind = special[len];
		return 0;
	}
	len -= LENGTH_BYTES;
	if (take(&got, reader, reader->line, len, err) < 0)
		return -1;
	if (got < len)
		return err_set(err, ERR_PROTOCOL, "broken off within a line");
	reader->line[len] = '\0';
	if (len >= 4 && !memcmp(reader->line, "ERR ", 4))
		return fail_with_remote_text(reader->line + 4, err);
	*pkt = (struct pkt){ PKT_DATA, reader->line, len };
	return 0;
}

int pkt_read_text(struct pkt *pkt, struct pkt_reader *reader, struct err *err)
{
	if (pkt_read(pkt, reader, err) < 0)
		return -1;
	if (pkt->kind == PKT_DATA && pkt->len > 0 &&
	    pkt->data[pkt->len - 1] == '\n')
		reader->line[--pkt->len] = '\0';
	return 0;
}

void pkt_add(struct buf *out, const void *bytes, size_t len)
{
	assert(len <= PKT_MAX_BYTES - LENGTH_BYTES);
	buf_addf(out, "%04zx", len + LENGTH_BYTES);
	buf_add(out, bytes, len);
}

void pkt_addf(struct buf *out, const char *fmt, ...)
{
	char line[2048];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	assert(len >= 0 && (size_t)len < sizeof(line));
	pkt_add(out, line, (size_t)len);
}

void pkt_add_flush(struct buf *out)
{
	buf_addstr(out, "0000");
}

void pkt_add_delimiter(struct buf *out)
{
	buf_addstr(out, "0001");
}
