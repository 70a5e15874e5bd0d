#ifndef CODE_MAP_H
#define CODE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "code/layer.h"
#include "core/buf.h"
#include "core/err.h"
#include "repo/tree.h"

/** \file
 * A map of a project: its most important declarations within a budget of
 * tokens. Files refer to each other by the identifiers they use; a random
 * walk over these references, drawn to the files in question, says what
 * matters, as PageRank does for pages. Same input, same map.
 */
struct map;

struct map *map_new(void);
void map_free(struct map *map);

/**
 * A file with its text; files of languages without outline are passed over.
 * Those `in_question` draw the walk and are not shown themselves. Nothing is
 * kept of `text`.
 */
void map_add_file(struct map *map, const char *path, const char *text,
		  size_t len, bool in_question);

/**
 * All source files of `tree` (no tests, no generated and vendored ones), at
 * most LIMIT_MAP_FILES of LIMIT_BLOB_BYTES and LIMIT_MAP_BYTES in all;
 * `in_question` is a list of `count` paths. Reads a lot: not for the loop
 * thread.
 */
MUST_CHECK int map_load(struct map *map, struct repo *repo,
			const struct oid *tree, const char *const *in_question,
			size_t count, struct err *err);

/** Did everything fit? */
bool map_is_whole(const struct map *map);
size_t map_file_count(const struct map *map);
size_t map_definition_count(const struct map *map);

/** Ranks what was added; once, before what follows. */
void map_rank(struct map *map);

/** About as many as a model counts. */
#define MAP_BYTES_PER_TOKEN 3.6

/** Appends the map, at most `tokens` long: what others use and, if no file is
 * in question, the other types. Returns how many declarations are in it. */
size_t map_render(struct buf *out, const struct map *map, size_t tokens);

/** A file of one layer that uses a type of another it should not know. */
struct map_violation {
	const char *path, *other_path; /* borrowed from the map */
	enum layer layer, other_layer;
	const char *type; /* the declaration that is used, borrowed */
};

struct map_violations {
	struct map_violation *items; /* by path */
	size_t len, cap;
};

void map_find_violations(struct map_violations *out, const struct map *map);
void map_violations_release(struct map_violations *violations);

/** How many types end in a word of each layer. */
void map_count_layers(size_t counts[LAYER_COUNT], const struct map *map);

/** "MVVM with coordinators", "VIPER"; "unknown". Static. */
const char *map_guess_pattern(const struct map *map);

#endif /* CODE_MAP_H */
