#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "code/outline.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "repo/object.h"
#include "repo/tree.h"
#include "services/offline_job.h"

enum { NAMES_TOLD = 8, LINES_WORTH_A_TEST = 3 };

/* A function that the change adds. */
struct newcomer {
	size_t file; /* in the changeset */
	char *path;  /* "Session.load"   */
	char *name;  /* "load"           */
	char *type;  /* innermost type around it; NULL: none */
	char *quote; /* its first line   */
	int line;
	bool is_tested;
};

struct untested {
	struct offline_job *job;
	struct newcomer *items;
	size_t len, cap;
	struct strvec before; /* paths of functions at the base, sorted */
	struct strvec tests;  /* paths of test files at the head        */
	uint32_t test_langs;  /* a bit for each of their languages      */
};

static char *symbol_text(const struct outline *outline,
			 const struct symbol *symbol, bool whole)
{
	struct buf out;

	buf_init(&out, LIMIT_FINDING_BODY);
	(whole ? symbol_add_path : symbol_add_name)(&out, outline, symbol);
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

static void add_newcomers(struct untested *untested, size_t index,
			  const struct offline_file *file,
			  const struct outline *outline)
{
	for (size_t i = 0; i < outline->len; i++) {
		const struct symbol *symbol = &outline->items[i], *type;
		struct newcomer *item;
		char *path;

		if (!offline_is_worth_a_test(outline, symbol) ||
		    symbol->line >= file->added_len ||
		    !file->added[symbol->line])
			continue;
		path = symbol_text(outline, symbol, true);
		if (was_there(untested, path)) {
			free(path);
			continue;
		}
		ARRAY_GROW(untested->items, untested->len, untested->cap);
		item = &untested->items[untested->len++];
		type = outline_type_at(outline, symbol->line);
		*item = (struct newcomer){
			.file = index,
			.path = path,
			.name = symbol_text(outline, symbol, false),
			.type = type ? symbol_text(outline, type, false) : NULL,
			.quote = line_text(outline, symbol->name),
			.line = (int)symbol->line,
		};
	}
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
			strvec_take(
				&untested->before,
				symbol_text(&outline, &outline.items[i], true));
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

		if (!offline_is_product(file) || !offline_is_readable(file))
			continue;
		if (offline_check(untested->job, err) < 0 ||
		    offline_file_load(&loaded, untested->job->question->repo,
				      file, err) < 0)
			return -1;
		outline_make(&outline, loaded.text, loaded.len,
			     lang_of_path(file->path));
		add_newcomers(untested, i, &loaded, &outline);
		outline_release(&outline);
		offline_file_release(&loaded);
	}
	return 0;
}

static bool has_word(const char *text, size_t len, const char *word)
{
	const char *end = text + len, *at = text;
	size_t size = strlen(word);

	while ((at = memmem(at, (size_t)(end - at), word, size))) {
		const char *behind = at + size;

		if ((at == text ||
		     (!isalnum((unsigned char)at[-1]) && at[-1] != '_')) &&
		    (behind == end ||
		     (!isalnum((unsigned char)*behind) && *behind != '_')))
			return true;
		at = behind;
	}
	return false;
}

/* Marks those whose name or type a test speaks of. */
static void mark_tested(struct untested *untested, const char *text, size_t len)
{
	for (size_t i = 0; i < untested->len; i++) {
		struct newcomer *item = &untested->items[i];

		if (!item->is_tested)
			item->is_tested = has_word(text, len, item->name) ||
					  (item->type &&
					   has_word(text, len, item->type));
	}
}

/* Files that are called like tests hold fakes and generated specifications,
 * too. */
static bool looks_like_tests(const char *text, size_t len)
{
	static const char *const marks[] = {
		"@Test", "XCTest", "import Testing", "Quick", "kotest", "Kiwi",
	};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (memmem(text, len, marks[i], strlen(marks[i])))
			return true;
	return false;
}

static void add_tests(struct untested *untested, const char *path,
		      const struct buf *text)
{
	mark_tested(untested, text->ptr, text->len);
	if (!looks_like_tests(text->ptr, text->len))
		return;
	strvec_add(&untested->tests, path);
	untested->test_langs |= UINT32_C(1) << lang_of_path(path);
}

