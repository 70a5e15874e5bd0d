#include "code/map.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "code/map_graph.h"
#include "code/outline.h"
#include "code/view.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "repo/object.h"
#include "repo/paths.h"

/* Shorter names are everywhere and mean nothing. */
#define MIN_NAME 4
/* Of a reference to a property, against one to a type or function. */
#define PROPERTY_WEIGHT 0.05

struct map *map_new(void)
{
	return xcalloc(1, sizeof(struct map));
}

void map_free(struct map *map)
{
	if (!map)
		return;
	for (size_t i = 0; i < map->node_count; i++) {
		free(map->nodes[i].path);
		free(map->nodes[i].references);
		word_map_release(&map->nodes[i].words);
	}
	for (size_t i = 0; i < map->definition_count; i++) {
		free(map->definitions[i].signature);
		free(map->definitions[i].name);
	}
	free(map->nodes);
	free(map->definitions);
	word_map_release(&map->defined);
	word_map_release(&map->definers);
	free(map);
}

bool map_is_whole(const struct map *map)
{
	return !map->is_cut;
}

size_t map_file_count(const struct map *map)
{
	return map->node_count;
}

size_t map_definition_count(const struct map *map)
{
	return map->definition_count;
}

/* A long name of several words is somebody's own; _name is meant for few. */
static double weight_of_name(const char *name, size_t len)
{
	bool upper = false, lower = false, underscore = false;
	double weight = 1;

	for (size_t i = 0; i < len; i++) {
		upper |= isupper((unsigned char)name[i]) != 0;
		lower |= islower((unsigned char)name[i]) != 0;
		underscore |= name[i] == '_';
	}
	if (((upper && lower) || underscore) && len >= 8)
		weight *= 10;
	if (name[0] == '_')
		weight *= 0.1;
	return weight;
}

static int depth_of(const struct outline *outline, const struct symbol *symbol)
{
	int depth = 0;

	while ((symbol = outline_parent(outline, symbol)) != NULL && depth < 4)
		depth++;
	return depth;
}

/* Not what is hidden, and nothing inside of functions. An extension of String
 * does not define String. */
static bool is_shown(const struct outline *outline, const struct symbol *symbol)
{
	const struct symbol *parent = outline_parent(outline, symbol);

	return symbol->kind != SYMBOL_INIT &&
	       symbol->kind != SYMBOL_EXTENSION &&
	       symbol->name_len >= MIN_NAME &&
	       symbol->visibility > VISIBILITY_FILE && !symbol->is_override &&
	       (!parent || symbol_is_type(parent));
}

static void count_type(struct map *map, enum layer layer, const char *name)
{
	static const struct {
		const char *word;
		size_t place;
	} words[] = {
		{ "Coordinator", offsetof(struct map, coordinators) },
		{ "Reducer", offsetof(struct map, reducers) },
		{ "Presenter", offsetof(struct map, presenters) },
		{ "Interactor", offsetof(struct map, interactors) },
		{ "ViewModel", offsetof(struct map, view_models) },
	};

	map->layers[layer]++;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *found = strstr(name, words[i].word);

		if (found && !found[strlen(words[i].word)])
			++*(size_t *)(void *)((char *)map + words[i].place);
	}
}

static void add_definition(struct map *map, const struct outline *outline,
			   const struct symbol *symbol)
{
	struct node *node = &map->nodes[map->node_count - 1];
	struct definition *definition;
	struct buf text;
	uint32_t *last;

	buf_init(&text, LIMIT_SIGNATURE * 4L);
	ARRAY_GROW(map->definitions, map->definition_count,
		   map->definition_cap);
	definition = &map->definitions[map->definition_count++];
	*definition = (struct definition){
		.node = (uint32_t)(map->node_count - 1),
		.line = symbol->line,
		.depth = depth_of(outline, symbol),
		.is_type = symbol_is_type(symbol),
		.word = word_hash(outline->text + symbol->name,
				  symbol->name_len),
		.weight = weight_of_name(outline->text + symbol->name,
					 symbol->name_len),
	};
	/* Every second type has a `context`, and few of them are meant. */
	if (symbol->kind == SYMBOL_PROPERTY)
		definition->weight *= PROPERTY_WEIGHT;
	symbol_add_name(&text, outline, symbol);
	definition->name = buf_detach(&text);
	symbol_add_signature(&text, outline, symbol);
	definition->signature = buf_detach(&text);
	last = word_map_get(&map->defined, definition->word);
	definition->next_same_word = *last;
	*last = (uint32_t)map->definition_count;
	++*word_map_get(&map->definers, definition->word);
	if (definition->is_type) {
		enum layer layer = layer_of_type(outline->text + symbol->name,
						 symbol->name_len);

		count_type(map, layer, definition->name);
		if (node->layer == LAYER_UNKNOWN)
			node->layer = layer;
	}
	node->definition_count++;
}

