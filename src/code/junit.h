#ifndef CODE_JUNIT_H
#define CODE_JUNIT_H

#include <stddef.h>

#include "core/attr.h"
#include "core/err.h"

/** \file
 * What test runners report in JUnit's XML: xcodebuild's and SwiftPM's
 * converters, Gradle, Maven, pytest ...
 */

enum { JUNIT_FAILED_NAMES = 20 };

struct junit_counts {
	size_t passed, failed, skipped;
	/* Of the first that failed, "LoginTests.refusesEmptyName". */
	char *failed_names[JUNIT_FAILED_NAMES];
	size_t failed_name_count;
};

void junit_counts_release(struct junit_counts *counts);

/** Adds what one report counts. ERR_PROTOCOL if it is none; *counts is as
 * before then. */
MUST_CHECK int junit_add(struct junit_counts *counts, const char *text,
			 size_t len, struct err *err);

#endif /* CODE_JUNIT_H */
