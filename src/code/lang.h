#ifndef CODE_LANG_H
#define CODE_LANG_H

#include <stdbool.h>

/** \file
 * Which language a file is in, told from its path. What is true of a language
 * (comments, strings, words) is a table row elsewhere, indexed by this.
 */

enum lang {
	LANG_OTHER, /* nothing is known of it: no comments, no strings */
	LANG_SWIFT,
	LANG_KOTLIN,
	LANG_KOTLIN_SCRIPT, /* .kts, so build.gradle.kts too */
	LANG_JAVA,
	LANG_OBJC,
	LANG_OBJCXX,   /* .mm and plain C++ */
	LANG_C_HEADER, /* .h: C or Objective-C, nobody knows which */
	LANG_C,
	LANG_XML,
	LANG_PLIST,  /* also entitlements and privacy manifests */
	LANG_GRADLE, /* Groovy */
	LANG_PROPERTIES,
	LANG_ENV, /* .env files */
	LANG_XCCONFIG,
	LANG_STRINGS, /* Localizable.strings */
	LANG_JSON,
	LANG_YAML,
	LANG_TOML,
	LANG_PROGUARD,
};

#define LANG_COUNT (LANG_PROGUARD + 1)

/** By the file name in `path`; LANG_OTHER if it tells nothing. */
enum lang lang_of_path(const char *path);

/** As written in rules and JSON: "swift", "kotlin-script". Static. */
const char *lang_name(enum lang lang);

/** The other way round; false if there is no such language. */
bool lang_parse(enum lang *out, const char *name);

/** Is there an outline for it (code/outline.h)? */
bool lang_has_outline(enum lang lang);

/** Do both name parts of one language, so that types are found across them?
 * Kotlin and Java are one, Objective-C, its headers and Swift too. */
bool lang_is_related(enum lang a, enum lang b);

#endif /* CODE_LANG_H */