void map_add_file(struct map *map, const char *path, const char *text,
		  size_t len, bool in_question)
{
	enum lang lang = lang_of_path(path);
	struct outline outline;
	struct node *node;
	const char *word;
	size_t word_len, pos = 0;
	char *code;

	if (!lang_has_outline(lang))
		return;
	ARRAY_GROW(map->nodes, map->node_count, map->node_cap);
	node = &map->nodes[map->node_count++];
	*node = (struct node){
		.path = xstrdup(path),
		.in_question = in_question,
		.first_definition = map->definition_count,
	};
	outline_make(&outline, text, len, lang);
	for (size_t i = 0; i < outline.len; i++)
		if (is_shown(&outline, &outline.items[i]))
			add_definition(map, &outline, &outline.items[i]);
	outline_release(&outline);

	code = xcalloc(len + 1, 1);
	code_view(code, text, len, lang, VIEW_CODE);
	while (word_next(&word, &word_len, code, len, &pos))
		if (word_len >= MIN_NAME)
			++*word_map_get(&node->words,
					word_hash(word, word_len));
	free(code);
}

static bool is_wanted(const struct tree_entry *entry)
{
	return (entry->mode == MODE_FILE || entry->mode == MODE_EXECUTABLE) &&
	       lang_has_outline(lang_of_path(entry->path)) &&
	       class_of_path(entry->path) == CLASS_SOURCE;
}

static bool is_among(const char *path, const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(paths[i], path))
			return true;
	return false;
}

static int load_file(struct map *map, struct repo *repo,
		     const struct tree_entry *entry, bool in_question,
		     struct err *err)
{
	struct buf text;
	struct err why = ERR_INIT;
	int ret = 0;

	if (map->node_count >= LIMIT_MAP_FILES ||
	    map->bytes >= LIMIT_MAP_BYTES) {
		map->is_cut = true;
		return 0;
	}
	buf_init(&text, LIMIT_BLOB_BYTES);
	if (blob_read(&text, repo, &entry->id, &why) == 0) {
		map->bytes += text.len;
		map_add_file(map, entry->path, text.ptr, text.len, in_question);
	} else if (why.code == ERR_TOO_LARGE) {
		map->is_cut = true;
	} else {
		ret = err_set(err, why.code, "%s: %s", entry->path, why.msg);
	}
	buf_release(&text);
	return ret;
}

int map_load(struct map *map, struct repo *repo, const struct oid *tree,
	     const char *const *in_question, size_t count, struct err *err)
{
	struct tree_list list = { .items = NULL };
	int ret = -1;

	if (tree_list(&list, repo, tree, "", true, LIMIT_TREE_FILES, err) < 0)
		return -1;
	for (size_t i = 0; i < list.len; i++) {
		const struct tree_entry *entry = &list.items[i];

		if (is_wanted(entry) &&
		    load_file(map, repo, entry,
			      is_among(entry->path, in_question, count),
			      err) < 0)
			goto out;
	}
	ret = 0;
out:
	tree_list_release(&list);
	return ret;
}

void map_count_layers(size_t counts[LAYER_COUNT], const struct map *map)
{
	memcpy(counts, map->layers, sizeof(map->layers));
}

const char *map_guess_pattern(const struct map *map)
{
	if (map->presenters > 2 && map->interactors > 2)
		return "VIPER";
	if (map->reducers > 2 && map->reducers > map->view_models)
		return "MVI";
	if (map->view_models > 2)
		return map->coordinators > 2 ? "MVVM with coordinators"
					     : "MVVM";
	if (map->presenters > 2)
		return "MVP";
	return "unknown";
}
