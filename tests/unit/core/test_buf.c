#include "unit.h"

#include <stdlib.h>

#include "core/buf.h"
#include "core/strvec.h"

Test(buf, holds_what_was_added)
{
	struct buf buf;

	buf_init(&buf, 100);
	buf_addstr(&buf, "ab");
	buf_addf(&buf, "%d", 12);
	buf_addch(&buf, '!');
	cr_assert(eq(str, buf.ptr, "ab12!"));
	buf_truncate(&buf, 2);
	cr_assert(eq(str, buf.ptr, "ab"));
	buf_release(&buf);
}

Test(buf, drops_the_whole_append_past_its_bound)
{
	struct err err = ERR_INIT;
	struct buf buf;

	buf_init(&buf, 4);
	buf_addstr(&buf, "abc");
	buf_addstr(&buf, "de");
	buf_addstr(&buf, "f");
	cr_assert(eq(str, buf.ptr, "abc"));
	must_fail(ERR_TOO_LARGE, buf_check(&buf, "reply", &err));
	cr_assert(eq(str, err.msg, "reply is over 4 bytes"));
	buf_release(&buf);
}

Test(buf, hands_its_string_over)
{
	struct buf buf;
	char *s;

	buf_init(&buf, 10);
	s = buf_detach(&buf);
	cr_assert(eq(str, s, ""));
	free(s);
	buf_addstr(&buf, "x");
	s = buf_detach(&buf);
	cr_assert(eq(str, s, "x"));
	free(s);
	buf_release(&buf);
}

Test(strvec, splits_and_sorts)
{
	struct strvec vec = STRVEC_INIT;

	strvec_split(&vec, " main, release/* ,,", ',');
	cr_assert(eq(sz, vec.len, 2));
	strvec_addf(&vec, "%s", "a");
	strvec_sort(&vec);
	cr_assert(eq(str, vec.v[0], "a"));
	cr_assert(eq(str, vec.v[2], "release/*"));
	cr_assert(vec.v[3] == NULL);
	cr_assert(strvec_has(&vec, "main"));
	cr_assert(not(strvec_has(&vec, "mai")));
	strvec_release(&vec);
}
