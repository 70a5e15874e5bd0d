#ifndef CODE_TESTS_OF_H
#define CODE_TESTS_OF_H

#include <stdbool.h>
#include <stddef.h>

#include "code/outline.h"
#include "core/strvec.h"
#include "repo/tree.h"

/** \file
 * Which tests belong to a source file, what no test names, and how the tests
 * nearby are written.
 *
 * A test file belongs to the source file whose name is its own without what
 * marks a test (LoginTests: Login); else to the one whose name is the longest
 * beginning of it in whole words (LoginErrorTests: Login); else to the one
 * whose type it speaks of most.
 */

enum test_framework {
	TESTS_UNKNOWN,
	TESTS_XCTEST,
	TESTS_SWIFT_TESTING,
	TESTS_QUICK,
	TESTS_JUNIT4,
	TESTS_JUNIT5,
	TESTS_KOTLIN_TEST,
	TESTS_KOTEST,
};

/* Beside the framework; a set of bits. */
#define TESTS_WITH_MOCKK       1u
#define TESTS_WITH_MOCKITO     2u
#define TESTS_WITH_ROBOLECTRIC 4u
#define TESTS_WITH_TRUTH       8u
#define TESTS_WITH_ASSERTJ     16u
#define TESTS_WITH_TURBINE     32u
#define TESTS_WITH_COROUTINES  64u
#define TESTS_WITH_COMPOSE     128u
#define TESTS_WITH_OCMOCK      256u

struct test_file {
	char *path;
	enum lang lang;
	enum test_framework framework;
	unsigned libraries; /* TESTS_WITH_... */
};

struct test_index;

/** Nothing in it. */
struct test_index *test_index_new(void);
void test_index_free(struct test_index *index);

/** A file that is no test. All of them come before the first test. */
void test_index_add_source(struct test_index *index, const char *path);

/** A test file with its text. */
void test_index_add_test(struct test_index *index, const char *path,
			 const char *text, size_t len);

/**
 * Everything in `tree`, tests told by their path. At most LIMIT_TEST_FILES
 * tests of at most LIMIT_BLOB_BYTES each and LIMIT_TESTS_BYTES in all are read;
 * test_index_is_whole() says whether that was all. May be asked to read a lot:
 * not for the loop thread.
 */
MUST_CHECK int test_index_load(struct test_index *index, struct repo *repo,
			       const struct oid *tree, struct err *err);

bool test_index_is_whole(const struct test_index *index);

/** Those of a framework that is known: no fakes and helpers. */
size_t test_index_known(const struct test_index *index);

/** Adds the paths of the test files of the source file `path` to `out`. */
void test_index_tests_of(const struct test_index *index, struct strvec *out,
			 const char *path);

/**
 * Does no test name the function, or the type it is in? Initialisers and
 * properties count by their type alone. What is not a function is tested.
 */
bool test_index_is_untested(const struct test_index *index,
			    const struct outline *outline,
			    const struct symbol *symbol);

/** The test file nearest to `path` in the tree that is written for its
 * language; NULL if there is none. */
const struct test_file *test_index_nearest(const struct test_index *index,
					   const char *path);

#endif /* CODE_TESTS_OF_H */
