#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "code/tests_of.h"
#include "core/attr.h"

static struct test_index *sample(void)
{
	static const char *const sources[] = {
		"App/Login/LoginViewModel.swift",
		"App/Login/Login.swift",
		"App/Wallet/Session.h",
		"App/Wallet/Session.m",
		"app/src/main/java/a/b/Cart.kt",
		"app/src/main/java/a/c/Cart.kt",
		"app/src/main/java/a/b/PriceFormatter.kt",
		"README.md",
	};
	static const struct {
		const char *path, *text;
	} tests[] = {
		{ "AppTests/LoginTests.swift",
		  "import XCTest\nclass LoginTests: XCTestCase { }" },
		{ "AppTests/LoginViewModelErrorTests.swift",
		  "import Testing\n@Test func fails() { reload() }" },
		{ "AppTests/Session+Tests.m", "@interface T : XCTestCase" },
		{ "app/src/test/java/a/c/CartTest.kt",
		  "import org.junit.jupiter.api.Test\nimport io.mockk.mockk" },
		{ "app/src/test/java/a/b/MoneyRules.kt",
		  "import org.junit.Test\n// Cart Cart Cart\n"
		  "PriceFormatter().go(); PriceFormatter(); Cart()" },
		{ "AppTests/Nothing.swift", "import XCTest // XCTestCase" },
	};
	struct test_index *index = test_index_new();

	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		test_index_add_source(index, sources[i]);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		test_index_add_test(index, tests[i].path, tests[i].text,
				    strlen(tests[i].text));
	return index;
}

Test(tests_of, finds_the_tests_of_a_source_file)
{
	static const struct {
		const char *path, *test; /* NULL: none */
	} cases[] = {
		{ "App/Login/Login.swift", "AppTests/LoginTests.swift" },
		{ "App/Login/LoginViewModel.swift",
		  "AppTests/LoginViewModelErrorTests.swift" },
		{ "App/Wallet/Session.m", "AppTests/Session+Tests.m" },
		{ "App/Wallet/Session.h", "AppTests/Session+Tests.m" },
		/* Of two with one name, the one in the same package. */
		{ "app/src/main/java/a/c/Cart.kt",
		  "app/src/test/java/a/c/CartTest.kt" },
		{ "app/src/main/java/a/b/Cart.kt", NULL },
		/* Named nothing like it, but speaks of it. */
		{ "app/src/main/java/a/b/PriceFormatter.kt",
		  "app/src/test/java/a/b/MoneyRules.kt" },
		{ "App/Other.swift", NULL },
	};
	struct test_index *index = sample();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct strvec found = STRVEC_INIT;

		test_index_tests_of(index, &found, cases[i].path);
		cr_expect(eq(sz, found.len, cases[i].test ? 1 : 0), "%s",
			  cases[i].path);
		if (found.len && cases[i].test)
			cr_expect(eq(str, found.v[0], (char *)cases[i].test));
		strvec_release(&found);
	}
	test_index_free(index);
}

Test(tests_of, chooses_the_framework_of_the_nearest_test)
{
	static const struct {
		const char *path;
		enum test_framework framework;
	} cases[] = {
		{ "App/Login/Login.swift", TESTS_XCTEST },
		{ "App/Login/LoginViewModel.swift", TESTS_SWIFT_TESTING },
		{ "app/src/main/java/a/c/Cart.kt", TESTS_JUNIT5 },
		{ "app/src/main/java/a/b/New.kt", TESTS_JUNIT4 },
		{ "app/src/main/res/values/strings.xml", TESTS_UNKNOWN },
	};
	struct test_index *index = sample();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct test_file *test =
			test_index_nearest(index, cases[i].path);

		enum test_framework seen = test ? test->framework
						: TESTS_UNKNOWN;

		cr_expect(seen == cases[i].framework, "%s: %s", cases[i].path,
			  test ? test->path : "none");
	}
	cr_assert(test_index_nearest(index, "app/src/main/java/a/c/Cart.kt")
			  ->libraries == TESTS_WITH_MOCKK);
	test_index_free(index);
}

Test(tests_of, knows_what_no_test_names)
{
	static const char text[] = "class LoginTests { func a() {} }\n"
				   "class Unknown {\n"
				   "  func reload() {}\n"
				   "  func forgotten() {}\n"
				   "  init() {}\n"
				   "  var x: Int\n"
				   "}\n";
	struct test_index *index = sample();
	struct outline outline;
	char seen[16] = "";

	outline_make(&outline, text, strlen(text), LANG_SWIFT);
	for (size_t i = 0; i < outline.len; i++)
		seen[i] = test_index_is_untested(index, &outline,
						 &outline.items[i])
				  ? 'u'
				  : '-';
	/* LoginTests, a, Unknown, reload, forgotten, init, x */
	cr_assert(eq(str, seen, "----uu-"));
	outline_release(&outline);
	test_index_free(index);
}
