#include "code/words.h"

#include <stdlib.h>

#include "core/alloc.h"

#define FIRST_CAP 256

static bool is_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c >= 0x80;
}

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

uint64_t word_hash(const char *word, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)word[i]) * 0x100000001b3ULL;
	hash ^= hash >> 32;
	return hash ? hash : 1;
}

bool word_next(const char **word, size_t *word_len, const char *text,
	       size_t len, size_t *pos)
{
	size_t i = *pos, start;

	while (i < len && !is_letter((unsigned char)text[i])) {
		/* 0x1F is a number, and xF no word. */
		if (is_digit((unsigned char)text[i]))
			while (i + 1 < len &&
			       (is_letter((unsigned char)text[i + 1]) ||
				is_digit((unsigned char)text[i + 1])))
				i++;
		i++;
	}
	if (i >= len) {
		*pos = len;
		return false;
	}
	start = i;
	while (i < len && (is_letter((unsigned char)text[i]) ||
			   is_digit((unsigned char)text[i])))
		i++;
	*word = text + start;
	*word_len = i - start;
	*pos = i;
	return true;
}

void word_map_release(struct word_map *map)
{
	free(map->keys);
	free(map->values);
	*map = (struct word_map){ .keys = NULL };
}

/* Where the word is, or the free place where it belongs. */
static size_t find_place(const struct word_map *map, uint64_t hash)
{
	size_t i = hash & (map->cap - 1);

	while (map->keys[i] && map->keys[i] != hash)
		i = (i + 1) & (map->cap - 1);
	return i;
}

static void grow(struct word_map *map)
{
	struct word_map bigger = {
		.len = map->len,
		.cap = map->cap ? map->cap * 2 : FIRST_CAP,
	};

	bigger.keys = xcalloc(bigger.cap, sizeof(*bigger.keys));
	bigger.values = xcalloc(bigger.cap, sizeof(*bigger.values));
	for (size_t i = 0; i < map->cap; i++) {
		size_t place;

		if (!map->keys[i])
			continue;
		place = find_place(&bigger, map->keys[i]);
		bigger.keys[place] = map->keys[i];
		bigger.values[place] = map->values[i];
	}
	free(map->keys);
	free(map->values);
	map->keys = bigger.keys;
	map->values = bigger.values;
	map->cap = bigger.cap;
}

uint32_t *word_map_get(struct word_map *map, uint64_t hash)
{
	size_t place;

	if (map->len * 2 >= map->cap)
		grow(map);
	place = find_place(map, hash);
	if (!map->keys[place]) {
		map->keys[place] = hash;
		map->len++;
	}
	return &map->values[place];
}

const uint32_t *word_map_find(const struct word_map *map, uint64_t hash)
{
	size_t place;

	if (!map->cap)
		return NULL;
	place = find_place(map, hash);
	return map->keys[place] ? &map->values[place] : NULL;
}
