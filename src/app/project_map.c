#include "app/project_map.h"

#include <stdlib.h>
#include <string.h>

#include "code/map.h"

enum { VIOLATIONS_SHOWN = 20 };

static void add_layers(struct buf *out, const struct map *map)
{
	size_t counts[LAYER_COUNT];
	const char *separator = "layers: ";

	map_count_layers(counts, map);
	buf_addf(out, "pattern: %s\n", map_guess_pattern(map));
	for (int i = LAYER_UNKNOWN + 1; i < LAYER_COUNT; i++) {
		if (!counts[i])
			continue;
		buf_addf(out, "%s%s %zu", separator, layer_name((enum layer)i),
			 counts[i]);
		separator = ", ";
	}
	if (*separator == ',')
		buf_addch(out, '\n');
}

static void add_violations(struct buf *out, const struct map *map)
{
	struct map_violations found = { 0 };

	map_find_violations(&found, map);
	for (size_t i = 0; i < found.len && i < VIOLATIONS_SHOWN; i++) {
		const struct map_violation *one = &found.items[i];

		buf_addf(out, "against the layers: %s (%s) uses %s (%s)\n",
			 one->path, layer_name(one->layer), one->type,
			 layer_name(one->other_layer));
	}
	if (found.len > VIOLATIONS_SHOWN)
		buf_addf(out, "against the layers: %zu more\n",
			 found.len - VIOLATIONS_SHOWN);
	map_violations_release(&found);
}

int project_map(struct buf *out, const char *repo_dir, size_t tokens,
		struct err *err)
{
	struct map *map = map_new();
	struct repo *repo = NULL;
	struct oid head, tree;
	int ret = -1;

	if (repo_open(&repo, repo_dir, err) < 0 ||
	    repo_head(&head, repo, err) < 0 ||
	    tree_of_commit(&tree, repo, &head, err) < 0 ||
	    map_load(map, repo, &tree, NULL, 0, err) < 0)
		goto out;
	map_rank(map);
	buf_addf(out, "%zu source files, %zu declarations%s\n",
		 map_file_count(map), map_definition_count(map),
		 map_is_whole(map) ? "" : " (not all of them were read)");
	add_layers(out, map);
	add_violations(out, map);
	buf_addch(out, '\n');
	map_render(out, map, tokens);
	ret = 0;
out:
	map_free(map);
	repo_free(repo);
	return ret;
}
