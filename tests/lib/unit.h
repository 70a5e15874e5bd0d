#ifndef TESTS_LIB_UNIT_H
#define TESTS_LIB_UNIT_H

#include <string.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "core/err.h"

/* The call succeeds; if not, its message is shown. Needs `struct err err`. */
#define must(call)                                          \
	do {                                                \
		if ((call) != 0)                            \
			cr_fatal("%s: %s", #call, err.msg); \
	} while (0)

/* The call fails with this code. */
#define must_fail(wanted, call)                                   \
	do {                                                      \
		if ((call) != -1)                                 \
			cr_fatal("%s succeeded", #call);          \
		if (err.code != (wanted))                         \
			cr_fatal("%s: %s, not %s: %s", #call,     \
				 err_code_name(err.code),         \
				 err_code_name(wanted), err.msg); \
	} while (0)

/* The two strings are equal; if not, both are shown, and the test goes on. */
#define must_say(wanted, got)                                               \
	do {                                                                \
		if (strcmp((wanted), (got)) != 0)                           \
			cr_fail("wanted: %s\n   got: %s", (wanted), (got)); \
	} while (0)
/* Runs `statement` without looking for leaks: for what a library leaks all by
 * itself. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#define with_leaks_of_others(statement) \
	do {                            \
		__lsan_disable();       \
		statement;              \
		__lsan_enable();        \
	} while (0)
#else
#define with_leaks_of_others(statement) statement
#endif

#endif /* TESTS_LIB_UNIT_H */
