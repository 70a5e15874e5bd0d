#ifndef CONFIG_YAML_H
#define CONFIG_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "config/mistakes.h"
#include "core/attr.h"

/** \file
 * YAML documents as trees of nodes that know where they stand. The only module
 * that calls libyaml.
 *
 * Refused, each with its place: what is not YAML or not UTF-8, NULs and other
 * control characters, repeated keys, keys that are not single values, aliases
 * (a document is what it looks like), tags, a second document, more than
 * LIMIT_YAML_DEPTH levels.
 */

enum node_kind { NODE_SCALAR, NODE_SEQUENCE, NODE_MAPPING };

/** Read only; all of it belongs to the document. */
struct node {
	enum node_kind kind;
	struct place place; /* where the value begins                      */
	char *text;         /* of a scalar, as it stands; else NULL        */
	bool is_plain;      /* a scalar without quotes: may be null, true .. */

	/* Items of a sequence; values of a mapping, in order. */
	struct node *items;
	size_t len, cap;

	/* Of a value in a mapping. */
	char *key;              /* else NULL */
	struct place key_place; /* else zero */
};

struct document;

/**
 * Reads `text`, of `len` bytes. Each mistake goes to `mistakes` as of the file
 * `path`, which is copied. Returns NULL if there was one, or if the document is
 * empty (which is a mistake too); else the caller's, for document_free().
 */
struct document *document_parse(const char *path, const char *text, size_t len,
				struct mistakes *mistakes);

/** document_parse() of text that stands in another file, whose first line is
 * that file's line `first_line` (from 1). */
struct document *document_parse_at(const char *path, int first_line,
				   const char *text, size_t len,
				   struct mistakes *mistakes);

/** NULL is fine. */
void document_free(struct document *document);

const struct node *document_root(const struct document *document);

/** NULL if `mapping` is NULL, is none, or has no such key. */
const struct node *node_get(const struct node *mapping, const char *key);

/** Nothing stands there: `key:`, `key: ~`, `key: null`. */
bool node_is_null(const struct node *node);

/** Notes a mistake and returns false if `node` is of another kind:
 * "a list expected for 'paths'", `what` being the key. */
bool node_expect(const struct node *node, enum node_kind kind, const char *what,
		 struct mistakes *mistakes);

#endif /* CONFIG_YAML_H */
