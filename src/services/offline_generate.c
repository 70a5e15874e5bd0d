#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "repo/object.h"
#include "services/offline_job.h"
#include "services/offline_skeleton.h"

enum { MOST_FILES = 6, MOST_TESTS = 40 };

/* Test files in the making. */
struct making {
	struct offline_job *job;
	struct oid tree; /* of the head */
	struct test_index *index;
	size_t files, tests; /* of tests, those asked for */
	size_t written;
	size_t without; /* source files with no test near to follow */
};

/* The text of `path` in the head; empty if it cannot be read. */
static void read_path(struct buf *out, const struct making *making,
		      const char *path)
{
	struct tree_entry entry;
	struct err ignored = ERR_INIT;
	struct repo *repo = making->job->question->repo;

	buf_init(out, LIMIT_BLOB_BYTES);
	if (tree_find(&entry, repo, &making->tree, path, &ignored) == 0 &&
	    blob_read(out, repo, &entry.id, &ignored) < 0)
		buf_reset(out);
}

static bool exists(const struct making *making, const char *path)
{
	struct tree_entry entry;
	struct err ignored = ERR_INIT;

	return tree_find(&entry, making->job->question->repo, &making->tree,
			 path, &ignored) == 0;
}

/* The lines of `text` that begin with `word`, taken over as they are; the
 * caller frees it. */
static char *lines_with(const char *text, const char *word)
{
	struct buf out;

	buf_init(&out, LIMIT_FINDING_BODY);
	while (*text) {
		size_t len = strcspn(text, "\r\n");

		if (strncmp(text, word, strlen(word)) == 0)
			buf_addf(&out, "%.*s\n", (int)len, text);
		text += len;
		text += strspn(text, "\r\n");
	}
	return buf_detach(&out);
}

/* "org.acme.app" of "package org.acme.app;"; NULL: none. */
static char *package_of(const char *text)
{
	char *line = lines_with(text, "package ");
	size_t start = strspn(line + (*line ? 8 : 0), " ") + (*line ? 8 : 0);
	size_t len = strcspn(line + start, " ;\n");
	char *name = len ? xmemdup(line + start, len) : NULL;

	free(line);
	return name;
}

/* What the names of tests end in here: "Tests", "Test", "Spec". */
static const char *suffix_of(const char *test_path)
{
	static const char *const suffixes[] = { "Tests", "Test", "Specs",
						"Spec" };
	const char *slash = strrchr(test_path, '/');
	const char *name = slash ? slash + 1 : test_path;
	size_t stem = strcspn(name, ".");

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		size_t len = strlen(suffixes[i]);

		if (stem > len &&
		    strncmp(name + stem - len, suffixes[i], len) == 0)
			return suffixes[i];
	}
	return "Tests";
}

/* Where the tests go: beside the nearest ones, under a name that is free. */
static char *place_for(char **name, const struct making *making,
		       const char *subject, const char *test_path)
{
	const char *slash = strrchr(test_path, '/');
	const char *dot = strrchr(test_path, '.');
	int folder = slash ? (int)(slash + 1 - test_path) : 0;
	const char *between[] = { "", "Added", "Further" };

	for (size_t i = 0; i < ARRAY_LEN(between); i++) {
		char *path;

		*name = xstrf("%s%s%s", subject, between[i],
			      suffix_of(test_path));
		path = xstrf("%.*s%s%s", folder, test_path, *name, dot);
		if (!exists(making, path))
			return path;
		free(path);
		free(*name);
		*name = NULL;
	}
	return NULL;
}

static char *text_of(void (*add)(struct buf *, const struct outline *,
				 const struct symbol *),
		     const struct outline *outline, const struct symbol *symbol)
{
	struct buf out;

	buf_init(&out, LIMIT_FINDING_BODY);
	add(&out, outline, symbol);
	return buf_detach(&out);
}

/* Added functions that no test knows. */
static void collect(struct skeleton *out, struct making *making,
		    const struct offline_file *file,
		    const struct outline *outline)
{
	for (size_t i = 0; i < outline->len && making->tests < MOST_TESTS;
	     i++) {
		const struct symbol *symbol = &outline->items[i];

		if (!offline_is_worth_a_test(outline, symbol) ||
		    symbol->line >= file->added_len ||
		    !file->added[symbol->line] ||
		    !test_index_is_untested(making->index, outline, symbol))
			continue;
		strvec_take(&out->functions,
			    text_of(symbol_add_name, outline, symbol));
		strvec_take(&out->signatures,
			    text_of(symbol_add_signature, outline, symbol));
		making->tests++;
	}
}

