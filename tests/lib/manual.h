#ifndef TESTS_LIB_MANUAL_H
#define TESTS_LIB_MANUAL_H

#include <stdbool.h>

/** \file
 * The manual's pages, as tests compare them with the program.
 */

/** The source of doc/NAME; the caller frees it. */
char *manual_read(const char *name);

/** Is `key` an item of a list of keys (".It Cm a , b")? */
bool manual_has_key(const char *page, const char *key);

/** The example below EXAMPLES; the caller frees it. */
char *manual_example(const char *page);

#endif /* TESTS_LIB_MANUAL_H */
