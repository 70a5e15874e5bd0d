#include "agents/surroundings.h"

#include <stdlib.h>
#include <string.h>

#include "code/map.h"
#include "code/redact.h"
#include "code/rules.h"
#include "code/rules_project.h"
#include "code/tests_of.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "repo/object.h"
#include "repo/tree.h"

enum {
	MAP_TOKENS = 2000,
	TEST_FILES = 12, /* shown in all */
	TEST_NAMES = 40, /* of one file */
	TEST_BYTES = 24 * 1024,
};

struct surroundings {
	char **rules; /* one a file of the change; NULL: nothing */
	size_t count;
	char *map, *tests;
};

void surroundings_free(struct surroundings *surroundings)
{
	if (!surroundings)
		return;
	for (size_t i = 0; i < surroundings->count; i++)
		free(surroundings->rules[i]);
	free(surroundings->rules);
	free(surroundings->map);
	free(surroundings->tests);
	free(surroundings);
}

const char *surroundings_rules(const struct surroundings *surroundings,
			       size_t index)
{
	return surroundings->rules[index];
}

const char *surroundings_map(const struct surroundings *surroundings)
{
	return surroundings->map;
}

const char *surroundings_tests(const struct surroundings *surroundings)
{
	return surroundings->tests;
}

/* Which lines of the file the change adds, from 1; the caller's. */
static bool *added_lines(const struct changed_file *file, size_t count)
{
	bool *added = xcalloc(count, sizeof(*added));

	for (size_t i = 0; i < file->hunk_count; i++)
		for (size_t j = 0; j < file->hunks[i].line_count; j++) {
			const struct diff_line *line = &file->hunks[i].lines[j];

			if (line->origin == '+' &&
			    (size_t)line->new_line < count)
				added[line->new_line] = true;
		}
	return added;
}

static char *scan_file(const struct rule_set *set,
		       const struct sources *sources, size_t index)
{
	const struct changed_file *file =
		&sources_changeset(sources)->files[index];
	size_t lines = (size_t)sources_line_count(sources, index) + 1;
	struct rule_input input = { .path = file->path,
				    .file_class = file->file_class,
				    .wanted_len = lines };
	struct rule_hits hits = { 0 };
	struct buf out;
	bool *added;

	input.text = sources_text(sources, index, &input.len);
	if (!input.text)
		return NULL;
	added = added_lines(file, lines);
	input.wanted = added;
	rules_scan(&hits, set, &input);
	buf_init(&out, LIMIT_BLOB_BYTES);
	for (size_t i = 0; i < hits.len; i++)
		buf_addf(&out, "line %d: %s: %s (%s)\n", hits.items[i].lines[0],
			 severity_name(hits.items[i].rule->severity),
			 hits.items[i].rule->title, hits.items[i].rule->id);
	rule_hits_release(&hits);
	free(added);
	return out.len ? buf_detach(&out) : NULL;
}

static int load_rules(struct surroundings *out, struct repo *repo,
		      const struct sources *sources, const struct oid *trusted,
		      struct err *err)
{
	struct rule_set *set = rule_set_new();
	struct mistakes mistakes = { 0 };
	int ret = 0;

	rule_set_add_shipped(set);
	if (trusted)
		ret = rule_set_add_project(set, repo, trusted, &mistakes, err);
	for (size_t i = 0; !ret && i < out->count; i++)
		out->rules[i] = scan_file(set, sources, i);
	mistakes_release(&mistakes);
	rule_set_free(set);
	return ret;
}

/* Text of files that are not part of the change, as agents may see it. */
static char *redacted(const struct sources *sources, const struct buf *text)
{
	struct buf out;

	if (!text->len)
		return NULL;
	buf_init(&out, 4 * LIMIT_BLOB_BYTES);
	if (sources_redactor(sources))
		redact_text(&out, sources_redactor(sources), text->ptr,
			    text->len, NULL);
	else
		buf_add(&out, text->ptr, text->len);
	return buf_detach(&out);
}

