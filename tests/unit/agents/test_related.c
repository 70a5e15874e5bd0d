#include "unit.h"

#include <stdlib.h>

#include "agents/related.h"
#include "change.h"

enum { PLENTY = 1 << 20 };

/* A class of two stored properties and a computed one, with three functions:
 * the one in the middle is changed. */
#define BEFORE                                    \
	"cat >Session.swift <<'E'\n"              \
	"import Foundation\n"                     \
	"@testable import Wallet\n"               \
	"\n\n\n\n"                                \
	"final class Session {\n"                 \
	"    private let store: Store\n"          \
	"    var token: String?\n"                \
	"    var isOpen: Bool { token != nil }\n" \
	"\n\n\n\n"                                \
	"    func before() {\n"                   \
	"        earlier()\n"                     \
	"    }\n"                                 \
	"\n\n\n\n"                                \
	"    func signIn() {\n"                   \
	"        first()\n"                       \
	"        second()\n"                      \
	"        third()\n"                       \
	"        fourth()\n"                      \
	"        fifth()\n"                       \
	"        sixth()\n"                       \
	"        seventh()\n"                     \
	"        eighth()\n"                      \
	"        changeMe()\n"                    \
	"    }\n"                                 \
	"\n\n\n\n"                                \
	"    func after() {\n"                    \
	"        later()\n"                       \
	"    }\n"                                 \
	"}\n"                                     \
	"E"
#define AFTER "sed -i 's/changeMe/changed/' Session.swift"

/* What is told of the one file, and what is said to be left out. */
struct told {
	struct change change;
	struct buf text;
	struct strvec left_out;
	bool any;
};

static void tell(struct told *told, const char *before, const char *after,
		 size_t max)
{
	*told = (struct told){ .left_out = STRVEC_INIT };
	change_init(&told->change, before, after);
	cr_assert(eq(sz, told->change.changeset.file_count, 1));
	buf_init(&told->text, PLENTY);
	told->any = related_add_file(&told->text, &told->left_out,
				     told->change.sources, 0, max);
}

static void told_release(struct told *told)
{
	buf_release(&told->text);
	strvec_release(&told->left_out);
	change_release(&told->change);
}

static void has(const struct told *told, const char *wanted)
{
	cr_expect(strstr(told->text.ptr, wanted) != NULL, "no '%s' in:\n%s",
		  wanted, told->text.ptr);
}

static void hasnt(const struct told *told, const char *unwanted)
{
	cr_expect(strstr(told->text.ptr, unwanted) == NULL, "'%s' in:\n%s",
		  unwanted, told->text.ptr);
}

Test(related, tells_imports_the_type_and_the_whole_function)
{
	struct told told;

	tell(&told, BEFORE, AFTER, PLENTY);
	cr_expect(told.any);
	cr_expect(eq(sz, told.left_out.len, 0));
	has(&told, "## Session.swift\nimport Foundation\n");
	has(&told, "@testable import Wallet\n");
	has(&told, "final class Session {\n");
	has(&told, "private let store: Store\n");
	has(&told, "var token: String?\n");
	hasnt(&told, "isOpen");
	has(&told, "    func signIn() {\n        first()\n");
	has(&told, "changed()\n    }\n");
	hasnt(&told, "earlier()");
	hasnt(&told, "later()");
	told_release(&told);
}

/* The functions go first, and it is said. */
Test(related, what_there_is_no_room_for_is_said)
{
	struct told told;

	tell(&told, BEFORE, AFTER, 220);
	cr_expect(told.any);
	has(&told, "import Foundation");
	hasnt(&told, "func signIn");
	cr_assert(eq(sz, told.left_out.len, 1));
	must_say("functions around the change in Session.swift",
		 told.left_out.v[0]);
	told_release(&told);
	tell(&told, BEFORE, AFTER, 10);
	cr_expect(not(told.any));
	must_say("", told.text.ptr);
	cr_assert(eq(sz, told.left_out.len, 2));
	must_say("imports and types of Session.swift", told.left_out.v[0]);
	told_release(&told);
}

/* All of a new file is in its diff. */
Test(related, what_the_diff_shows_is_not_told_again)
{
	struct told told;

	tell(&told, "echo x >README",
	     "printf 'import A\\n\\nfunc f() {\\n    a()\\n}\\n' >New.swift",
	     PLENTY);
	cr_expect(told.any);
	must_say("", told.text.ptr);
	cr_expect(eq(sz, told.left_out.len, 0));
	told_release(&told);
}

Test(related, of_a_long_function_what_is_near)
{
	struct told told;

	tell(&told,
	     "{ echo 'func long() {'; seq -f '    call%.0f()' 300; "
	     "echo '}'; } >Long.swift",
	     "sed -i 's/call150()/changed()/' Long.swift", PLENTY);
	has(&told, "func long()\n...\n");
	has(&told, "    call142()\n");
	has(&told, "    changed()\n");
	has(&told, "    call158()\n...\n");
	hasnt(&told, "call141()");
	hasnt(&told, "call159()");
	told_release(&told);
}

Test(related, two_changes_of_one_function_tell_it_once)
{
	struct told told;
	const char *first;

	tell(&told, BEFORE,
	     "sed -i 's/changeMe/changed/; s/first/firstly/' Session.swift",
	     PLENTY);
	first = strstr(told.text.ptr, "func signIn");
	cr_assert(first != NULL);
	cr_expect(strstr(first + 1, "func signIn") == NULL, "%s",
		  told.text.ptr);
	told_release(&told);
}

/* Text of strangers: long lines, control characters, no code at all. */
Test(related, bad_input_is_harmless)
{
	static const char *const files[] = {
		"head -c 300000 /dev/urandom | tr -d '\\000' >Bad.swift; "
		"echo >>Bad.swift",
		"head -c 200000 /dev/zero | tr '\\000' '{' >Bad.swift; "
		"echo >>Bad.swift",
		"printf 'import A\\033[31m\\a\\nfunc f() {\\n' >Bad.swift; "
		"seq 30 >>Bad.swift",
		"seq -f 'import A%.0f' 500 >Bad.swift; seq 30 >>Bad.swift",
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct told told;

		tell(&told, files[i], "echo 'let changed = 1' >>Bad.swift",
		     PLENTY);
		hasnt(&told, "\x1b");
		hasnt(&told, "\a");
		cr_expect(lt(sz, told.text.len, PLENTY));
		told_release(&told);
	}
}

Test(related, says_nothing_of_files_without_an_outline)
{
	struct told told;

	tell(&told, "seq 50 >notes.txt", "sed -i 's/25/x/' notes.txt", PLENTY);
	cr_expect(told.any);
	must_say("", told.text.ptr);
	told_release(&told);
}

/* A Kotlin file, whose type is told by its constructor. */
Test(related, knows_other_languages)
{
	struct told told;

	tell(&told,
	     "{ echo 'package a'; echo 'import b.C'; echo; echo; echo; echo; "
	     "echo 'class Rates(private val client: Client) {'; "
	     "echo '    private var last: Int = 0'; echo; echo; echo; echo; "
	     "echo '    fun latest(): Int {'; seq -f '        call%.0f()' 12; "
	     "echo '    }'; echo '}'; } >Rates.kt",
	     "sed -i 's/call12()/changed()/' Rates.kt", PLENTY);
	has(&told, "import b.C\n");
	has(&told, "class Rates");
	has(&told, "private var last: Int");
	has(&told, "        call1()\n");
	told_release(&told);
}
