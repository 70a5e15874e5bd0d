#ifndef SERVICES_OFFLINE_SKELETON_H
#define SERVICES_OFFLINE_SKELETON_H

#include "code/tests_of.h"
#include "core/buf.h"
#include "core/strvec.h"

/** \file
 * The text of a test file whose tests are still to be written: it compiles, and
 * each test says that it is skipped. Pure.
 */
struct skeleton {
	const char *name;    /* of the class of tests: "SessionTests"         */
	const char *subject; /* of the type under test: "Session"             */
	const char *package; /* of Kotlin and Java; NULL: none                */
	const char *imports; /* lines to take over, each with its end; or ""  */
	enum lang lang;      /* of the tests                                  */
	enum test_framework framework;
	struct strvec functions;  /* names under test              */
	struct strvec signatures; /* the same whole, as many       */
};

/** False, and nothing appended, if there is no form for that language and
 * framework. */
bool skeleton_write(struct buf *out, const struct skeleton *skeleton);

#endif /* SERVICES_OFFLINE_SKELETON_H */
