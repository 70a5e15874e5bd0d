#ifndef CONFIG_SECTIONS_H
#define CONFIG_SECTIONS_H

#include <stddef.h>

#include "config/mistakes.h"

/** \file
 * INI files as sections that know their lines. The only module that calls
 * inih.
 *
 *     [kind "name"]        ; a comment
 *     key = value          ; a comment: white space and a semicolon
 *     key = "a ; b"        ; quotes keep both, \" and \\ inside of them
 *
 * Refused, each with its line: a line that is none of these, a repeated
 * section, a repeated key, more than LIMIT_CONFIG_LINE bytes in a line.
 */

struct entry {
	char *key;
	char *value; /* may be "" */
	struct place place;
};

struct section {
	char *kind; /* "project" */
	char *name; /* "wallet-ios"; NULL: it has none */
	struct place place;
	struct entry *entries;
	size_t len, cap;
};

struct sections {
	char *path;
	struct section *items;
	size_t len, cap;
};

/** Reads `text`; what could be read is in *out, mistakes or not. `path` is
 * copied. */
void sections_parse(struct sections *out, const char *path, const char *text,
		    size_t len, struct mistakes *mistakes);
void sections_release(struct sections *sections);

/** The entry of a section; NULL if it has none such. */
const struct entry *section_get(const struct section *section, const char *key);

/** Where `key` stands, else where the section begins: for messages. */
struct place section_place(const struct section *section, const char *key);

#endif /* CONFIG_SECTIONS_H */
