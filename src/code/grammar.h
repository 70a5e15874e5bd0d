#ifndef CODE_GRAMMAR_H
#define CODE_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "code/lang.h"

/** \file
 * The words that declarations of a language are made of. A new language is a
 * row of `grammars` and a list of words.
 */

enum role {
	ROLE_NONE,
	ROLE_TYPE,     /* a name follows; value: symbol kind         */
	ROLE_FUNCTION, /* a name follows                             */
	ROLE_INIT,     /* is its own name: init, deinit, constructor */
	ROLE_PROPERTY, /* a name follows                             */
	ROLE_ACCESSOR, /* code of the property before: get, set      */
	ROLE_DELEGATE, /* a value follows: by                        */
	ROLE_MODIFIER, /* before a declaration                       */
	ROLE_OVERRIDE,
	ROLE_VISIBILITY, /* value: visibility                        */
	ROLE_CONTROL,    /* looks like a call and is none: if, for   */
	ROLE_NEW,
	ROLE_NAMESPACE, /* its braces are no scope of their own      */
	ROLE_ALIAS,     /* typedef */
	ROLE_CONTINUES, /* may begin the next line of a header       */
};

struct word {
	const char *text;
	enum role role;
	int value;
};

struct grammar {
	const struct word *words; /* in order of their first letter */
	size_t word_count;
	int visibility;            /* where nothing is said                */
	bool has_line_ends;        /* a declaration may end with its line  */
	bool has_calls_as_names;   /* name(...) { declares a function      */
	bool has_fields;           /* Type name; declares a property       */
	bool has_headers_by_token; /* receivers and generics before a name */
	bool has_preprocessor;
	bool has_conditionals; /* #if, #else, #endif alone */
	bool has_at_words;     /* @interface ... @end      */
	bool has_c_types;      /* struct x may be just a use of it */
};

/** NULL if there is no outline for the language. */
const struct grammar *grammar_of(enum lang lang);

/* Where the words of each first letter begin; the last entry is the end. */
#define GRAMMAR_LETTERS 27

void grammar_index(uint8_t first[GRAMMAR_LETTERS],
		   const struct grammar *grammar);

/** The word of `len` bytes at `text`, or NULL. */
const struct word *grammar_find(const struct grammar *grammar,
				const uint8_t first[GRAMMAR_LETTERS],
				const char *text, size_t len);

#endif /* CODE_GRAMMAR_H */
