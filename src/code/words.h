#ifndef CODE_WORDS_H
#define CODE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** \file
 * The identifiers of a text, and numbers kept by identifier. Words are known
 * by a 64-bit hash, so a table of all words of a project stays small; that two
 * words share one does not happen by chance.
 */

uint64_t word_hash(const char *word, size_t len);

/**
 * The next identifier of `text` from *pos on; false at the end. Words of a
 * view without comments and strings are what is wanted mostly.
 */
bool word_next(const char **word, size_t *word_len, const char *text,
	       size_t len, size_t *pos);

/** A zeroed one is empty. */
struct word_map {
	uint64_t *keys; /* 0: free */
	uint32_t *values;
	size_t len, cap; /* cap is a power of two */
};

void word_map_release(struct word_map *map);

/** The word's place, made with value 0 if it is new. Good until the next. */
uint32_t *word_map_get(struct word_map *map, uint64_t hash);

/** NULL if the word is not there. */
const uint32_t *word_map_find(const struct word_map *map, uint64_t hash);

#endif /* CODE_WORDS_H */