static int load_map(struct surroundings *out, struct repo *repo,
		    const struct sources *sources, const struct oid *tree,
		    struct err *err)
{
	const struct changeset *changeset = sources_changeset(sources);
	const char **paths = xcalloc(changeset->file_count, sizeof(*paths));
	struct map *map = map_new();
	struct buf text;
	int ret;

	for (size_t i = 0; i < changeset->file_count; i++)
		paths[i] = changeset->files[i].path;
	buf_init(&text, LIMIT_BLOB_BYTES);
	ret = map_load(map, repo, tree, paths, changeset->file_count, err);
	if (!ret && map_definition_count(map)) {
		map_rank(map);
		if (map_render(&text, map, MAP_TOKENS))
			out->map = redacted(sources, &text);
	}
	buf_release(&text);
	map_free(map);
	free(paths);
	return ret;
}

static int add_test_file(struct buf *out, struct repo *repo,
			 const struct oid *tree, const char *path,
			 struct err *err)
{
	struct tree_entry entry;
	struct outline outline;
	struct buf text;
	size_t names = 0;
	int ret;

	buf_init(&text, LIMIT_BLOB_BYTES);
	ret = tree_find(&entry, repo, tree, path, err);
	if (!ret)
		ret = blob_read(&text, repo, &entry.id, err);
	if (!ret) {
		buf_addf(out, "%s\n", path);
		outline_make(&outline, text.ptr, text.len, lang_of_path(path));
		for (size_t i = 0; i < outline.len && names < TEST_NAMES; i++) {
			if (outline.items[i].kind != SYMBOL_FUNCTION)
				continue;
			buf_addstr(out, "    ");
			symbol_add_signature(out, &outline, &outline.items[i]);
			buf_addch(out, '\n');
			names++;
		}
		outline_release(&outline);
	}
	buf_release(&text);
	return ret;
}

static void find_tests(struct strvec *out, const struct test_index *index,
		       const struct changeset *changeset)
{
	const struct test_file *nearest;

	for (size_t i = 0; i < changeset->file_count; i++)
		if (changeset->files[i].file_class == CLASS_SOURCE)
			test_index_tests_of(index, out,
					    changeset->files[i].path);
	for (size_t i = 0; i < changeset->file_count && !out->len; i++) {
		nearest = changeset->files[i].file_class == CLASS_SOURCE
				  ? test_index_nearest(index,
						       changeset->files[i].path)
				  : NULL;
		if (nearest)
			strvec_add(out, nearest->path);
	}
}

static int load_tests(struct surroundings *out, struct repo *repo,
		      const struct sources *sources, const struct oid *tree,
		      struct err *err)
{
	struct test_index *index = test_index_new();
	struct strvec paths = STRVEC_INIT;
	struct err why = ERR_INIT;
	struct buf text;
	size_t shown = 0;
	int ret = test_index_load(index, repo, tree, err);

	buf_init(&text, TEST_BYTES);
	if (!ret)
		find_tests(&paths, index, sources_changeset(sources));
	/* One that is too large to be read is passed over. */
	for (size_t i = 0; i < paths.len && shown < TEST_FILES; i++)
		shown += add_test_file(&text, repo, tree, paths.v[i], &why) ==
			 0;
	if (!ret)
		out->tests = redacted(sources, &text);
	buf_release(&text);
	strvec_release(&paths);
	test_index_free(index);
	return ret;
}

int surroundings_load(struct surroundings **out, struct repo *repo,
		      const struct sources *sources, const struct oid *trusted,
		      struct err *err)
{
	const struct changeset *changeset = sources_changeset(sources);
	struct surroundings *made = xcalloc(1, sizeof(*made));
	struct oid tree;

	made->count = changeset->file_count;
	made->rules = xcalloc(made->count, sizeof(*made->rules));
	if (tree_of_commit(&tree, repo, &changeset->head, err) < 0 ||
	    load_rules(made, repo, sources, trusted, err) < 0 ||
	    load_map(made, repo, sources, &tree, err) < 0 ||
	    load_tests(made, repo, sources, &tree, err) < 0) {
		surroundings_free(made);
		return err_prefix(err, "the project around the change");
	}
	*out = made;
	return 0;
}
