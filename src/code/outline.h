#ifndef CODE_OUTLINE_H
#define CODE_OUTLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "code/lang.h"
#include "core/buf.h"

/** \file
 * What a source file declares: types, functions and properties with their
 * lines, for Swift, Kotlin, Java, Objective-C and Objective-C++. No compiler
 * and no grammar: keywords, brackets and line ends, read in one pass over the
 * bare view of the file. Right on files that do not compile, never slower than
 * linear, whatever is in them.
 *
 * Locals are left out, local functions and types are not.
 */

enum symbol_kind {
	SYMBOL_CLASS,
	SYMBOL_STRUCT,
	SYMBOL_ENUM,
	SYMBOL_PROTOCOL,  /* and interfaces */
	SYMBOL_EXTENSION, /* and categories */
	SYMBOL_ACTOR,
	SYMBOL_OBJECT,
	SYMBOL_RECORD,
	SYMBOL_FUNCTION,
	SYMBOL_INIT, /* also deinit, subscript, constructors */
	SYMBOL_PROPERTY,
};

/** Ordered: what is greater is seen from further away. */
enum visibility {
	VISIBILITY_PRIVATE,
	VISIBILITY_FILE,
	VISIBILITY_PACKAGE, /* Java without a word */
	VISIBILITY_INTERNAL,
	VISIBILITY_PROTECTED,
	VISIBILITY_PUBLIC,
	VISIBILITY_OPEN,
};

struct symbol {
	enum symbol_kind kind;
	enum visibility visibility; /* as declared, or the language's default */
	bool has_body;
	bool is_computed; /* a property with code of its own */
	bool is_override;
	int parent; /* index of what it is declared in; -1: the file */
	uint32_t name, name_len; /* in the text */
	uint32_t start;          /* offset of its first attribute or modifier */
	uint32_t signature;     /* offset behind its attributes               */
	uint32_t signature_end; /* offset of its body or value, or its end */
	uint32_t start_line, end_line; /* from 1 */
	uint32_t line;                 /* of the name */
	uint32_t doc_line; /* where its doc comment starts; 0: it has none */
};

struct outline {
	struct symbol *items; /* in order of their start */
	size_t len, cap;
	const char *text; /* borrowed */
	size_t text_len;
	enum lang lang;
	uint32_t line_count;
	bool is_cut; /* past LIMIT_SYMBOLS, the rest is missing */
};

/**
 * Always works; a language without outline gives an empty one, and so do more
 * than LIMIT_OUTLINE_BYTES. `text` must stay until outline_release().
 */
void outline_make(struct outline *out, const char *text, size_t len,
		  enum lang lang);
void outline_release(struct outline *outline);

/** As in JSON: "class", "function". Static. */
const char *symbol_kind_name(enum symbol_kind kind);
const char *visibility_name(enum visibility visibility);

bool symbol_is_type(const struct symbol *symbol);

/** A function, an initialiser, or a property with code. */
bool symbol_is_function(const struct symbol *symbol);

/** Is it seen from other modules: public, and all around it too? */
bool outline_is_public(const struct outline *outline,
		       const struct symbol *symbol);

/** The innermost symbol around `line`; NULL if there is none. */
const struct symbol *outline_at(const struct outline *outline, uint32_t line);
const struct symbol *outline_function_at(const struct outline *outline,
					 uint32_t line);
const struct symbol *outline_type_at(const struct outline *outline,
				     uint32_t line);

/** NULL for the file. */
const struct symbol *outline_parent(const struct outline *outline,
				    const struct symbol *symbol);

/** Appends the name, "load". */
void symbol_add_name(struct buf *out, const struct outline *outline,
		     const struct symbol *symbol);

/** Appends the name with what is around it, "Wallet.Session.load". */
void symbol_add_path(struct buf *out, const struct outline *outline,
		     const struct symbol *symbol);

/**
 * Appends the declaration on one line, without attributes, comments and body:
 * "public func load(id: String) async throws -> Session". Cut at
 * LIMIT_SIGNATURE bytes.
 */
void symbol_add_signature(struct buf *out, const struct outline *outline,
			  const struct symbol *symbol);

/** Does it have this name? */
bool symbol_is_named(const struct outline *outline, const struct symbol *symbol,
		     const char *name);

#endif /* CODE_OUTLINE_H */
