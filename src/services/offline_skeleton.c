#include "services/offline_skeleton.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* What one language and framework want: %S the name of the class, %T the type
 * under test, %N the name of a test, %M the same beginning with a capital, %R
 * why it is skipped, within quotes, %I imports to take over, %P the package. */
static const struct form {
	enum lang lang;
	enum test_framework framework;
	const char *begin, *test, *end;
} forms[] = {
	{ LANG_SWIFT, TESTS_XCTEST,
	  "import XCTest\n%I\nfinal class %S: XCTestCase {\n",
	  "    func test%M() throws {\n        throw XCTSkip(\"%R\")\n    }\n",
	  "}\n" },
	{ LANG_SWIFT, TESTS_SWIFT_TESTING, "import Testing\n%I\nstruct %S {\n",
	  "    @Test(.disabled(\"%R\"))\n    func %N() {\n    }\n", "}\n" },
	{ LANG_SWIFT, TESTS_QUICK,
	  "import Quick\n%I\nfinal class %S: QuickSpec {\n    override class "
	  "func spec() {\n        describe(\"%T\") {\n",
	  "            xit(\"%N: %R\") {\n            }\n",
	  "        }\n    }\n}\n" },
	{ LANG_OBJC, TESTS_XCTEST,
	  "#import <XCTest/XCTest.h>\n\n@interface %S : XCTestCase\n@end\n\n"
	  "@implementation %S\n",
	  "\n- (void)test%M\n{\n    XCTSkip(@\"%R\");\n}\n", "\n@end\n" },
	{ LANG_KOTLIN, TESTS_JUNIT4,
	  "%Pimport org.junit.Ignore\nimport org.junit.Test\n\nclass %S {\n",
	  "    @Ignore(\"%R\")\n    @Test\n    fun %N() {\n    }\n", "}\n" },
	{ LANG_KOTLIN, TESTS_JUNIT5,
	  "%Pimport org.junit.jupiter.api.Disabled\nimport "
	  "org.junit.jupiter.api.Test\n\nclass %S {\n",
	  "    @Disabled(\"%R\")\n    @Test\n    fun %N() {\n    }\n", "}\n" },
	{ LANG_KOTLIN, TESTS_KOTLIN_TEST,
	  "%Pimport kotlin.test.Ignore\nimport kotlin.test.Test\n\nclass %S "
	  "{\n",
	  "    // %R\n    @Ignore\n    @Test\n    fun %N() {\n    }\n", "}\n" },
	{ LANG_KOTLIN, TESTS_KOTEST,
	  "%Pimport io.kotest.core.spec.style.FunSpec\n\nclass %S : "
	  "FunSpec({\n",
	  "    xtest(\"%N: %R\") {\n    }\n", "})\n" },
	{ LANG_JAVA, TESTS_JUNIT4,
	  "%Pimport org.junit.Ignore;\nimport org.junit.Test;\n\npublic class "
	  "%S {\n",
	  "    @Ignore(\"%R\")\n    @Test\n    public void %N() {\n    }\n",
	  "}\n" },
	{ LANG_JAVA, TESTS_JUNIT5,
	  "%Pimport org.junit.jupiter.api.Disabled;\nimport "
	  "org.junit.jupiter.api.Test;\n\nclass %S {\n",
	  "    @Disabled(\"%R\")\n    @Test\n    void %N() {\n    }\n", "}\n" },
};

static const struct form *find_form(const struct skeleton *skeleton)
{
	enum lang lang = skeleton->lang == LANG_OBJCXX ? LANG_OBJC
						       : skeleton->lang;

	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].lang == lang &&
		    forms[i].framework == skeleton->framework)
			return &forms[i];
	return NULL;
}

/* Within a string literal of all these languages, and on one line. */
static void add_quoted(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\"\\$", *text))
			buf_addch(out, '\'');
		else if ((unsigned char)*text < ' ')
			buf_addch(out, ' ');
		else
			buf_addch(out, *text);
	}
}

static void add_name(struct buf *out, const char *name, bool capital)
{
	char first = *name;

	if (capital && first >= 'a' && first <= 'z')
		first = (char)(first - 'a' + 'A');
	buf_addch(out, first);
	buf_addstr(out, name + 1);
}

static void fill(struct buf *out, const char *form,
		 const struct skeleton *skeleton, const char *name,
		 const char *reason)
{
	for (; *form; form++) {
		if (*form != '%') {
			buf_addch(out, *form);
			continue;
		}
		switch (*++form) {
		case 'S':
			buf_addstr(out, skeleton->name);
			break;
		case 'T':
			add_quoted(out, skeleton->subject);
			break;
		case 'I':
			buf_addstr(out, skeleton->imports);
			break;
		case 'P':
			if (skeleton->package)
				buf_addf(out, "package %s%s\n\n",
					 skeleton->package,
					 skeleton->lang == LANG_JAVA ? ";"
								     : "");
			break;
		case 'R':
			add_quoted(out, reason);
			break;
		default:
			add_name(out, name, *form == 'M');
			break;
		}
	}
}

/* Letters, digits and "_" alone, not a digit first, and no name twice; the
 * caller frees it. */
static char *test_name(struct strvec *used, const char *function)
{
	char *name = xstrf("%s%s", isdigit((unsigned char)*function) ? "_" : "",
			   function);
	char *unique;

	for (char *at = name; *at; at++)
		if (!isalnum((unsigned char)*at) && *at != '_')
			*at = '_';
	unique = xstrdup(*name ? name : "function");
	for (int i = 2; strvec_has(used, unique); i++) {
		free(unique);
		unique = xstrf("%s%d", name, i);
	}
	strvec_add(used, unique);
	free(name);
	return unique;
}

bool skeleton_write(struct buf *out, const struct skeleton *skeleton)
{
	const struct form *form = find_form(skeleton);
	struct strvec used = STRVEC_INIT;

	if (!form)
		return false;
	fill(out, form->begin, skeleton, "", "");
	for (size_t i = 0; i < skeleton->functions.len; i++) {
		char *name = test_name(&used, skeleton->functions.v[i]);
		char *reason = xstrf("not written yet: %s",
				     skeleton->signatures.v[i]);

		if (i)
			buf_addch(out, '\n');
		fill(out, form->test, skeleton, name, reason);
		free(reason);
		free(name);
	}
	fill(out, form->end, skeleton, "", "");
	strvec_release(&used);
	return true;
}
