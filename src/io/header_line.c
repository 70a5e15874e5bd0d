#include "io/header_line.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

static bool is_token(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.";

	return *name && name[strspn(name, letters)] == '\0';
}

static bool is_value(const char *value)
{
	for (; *value; value++)
		if (((unsigned char)*value < ' ' && *value != '\t') ||
		    *value == '\x7f')
			return false;
	return true;
}

/* "=" stands behind the 64 digits. */
enum { PADDING = 64 };

/* The caller wipes and frees it. */
static char *base64(const char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/=";
	size_t len = strlen(text);
	char *out = xcalloc(len / 3 + 1, 4 + 1);
	char *to = out;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t three = (uint32_t)(unsigned char)text[i] << 16;

		if (i + 1 < len)
			three |= (uint32_t)(unsigned char)text[i + 1] << 8;
		if (i + 2 < len)
			three |= (unsigned char)text[i + 2];
		*to++ = digits[three >> 18];
		*to++ = digits[three >> 12 & 63];
		*to++ = digits[i + 1 < len ? three >> 6 & 63 : PADDING];
		*to++ = digits[i + 2 < len ? three & 63 : PADDING];
	}
	return out;
}

static void wipe(char *text)
{
	explicit_bzero(text, strlen(text));
	free(text);
}

static char *basic_line(const struct http_header *header)
{
	char *pair = xstrf("%s:%s", header->basic_user,
			   secret_reveal(header->secret));
	char *encoded = base64(pair);
	char *line = xstrf("%s: Basic %s", header->name, encoded);

	wipe(pair);
	wipe(encoded);
	return line;
}

static char *make_line(const struct http_header *header)
{
	if (header->secret && header->basic_user)
		return basic_line(header);
	if (header->secret)
		return xstrf("%s: %s%s", header->name,
			     header->prefix ? header->prefix : "",
			     secret_reveal(header->secret));
	/* libcurl's way to say: this header, with nothing in it. */
	if (!*header->value)
		return xstrf("%s;", header->name);
	return xjoin(header->name, ": ", header->value);
}

int header_line_make(char **out, const struct http_header *header,
		     struct err *err)
{
	char *line;

	if (!is_token(header->name))
		return err_set(err, ERR_INVALID, "not a header's name");
	if (!header->value == !header->secret)
		return err_set(err, ERR_INVALID,
			       "header %s: a value or a secret expected",
			       header->name);
	line = make_line(header);
	if (!is_value(line)) {
		wipe(line);
		if (header->secret)
			return err_set(err, ERR_AUTH,
				       "%s: a line break or another control "
				       "character is in it",
				       secret_name(header->secret));
		return err_set(err, ERR_INVALID,
			       "header %s: control characters in its value",
			       header->name);
	}
	*out = line;
	return 0;
}
