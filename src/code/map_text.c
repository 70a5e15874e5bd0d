#include "code/map_graph.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* Lines longer than this help nobody. */
#define MAX_LINE 120

struct ranked {
	double rank;
	size_t definition; /* index */
};

struct chosen {
	const struct map *map;
	struct ranked *items;
	size_t len;
};

static int by_place(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return x->definition < y->definition ? -1
					     : x->definition > y->definition;
}

static int by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->rank > y->rank)
		return -1;
	return x->rank < y->rank ? 1 : by_place(a, b);
}

static size_t folder_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

static void add_line(struct buf *out, const struct definition *definition)
{
	size_t len = strlen(definition->signature);

	for (int i = 0; i < definition->depth + 2; i++)
		buf_addstr(out, "  ");
	if (len > MAX_LINE) {
		len = MAX_LINE;
		while (len > 0 && ((unsigned char)definition->signature[len] &
				   0xc0) == 0x80)
			len--;
		buf_add(out, definition->signature, len);
		buf_addstr(out, "...");
	} else {
		buf_addstr(out, definition->signature);
	}
	buf_addch(out, '\n');
}

/* The first `count` by rank, in their files, each folder named once. */
static void write_map(struct buf *out, const struct chosen *chosen,
		      size_t count)
{
	struct ranked *items = xcalloc(count + 1, sizeof(*items));
	const char *folder = NULL;
	const struct node *last = NULL;
	size_t len = 0;

	memcpy(items, chosen->items, count * sizeof(*items));
	/* Definitions of a file follow each other, and so do files. */
	if (count)
		qsort(items, count, sizeof(*items), by_place);
	for (size_t i = 0; i < count; i++) {
		const struct definition *definition =
			&chosen->map->definitions[items[i].definition];
		const struct node *node = &chosen->map->nodes[definition->node];

		if (node != last) {
			size_t own = folder_len(node->path);

			if (!folder || own != len ||
			    memcmp(folder, node->path, len) != 0) {
				folder = node->path;
				len = own;
				buf_add(out, own ? folder : "./",
					own ? own : 2);
				buf_addch(out, '\n');
			}
			buf_addf(out, "  %s\n", node->path + own);
			last = node;
		}
		add_line(out, definition);
	}
	free(items);
}

static bool is_outer(const struct definition *definition)
{
	return definition->is_type && !definition->depth;
}

/* Is it about the whole project? Then types that nothing refers to come last,
 * if there is room. */
static bool is_about_all(const struct map *map)
{
	for (size_t i = 0; i < map->node_count; i++)
		if (map->nodes[i].in_question)
			return false;
	return true;
}

size_t map_render(struct buf *out, const struct map *map, size_t tokens)
{
	size_t bytes = (size_t)((double)tokens * MAP_BYTES_PER_TOKEN);
	struct chosen chosen = { .map = map };
	bool whole = is_about_all(map);
	size_t low = 0, high;
	struct buf text;

	chosen.items = xcalloc(map->definition_count + 1,
			       sizeof(*chosen.items));
	for (size_t i = 0; i < map->definition_count; i++) {
		const struct definition *definition = &map->definitions[i];

		if ((definition->rank > 0 || (whole && is_outer(definition))) &&
		    !map->nodes[definition->node].in_question)
			chosen.items[chosen.len++] =
				(struct ranked){ definition->rank, i };
	}
	if (chosen.len)
		qsort(chosen.items, chosen.len, sizeof(*chosen.items), by_rank);
	/* As many as fit; a line has at least eight bytes. */
	high = chosen.len < bytes / 8 ? chosen.len : bytes / 8;
	buf_init(&text, bytes);
	while (low < high) {
		size_t middle = high - (high - low) / 2;

		buf_reset(&text);
		write_map(&text, &chosen, middle);
		if (text.overflow)
			high = middle - 1;
		else
			low = middle;
	}
	buf_reset(&text);
	write_map(&text, &chosen, low);
	buf_add(out, text.ptr, text.len);
	buf_release(&text);
	free(chosen.items);
	return low;
}
