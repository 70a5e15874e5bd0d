#ifndef CONFIG_FIELD_H
#define CONFIG_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/mistakes.h"
#include "config/sections.h"
#include "config/yaml.h"
#include "core/attr.h"
#include "core/err.h"

/** \file
 * Tables that say which keys a section or a mapping may have and where their
 * values go. The readers walk them, and so do the tests that compare them with
 * the manual and the editors' schema.
 */

struct field;

/** Stores one value, `text`, at `at`. Errors as in value.h. `field->key` is the
 * key as it was written. */
typedef int field_set_fn(void *at, const struct field *field, const char *text,
			 struct err *err);

/** Stores a YAML value of any shape at `at`; its mistakes are noted. */
typedef void field_read_fn(void *at, const struct field *field,
			   const struct node *node, struct mistakes *mistakes);

struct field {
	const char *key;     /* "allow." : any key that begins so           */
	field_set_fn *set;   /* a single value, or NULL                     */
	field_read_fn *read; /* else, and only in YAML                      */
	size_t offset;       /* of the member in the object                 */
	bool is_required;
	int64_t min, max;         /* of numbers; both 0: from 0             */
	const char *const *names; /* of field_set_name(), ended by NULL     */
};

/* What the member at the offset is: char *, replaced */
int field_set_text(void *at, const struct field *field, const char *text,
		   struct err *err);
/* char *, of letters, digits, '-', '_' and '.', see value_is_id() */
int field_set_id(void *at, const struct field *field, const char *text,
		 struct err *err);
/* int */
int field_set_number(void *at, const struct field *field, const char *text,
		     struct err *err);
/* bool */
int field_set_flag(void *at, const struct field *field, const char *text,
		   struct err *err);
/* int64_t: milliseconds */
int field_set_duration(void *at, const struct field *field, const char *text,
		       struct err *err);
/* double: 0 to 100 */
int field_set_percent(void *at, const struct field *field, const char *text,
		      struct err *err);
/* int64_t: bytes */
int field_set_size(void *at, const struct field *field, const char *text,
		   struct err *err);
/* int64_t: nano-USD, at least `min` */
int field_set_money(void *at, const struct field *field, const char *text,
		    struct err *err);
/* an enum: the index among `names` */
int field_set_name(void *at, const struct field *field, const char *text,
		   struct err *err);
/* struct strvec: pieces between commas */
int field_set_list(void *at, const struct field *field, const char *text,
		   struct err *err);
/* enum severity */
int field_set_severity(void *at, const struct field *field, const char *text,
		       struct err *err);
/* struct strvec: a command line's words */
int field_set_words(void *at, const struct field *field, const char *text,
		    struct err *err);

/* struct strvec: a YAML list of single values, or one alone */
void field_read_list(void *at, const struct field *field,
		     const struct node *node, struct mistakes *mistakes);

/** NULL if there is none. A field whose key ends in a dot takes what begins so
 * and goes on. */
const struct field *field_find(const struct field *fields, size_t count,
			       const char *key);

/**
 * Sets the members of `object` from a section. Unknown keys, bad values and
 * missing required keys are mistakes.
 */
void fields_set(void *object, const struct section *section,
		const struct field *fields, size_t count,
		struct mistakes *mistakes);

/** The same from a YAML mapping; `what` is its name in messages ("agent"). */
void fields_read(void *object, const struct node *mapping, const char *what,
		 const struct field *fields, size_t count,
		 struct mistakes *mistakes);

/** One member from a YAML value, which its field knows how to read. */
void field_read(void *object, const struct field *field,
		const struct node *node, struct mistakes *mistakes);

/** One YAML value that must be a single one: its text, or NULL and a mistake.
 */
const char *node_single(const struct node *node, const char *what,
			struct mistakes *mistakes);

#endif /* CONFIG_FIELD_H */
