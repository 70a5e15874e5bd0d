#include "unit.h"

#include <string.h>

#include "code/literals.h"
#include "core/buf.h"

static void note(unsigned id, size_t start, void *payload)
{
	buf_addf(payload, "%u@%zu ", id, start);
}

/* What the five words below find in `text`. */
static char *found_in(const char *text)
{
	static const struct literal words[] = {
		{ "he", false, 1 },  { "she", false, 2 }, { "his", false, 3 },
		{ "hers", true, 4 }, { "he", true, 5 },
	};
	struct literals *literals = literals_new(words, 5);
	struct buf out;

	buf_init(&out, 4096);
	literals_scan(literals, text, strlen(text), note, &out);
	literals_free(literals);
	return buf_detach(&out);
}

Test(literals, finds_words_within_words)
{
	static const struct {
		const char *text;
		const char *found;
	} cases[] = {
		{ "ushers", "2@1 5@2 1@2 4@2 " },
		{ "uSHERS", "5@2 4@2 " },
		{ "hishe", "3@0 2@2 5@3 1@3 " },
		{ "hhhe", "5@2 1@2 " },
		{ "h is", "" },
		{ "", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *found = found_in(cases[i].text);

		cr_assert(eq(str, found, (char *)cases[i].found), "%s",
			  cases[i].text);
		free(found);
	}
}

Test(literals, takes_any_bytes)
{
	static const struct literal words[] = { { "\xff\x80", false, 7 } };
	struct literals *literals = literals_new(words, 1);
	struct buf out;

	buf_init(&out, 4096);
	literals_scan(literals, "a\0\xff\x80\xff", 5, note, &out);
	cr_assert(eq(str, out.ptr, "7@2 "));
	buf_release(&out);
	literals_free(literals);
}
