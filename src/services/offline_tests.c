#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "code/outline.h"
#include "code/tests_of.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "repo/tree.h"
#include "services/offline_job.h"

enum { NAMES_TOLD = 8, LINES_WORTH_A_TEST = 3 };

/* A function that the change adds. */
struct newcomer {
	size_t file; /* in the changeset */
	char *path;  /* "Session.load"   */
	char *quote; /* its first line   */
	int line;
	bool is_tested;
};

struct untested {
	struct offline_job *job;
	struct newcomer *items;
	size_t len, cap;
	struct strvec before;     /* paths of functions at the base, sorted */
	struct test_index *tests; /* of the head; NULL: not needed yet  */
};

static char *path_of(const struct outline *outline, const struct symbol *symbol)
{
	struct buf out;

	buf_init(&out, LIMIT_FINDING_BODY);
	symbol_add_path(&out, outline, symbol);
	return buf_detach(&out);
}

/* Previews are shown to their author only; what overrides or stands within
 * another function is reached through that. */
bool offline_is_worth_a_test(const struct outline *outline,
			     const struct symbol *symbol)
{
	const struct symbol *parent = outline_parent(outline, symbol);
	const char *start = outline->text + symbol->start;
	size_t size = symbol->signature - symbol->start;

	return symbol->kind == SYMBOL_FUNCTION && symbol->has_body &&
	       symbol->name_len && !offline_is_override(outline, symbol) &&
	       !(parent && symbol_is_function(parent)) &&
	       symbol->visibility > VISIBILITY_FILE &&
	       symbol->end_line - symbol->line >= LINES_WORTH_A_TEST &&
	       !memmem(start, size, "@Preview", strlen("@Preview"));
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool was_there(const struct untested *untested, const char *path)
{
	return untested->before.len &&
	       bsearch(&path, untested->before.v, untested->before.len,
		       sizeof(char *), compare_text);
}

static char *line_text(const struct outline *outline, uint32_t offset)
{
	const char *text = outline->text;
	size_t from = offset, to = offset;

	while (from && text[from - 1] != '\n')
		from--;
	while (to < outline->text_len && text[to] != '\n' && text[to] != '\r')
		to++;
	while (from < to && isspace((unsigned char)text[from]))
		from++;
	return xmemdup(text + from, to - from);
}

/* Reading all tests is worth it only if something is new. */
static int load_tests(struct untested *untested, struct err *err)
{
	const struct offline_question *question = untested->job->question;
	struct oid tree;

	if (untested->tests)
		return 0;
	untested->tests = test_index_new();
	if (offline_check(untested->job, err) < 0 ||
	    tree_of_commit(&tree, question->repo, &question->changeset->head,
			   err) < 0)
		return -1;
	return test_index_load(untested->tests, question->repo, &tree, err);
}

static int add_newcomers(struct untested *untested, size_t index,
			 const struct offline_file *file,
			 const struct outline *outline, struct err *err)
{
	for (size_t i = 0; i < outline->len; i++) {
		const struct symbol *symbol = &outline->items[i];
		struct newcomer *item;
		char *path;

		if (!offline_is_worth_a_test(outline, symbol) ||
		    symbol->line >= file->added_len ||
		    !file->added[symbol->line])
			continue;
		path = path_of(outline, symbol);
		if (was_there(untested, path)) {
			free(path);
			continue;
		}
		if (load_tests(untested, err) < 0) {
			free(path);
			return -1;
		}
		ARRAY_GROW(untested->items, untested->len, untested->cap);
		item = &untested->items[untested->len++];
		*item = (struct newcomer){
			.file = index,
			.path = path,
			.quote = line_text(outline, symbol->name),
			.line = (int)symbol->line,
			.is_tested = !test_index_is_untested(untested->tests,
							     outline, symbol),
		};
	}
	return 0;
}

bool offline_is_product(const struct changed_file *file)
{
	enum lang lang = lang_of_path(file->path);

	return file->file_class == CLASS_SOURCE && !file->is_generated &&
	       file->hunk_count &&
	       (lang == LANG_SWIFT || lang == LANG_KOTLIN ||
		lang == LANG_JAVA || lang == LANG_OBJC);
}

static int add_before(struct untested *untested,
		      const struct changed_file *file, struct err *err)
{
	struct outline outline;
	char *text;
	size_t len;

	if (offline_old_text(&text, &len, untested->job, file, err) < 0)
		return -1;
	if (!text)
		return 0;
	outline_make(&outline, text, len, lang_of_path(file->path));
	for (size_t i = 0; i < outline.len; i++)
		if (outline.items[i].kind == SYMBOL_FUNCTION)
			strvec_take(&untested->before,
				    path_of(&outline, &outline.items[i]));
	outline_release(&outline);
	free(text);
	return 0;
}

static int find_newcomers(struct untested *untested, struct err *err)
{
	const struct changeset *changeset = untested->job->question->changeset;

	for (size_t i = 0; i < changeset->file_count; i++)
		if (offline_is_product(&changeset->files[i]) &&
		    (offline_check(untested->job, err) < 0 ||
		     add_before(untested, &changeset->files[i], err) < 0))
			return -1;
	strvec_sort(&untested->before);
	for (size_t i = 0; i < changeset->file_count; i++) {
		const struct changed_file *file = &changeset->files[i];
		struct offline_file loaded;
		struct outline outline;
		int ret;

		if (!offline_is_product(file) || !offline_is_readable(file))
			continue;
		if (offline_check(untested->job, err) < 0 ||
		    offline_file_load(&loaded, untested->job->question->repo,
				      file, err) < 0)
			return -1;
		outline_make(&outline, loaded.text, loaded.len,
			     lang_of_path(file->path));
		ret = add_newcomers(untested, i, &loaded, &outline, err);
		outline_release(&outline);
		offline_file_release(&loaded);
		if (ret < 0)
			return -1;
	}
	return 0;
}

/* One finding for those from `first` to `end`, all of one file. */
static void note_file(struct untested *untested, size_t first, size_t end)
{
	const struct changeset *changeset = untested->job->question->changeset;
	const char *path = changeset->files[untested->items[first].file].path;
	const struct newcomer *shown = NULL;
	struct strvec tests = STRVEC_INIT;
	struct buf body;
	size_t count = 0;

	/* Are there tests that could speak of this file's code at all? */
	if (!test_index_nearest(untested->tests, path))
		return;
	test_index_tests_of(untested->tests, &tests, path);
	buf_init(&body, LIMIT_FINDING_BODY);
	for (size_t i = first; i < end; i++) {
		const struct newcomer *item = &untested->items[i];

		if (item->is_tested)
			continue;
		if (!shown)
			shown = item;
		if (count++ < NAMES_TOLD)
			buf_addf(&body, "%s%s()", count > 1 ? ", " : "",
				 item->path);
	}
	if (!shown)
		goto out;
	if (count > NAMES_TOLD)
		buf_addf(&body, " and %zu more", count - NAMES_TOLD);
	buf_addf(&body,
		 " %s new, and no test names %s or the type %s in. What "
		 "nobody tests breaks unseen with the next change. ",
		 count > 1 ? "are" : "is", count > 1 ? "them" : "it",
		 count > 1 ? "they are" : "it is");
	if (tests.len)
		buf_addf(&body, "Add a test to %s.", tests.v[0]);
	else
		buf_addstr(&body,
			   "Add a test for what it must do, and for what "
			   "must not happen.");
	offline_add(untested->job,
		    &(struct offline_remark){
			    .path = path,
			    .line = shown->line,
			    .quote = shown->quote,
			    .severity = SEVERITY_MINOR,
			    .category = "tests",
			    .title = "New code that no test names",
			    .body = body.ptr,
			    .rule = "untested-code",
		    });
out:
	buf_release(&body);
	strvec_release(&tests);
}

static void note_all(struct untested *untested)
{
	size_t first = 0, known = test_index_known(untested->tests);

	/* A name may well be in what was not read. */
	if (!test_index_is_whole(untested->tests)) {
		strvec_add(&untested->job->remarks,
			   "The repository has more tests than referee reads, "
			   "so what none of them names is not known.");
		return;
	}
	if (!known) {
		strvec_add(&untested->job->remarks,
			   "The repository has no tests that referee knows of, "
			   "so none are missed.");
		return;
	}
	for (size_t i = 1; i <= untested->len; i++) {
		if (i < untested->len &&
		    untested->items[i].file == untested->items[first].file)
			continue;
		note_file(untested, first, i);
		first = i;
	}
	strvec_addf(&untested->job->remarks,
		    "Looked for %zu new function%s in %zu test file%s.",
		    untested->len, untested->len == 1 ? "" : "s", known,
		    known == 1 ? "" : "s");
}

int offline_untested(struct offline_job *job, struct err *err)
{
	struct untested untested = { .job = job };
	int ret = -1;

	if (find_newcomers(&untested, err) < 0)
		goto out;
	if (!untested.len) {
		strvec_add(&job->remarks, "The change adds no function that "
					  "would need a test of its own.");
	} else {
		note_all(&untested);
	}
	ret = 0;
out:
	for (size_t i = 0; i < untested.len; i++) {
		free(untested.items[i].path);
		free(untested.items[i].quote);
	}
	free(untested.items);
	strvec_release(&untested.before);
	test_index_free(untested.tests);
	return ret;
}
