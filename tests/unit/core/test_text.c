#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"

Test(text, knows_utf8)
{
	cr_assert(text_is_utf8("a\xc3\xa4\xf0\x9f\x98\x80", 7));
	cr_assert(not(text_is_utf8("\xc0\x80", 2)));
	cr_assert(not(text_is_utf8("\xed\xa0\x80", 3)));
	cr_assert(not(text_is_utf8("\xf4\x90\x80\x80", 4)));
	cr_assert(not(text_is_utf8("\xe2\x82", 2)));
}

Test(text, cleans_what_could_fool_a_reader)
{
	char *s = text_clean("a\x1b[2Jb\xe2\x80\xae"
			     "c\r\n\t\xe3\x85\xa4\xf3\xa0\x84\x80\xcd\x8f"
			     "d\xff\xc2\x9b",
			     true);

	cr_assert(eq(str, s, "a[2Jbc\n\td\xef\xbf\xbd"));
	free(s);
	s = text_clean("a\nb", false);
	cr_assert(eq(str, s, "a b"));
	free(s);
}

Test(text, cuts_between_characters)
{
	cr_assert(eq(sz, text_cut("a\xc3\xa4", 3, 2), 1));
	cr_assert(eq(sz, text_cut("abc", 3, 2), 2));
	cr_assert(eq(sz, text_cut("abc", 3, 9), 3));
}

Test(text, guesses_what_was_meant)
{
	static const char *const words[] = { "fallback", "timeout", NULL,
					     "key" };

	cr_assert(
		eq(str, (char *)text_closest("fallbak", words, 4), "fallback"));
	cr_assert(text_closest("zebra", words, 4) == NULL);
	cr_assert(eq(str, (char *)text_closest("kei", words, 4), "key"));
}

Test(text, reads_utf16_by_its_mark)
{
	size_t len = 0;
	char *out = text_from_utf16("\xff\xfe"
				    "a\0\xe9\0=\xd8\x00\xde",
				    10, &len);

	cr_expect(eq(str, out, "a\xc3\xa9\xf0\x9f\x98\x80"));
	cr_expect(eq(sz, len, strlen(out)));
	free(out);
	out = text_from_utf16("\xfe\xff\0a\xd8=\0b", 8, &len);
	cr_expect(eq(str, out,
		     "a\xef\xbf\xbd"
		     "b"));
	free(out);
	cr_expect(text_from_utf16("plain", 5, &len) == NULL);
}