static void add_file(struct making *making, const struct skeleton *skeleton,
		     const char *path, const char *source)
{
	struct buf content, covers;
	char *why;
	struct json *at;

	buf_init(&content, LIMIT_BLOB_BYTES);
	buf_init(&covers, LIMIT_FINDING_BODY);
	if (skeleton_write(&content, skeleton)) {
		for (size_t i = 0; i < skeleton->functions.len; i++)
			buf_addf(&covers, "%s%s.%s", i ? ", " : "",
				 skeleton->subject, skeleton->functions.v[i]);
		why = xstrf("No test names the new functions of %s; these are "
			    "skipped until they are written.",
			    source);
		at = json_add_object(making->job->files);
		json_set_string(at, "path", path);
		json_set_string(at, "content", content.ptr);
		json_set_string(at, "why", why);
		json_set_string(at, "covers", covers.ptr);
		making->files++;
		making->written += skeleton->functions.len;
		free(why);
	} else {
		making->without++;
	}
	buf_release(&covers);
	buf_release(&content);
}

/* Writes the tests for what was collected, after the fashion of `nearest`. */
static void write_tests(struct making *making, struct skeleton *skeleton,
			const struct offline_file *file,
			const struct test_file *nearest)
{
	const char *path = file->file->path;
	const char *slash = strrchr(path, '/');
	const char *stem = slash ? slash + 1 : path;
	char *subject = xmemdup(stem, strcspn(stem, ".+-"));
	char *package = package_of(file->text);
	char *name = NULL, *imports, *place;
	struct buf near;

	read_path(&near, making, nearest->path);
	imports = lines_with(near.ptr, "@testable import ");
	place = place_for(&name, making, subject, nearest->path);
	skeleton->subject = subject;
	skeleton->name = name;
	skeleton->package = package;
	skeleton->imports = imports;
	skeleton->lang = nearest->lang;
	skeleton->framework = nearest->framework;
	if (place)
		add_file(making, skeleton, place, path);
	free(name);
	free(place);
	free(imports);
	free(package);
	free(subject);
	buf_release(&near);
}

static int make_for(struct making *making, const struct changed_file *changed,
		    struct err *err)
{
	struct offline_job *job = making->job;
	struct skeleton skeleton = { 0 };
	const struct test_file *nearest;
	struct offline_file file;
	struct outline outline;

	if (offline_check(job, err) < 0 ||
	    offline_file_load(&file, job->question->repo, changed, err) < 0)
		return -1;
	outline_make(&outline, file.text, file.len,
		     lang_of_path(changed->path));
	collect(&skeleton, making, &file, &outline);
	nearest = test_index_nearest(making->index, changed->path);
	if (skeleton.functions.len && nearest)
		write_tests(making, &skeleton, &file, nearest);
	else if (skeleton.functions.len)
		making->without++;
	strvec_release(&skeleton.functions);
	strvec_release(&skeleton.signatures);
	outline_release(&outline);
	offline_file_release(&file);
	return 0;
}

static void add_remarks(struct making *making)
{
	struct strvec *remarks = &making->job->remarks;

	strvec_addf(remarks,
		    "Laid out %zu test%s in %zu file%s, each skipped until it "
		    "is written.",
		    making->written, making->written == 1 ? "" : "s",
		    making->files, making->files == 1 ? "" : "s");
	if (making->without)
		strvec_addf(remarks,
			    "%zu source file%s no test nearby whose fashion "
			    "could be followed.",
			    making->without,
			    making->without == 1 ? " has" : "s have");
}

int offline_generate(struct offline_job *job, struct err *err)
{
	const struct changeset *changeset = job->question->changeset;
	struct making making = { .job = job, .index = test_index_new() };
	int ret = -1;

	if (tree_of_commit(&making.tree, job->question->repo, &changeset->head,
			   err) < 0 ||
	    test_index_load(making.index, job->question->repo, &making.tree,
			    err) < 0)
		goto out;
	ret = 0;
	for (size_t i = 0;
	     ret == 0 && i < changeset->file_count && making.files < MOST_FILES;
	     i++) {
		const struct changed_file *file = &changeset->files[i];

		if (offline_is_product(file) && offline_is_readable(file))
			ret = make_for(&making, file, err);
	}
	add_remarks(&making);
out:
	test_index_free(making.index);
	return ret;
}
