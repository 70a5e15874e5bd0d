#include "unit.h"

#include <stdlib.h>

#include "io/header_line.h"

Test(header_line, puts_values_and_secrets_together)
{
	struct secret *key = secret_new("env:KEY", "s3cr3t-key");
	struct secret *broken = secret_new("env:BAD", "two\r\nX-Evil: 1");
	struct secret *lengths[] = { secret_new("a", "a"),
				     secret_new("b", "ab"),
				     secret_new("c", "abc") };
	struct {
		struct http_header header;
		const char *expected; /* NULL: refused */
	} cases[] = {
		{ { .name = "Accept", .value = "a/b" }, "Accept: a/b" },
		{ { .name = "Accept", .value = "" }, "Accept;" },
		{ { .name = "x-api-key", .secret = key },
		  "x-api-key: s3cr3t-key" },
		{ { .name = "Authorization",
		    .secret = key,
		    .prefix = "Bearer " },
		  "Authorization: Bearer s3cr3t-key" },
		{ { .name = "A", .secret = lengths[0], .basic_user = "u" },
		  "A: Basic dTph" },
		{ { .name = "A", .secret = lengths[1], .basic_user = "u" },
		  "A: Basic dTphYg==" },
		{ { .name = "A", .secret = lengths[2], .basic_user = "u" },
		  "A: Basic dTphYmM=" },
		{ { .name = "A", .secret = broken }, NULL },
		{ { .name = "A", .value = "x\ny" }, NULL },
		{ { .name = "A B", .value = "x" }, NULL },
		{ { .name = "A:", .value = "x" }, NULL },
		{ { .name = "", .value = "x" }, NULL },
		{ { .name = "A" }, NULL },
		{ { .name = "A", .value = "x", .secret = key }, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		char *line;

		if (!cases[i].expected) {
			must_fail(cases[i].header.secret == broken
					  ? ERR_AUTH
					  : ERR_INVALID,
				  header_line_make(&line, &cases[i].header,
						   &err));
			continue;
		}
		must(header_line_make(&line, &cases[i].header, &err));
		cr_assert(eq(str, line, (char *)cases[i].expected));
		free(line);
	}
	secret_free(key);
	secret_free(broken);
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++)
		secret_free(lengths[i]);
}