/* Reads the test files of the head, up to a bound. */
static int read_tests(struct untested *untested, const struct tree_list *files,
		      struct err *err)
{
	struct repo *repo = untested->job->question->repo;
	struct buf text;
	size_t total = 0;
	int ret = -1;

	buf_init(&text, LIMIT_BLOB_BYTES);
	for (size_t i = 0; i < files->len && total < LIMIT_TESTS_BYTES; i++) {
		const struct tree_entry *entry = &files->items[i];
		struct err failed = ERR_INIT;

		if (class_of_path(entry->path) != CLASS_TEST ||
		    !lang_has_outline(lang_of_path(entry->path)) ||
		    entry->mode == MODE_SYMLINK ||
		    entry->mode == MODE_SUBMODULE)
			continue;
		if (offline_check(untested->job, err) < 0)
			goto out;
		buf_reset(&text);
		if (blob_read(&text, repo, &entry->id, &failed) < 0) {
			if (failed.code == ERR_TOO_LARGE)
				continue;
			*err = failed;
			goto out;
		}
		total += text.len;
		add_tests(untested, entry->path, &text);
	}
	ret = 0;
out:
	buf_release(&text);
	return ret;
}

/* The test file that bears the name of `path`, or NULL. */
static const char *test_of(const struct untested *untested, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t stem = strcspn(name, ".+");

	for (size_t i = 0; i < untested->tests.len; i++) {
		const char *test = untested->tests.v[i];
		const char *base = strrchr(test, '/');

		base = base ? base + 1 : test;
		if (strncmp(base, name, stem) == 0 &&
		    (strncmp(base + stem, "Test", 4) == 0 ||
		     strncmp(base + stem, "Spec", 4) == 0))
			return test;
	}
	return NULL;
}

/* Are there tests that could speak of this file's code at all? */
static bool has_tests_for(const struct untested *untested, const char *path)
{
	enum lang lang = lang_of_path(path);

	for (int i = 0; i < LANG_COUNT; i++)
		if (untested->test_langs & UINT32_C(1) << i &&
		    ((enum lang)i == lang ||
		     lang_is_related((enum lang)i, lang)))
			return true;
	return false;
}

/* One finding for those from `first` to `end`, all of one file. */
static void note_file(struct untested *untested, size_t first, size_t end)
{
	const struct changeset *changeset = untested->job->question->changeset;
	const char *path = changeset->files[untested->items[first].file].path;
	const char *test = test_of(untested, path);
	const struct newcomer *shown = NULL;
	struct buf body;
	size_t count = 0;

	if (!has_tests_for(untested, path))
		return;
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
	if (test)
		buf_addf(&body, "Add a test to %s.", test);
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
}

static void note_all(struct untested *untested)
{
	size_t first = 0;

	if (!untested->tests.len) {
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
		    untested->len, untested->len == 1 ? "" : "s",
		    untested->tests.len, untested->tests.len == 1 ? "" : "s");
}

int offline_untested(struct offline_job *job, struct err *err)
{
	struct untested untested = { .job = job };
	struct tree_list files = { 0 };
	struct oid tree;
	int ret = -1;

	if (find_newcomers(&untested, err) < 0)
		goto out;
	if (!untested.len) {
		strvec_add(&job->remarks, "The change adds no function that "
					  "would need a test of its own.");
		ret = 0;
		goto out;
	}
	if (tree_of_commit(&tree, job->question->repo,
			   &job->question->changeset->head, err) < 0 ||
	    tree_list(&files, job->question->repo, &tree, "", true,
		      LIMIT_TREE_FILES, err) < 0 ||
	    read_tests(&untested, &files, err) < 0)
		goto out;
	note_all(&untested);
	ret = 0;
out:
	for (size_t i = 0; i < untested.len; i++) {
		free(untested.items[i].path);
		free(untested.items[i].name);
		free(untested.items[i].type);
		free(untested.items[i].quote);
	}
	free(untested.items);
	strvec_release(&untested.before);
	strvec_release(&untested.tests);
	tree_list_release(&files);
	return ret;
}
