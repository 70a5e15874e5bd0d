#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>

#include "core/err.h"
#include "core/strvec.h"

/** \file
 * The options of a command, as a table: parsing, usage, --help and completion
 * all come from it.
 */
enum option_type {
	OPTION_END,
	OPTION_FLAG,   /* --name          value is a bool *          */
	OPTION_STRING, /* --name VALUE    value is a const char **   */
	OPTION_LIST,   /* --name VALUE... value is a struct strvec * */
	OPTION_NUMBER, /* --name N        value is a long *, N >= 0  */
};

struct option {
	enum option_type type;
	const char *name; /* without the dashes */
	char letter;      /* -n; 0: none        */
	const char *arg;  /* "FILE"             */
	const char *help;
	void *value;
	bool hidden;
};

/**
 * Takes the options out of argv[0..*argc-1], wherever they stand, up to "--";
 * what is left moves to the front and *argc is its number. Looks names up in
 * `first`, then `second` (either may be NULL). ERR_INVALID names the option and
 * what was probably meant. Values point into argv.
 */
MUST_CHECK int options_parse(int *argc, char **argv, const struct option *first,
			     const struct option *second, struct err *err);

#endif /* CLI_OPTIONS_H */
