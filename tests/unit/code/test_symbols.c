#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "code/symbols.h"
#include "core/alloc.h"
#include "core/attr.h"

/* "+path -path ~path!" where ! is public. */
static char *changes_of(const char *before, const char *after, enum lang lang)
{
	struct outline old, new;
	struct symbol_changes changes;
	struct buf out;

	buf_init(&out, 4096);
	outline_make(&old, before, strlen(before), lang);
	outline_make(&new, after, strlen(after), lang);
	symbol_changes_make(&changes, &old, &new);
	for (size_t i = 0; i < changes.len; i++) {
		const struct symbol_change *change = &changes.items[i];

		buf_addf(&out, "%s%c", i ? " " : "", "+-~"[change->kind]);
		if (change->after)
			symbol_add_path(&out, &new, change->after);
		else
			symbol_add_path(&out, &old, change->before);
		if (change->is_public)
			buf_addch(&out, '!');
	}
	symbol_changes_release(&changes);
	outline_release(&old);
	outline_release(&new);
	return buf_detach(&out);
}

Test(symbols, tells_what_a_change_does)
{
	static const struct {
		enum lang lang;
		const char *before, *after, *changes;
	} cases[] = {
		{ LANG_SWIFT, "", "", "" },
		{ LANG_SWIFT, "func a() {}", "// b\n\nfunc a() { c() }", "" },
		{ LANG_SWIFT, "", "public func a() {}", "+a!" },
		{ LANG_SWIFT, "struct S { var a: Int }", "struct T {}",
		  "-S -S.a +T" },
		{ LANG_SWIFT, "public func a() {}", "func a() {}", "~a!" },
		{ LANG_SWIFT, "func a(b: Int) {}", "func a(b: String) {}",
		  "~a" },
		/* Overloads: only the other one is new. */
		{ LANG_SWIFT, "func a(b: Int) {}",
		  "func a(c: Int) {}\nfunc a(b: Int) {}", "+a" },
		{ LANG_SWIFT, "func a(b: Int) {}\nfunc a(c: Int) {}",
		  "func a(b: Int) {}\nfunc a(d: Int) {}", "~a" },
		/* Of another type is another function. */
		{ LANG_KOTLIN, "class A { fun f() {} }",
		  "class B { fun f() {} }", "-A! -A.f! +B! +B.f!" },
		{ LANG_KOTLIN, "class A(val x: Int)", "class A(val x: Long)",
		  "~A!" },
		{ LANG_JAVA, "class A { int f() { return 1; } }",
		  "class A {\n  int f()\n  {\n    return 2;\n  }\n}", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *seen = changes_of(cases[i].before, cases[i].after,
					cases[i].lang);

		cr_expect(eq(str, seen, (char *)cases[i].changes), "%s", seen);
		free(seen);
	}
}
