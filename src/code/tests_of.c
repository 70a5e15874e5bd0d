#include "code/tests_of.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "code/view.h"
#include "code/words.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "repo/object.h"
#include "repo/paths.h"

#define NO_SOURCE UINT32_MAX

struct source {
	char *path;
	enum lang lang;
	uint64_t stem;
	uint32_t mentions;       /* by the test being added */
	uint32_t next_same_stem; /* plus 1; 0: none */
};

struct linked_test {
	struct test_file file;
	uint32_t source; /* or NO_SOURCE */
};

struct test_index {
	struct source *sources;
	size_t source_count, source_cap;
	struct linked_test *tests;
	size_t test_count, test_cap;
	struct word_map stems; /* the first source of a stem, plus 1 */
	struct word_map words; /* every identifier of every test    */
	size_t bytes;          /* of tests that were read             */
	bool is_cut;
};

/* What a test file says when it is written with each; the first counts. */
static const struct {
	const char *marker;
	enum test_framework framework;
} framework_markers[] = {
	{ "import Quick", TESTS_QUICK },
	{ "import Testing", TESTS_SWIFT_TESTING },
	{ "XCTestCase", TESTS_XCTEST },
	{ "import io.kotest", TESTS_KOTEST },
	{ "import org.junit.jupiter", TESTS_JUNIT5 },
	{ "import org.junit.", TESTS_JUNIT4 },
	{ "import kotlin.test", TESTS_KOTLIN_TEST },
};

static const struct {
	const char *marker;
	unsigned library;
} library_markers[] = {
	{ "import io.mockk", TESTS_WITH_MOCKK },
	{ "import org.mockito", TESTS_WITH_MOCKITO },
	{ "import org.robolectric", TESTS_WITH_ROBOLECTRIC },
	{ "com.google.common.truth", TESTS_WITH_TRUTH },
	{ "import org.assertj", TESTS_WITH_ASSERTJ },
	{ "import app.cash.turbine", TESTS_WITH_TURBINE },
	{ "import kotlinx.coroutines.test", TESTS_WITH_COROUTINES },
	{ "import androidx.compose.ui.test", TESTS_WITH_COMPOSE },
	{ "OCMock", TESTS_WITH_OCMOCK },
};

/* What the name of a test file ends in; the longer ones first. */
static const char *const endings[] = {
	"InstrumentedTest",
	"IntegrationTests",
	"IntegrationTest",
	"UnitTests",
	"UnitTest",
	"SnapshotTests",
	"UITests",
	"TestCase",
	"Tests",
	"Specs",
	"Test",
	"Spec",
	"IT",
};

struct test_index *test_index_new(void)
{
	return xcalloc(1, sizeof(struct test_index));
}

void test_index_free(struct test_index *index)
{
	if (!index)
		return;
	for (size_t i = 0; i < index->source_count; i++)
		free(index->sources[i].path);
	for (size_t i = 0; i < index->test_count; i++)
		free(index->tests[i].file.path);
	free(index->sources);
	free(index->tests);
	word_map_release(&index->stems);
	word_map_release(&index->words);
	free(index);
}

bool test_index_is_whole(const struct test_index *index)
{
	return !index->is_cut;
}

size_t test_index_known(const struct test_index *index)
{
	size_t known = 0;

	for (size_t i = 0; i < index->test_count; i++)
		known += index->tests[i].file.framework != TESTS_UNKNOWN;
	return known;
}

static const char *stem_of(const char *path, size_t *len)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	*len = strcspn(name, ".");
	return name;
}

void test_index_add_source(struct test_index *index, const char *path)
{
	struct source *source;
	enum lang lang = lang_of_path(path);
	uint32_t *first;
	size_t len;
	const char *stem = stem_of(path, &len);

	if (!lang_has_outline(lang) || len == 0)
		return;
	ARRAY_GROW(index->sources, index->source_count, index->source_cap);
	source = &index->sources[index->source_count++];
	*source = (struct source){ .path = xstrdup(path),
				   .lang = lang,
				   .stem = word_hash(stem, len) };
	first = word_map_get(&index->stems, source->stem);
	source->next_same_stem = *first;
	*first = (uint32_t)index->source_count;
}

/* How many bytes two paths have in common from their end on, in whole
 * folders: src/main/java/a/b and src/test/java/a/b have java/a/b. */
static size_t common_end(const char *a, const char *b)
{
	const char *slash_a = strrchr(a, '/'), *slash_b = strrchr(b, '/');
	size_t i = 0, common = 0;
	size_t len_a = slash_a ? (size_t)(slash_a - a) : 0;
	size_t len_b = slash_b ? (size_t)(slash_b - b) : 0;

	while (i < len_a && i < len_b && a[len_a - i - 1] == b[len_b - i - 1]) {
		i++;
		if (a[len_a - i] == '/')
			common = i;
	}
	return i == len_a && i == len_b ? i : common;
}

static size_t common_start(const char *a, const char *b)
{
	size_t i = 0, common = 0;

	for (; a[i] && a[i] == b[i]; i++)
		if (a[i] == '/')
			common = i + 1;
	return common;
}

/* Of the sources with that stem the one whose folders are most like those of
 * `path`. */
static uint32_t find_source(const struct test_index *index, const char *path,
			    enum lang lang, const char *stem, size_t len)
{
	const uint32_t *first = word_map_find(&index->stems,
					      word_hash(stem, len));
	uint32_t best = NO_SOURCE;
	size_t best_score = 0;

	for (uint32_t i = first ? *first : 0; i;
	     i = index->sources[i - 1].next_same_stem) {
		const struct source *source = &index->sources[i - 1];
		size_t score = 1 + common_end(source->path, path) * 2 +
			       common_start(source->path, path);

		if (!lang_is_related(source->lang, lang))
			continue;
		/* A header beside its implementation is not what is tested. */
		score = score * 2 + (source->lang != LANG_C_HEADER);
		if (score > best_score) {
			best = i - 1;
			best_score = score;
		}
	}
	return best;
}

/* Without what marks a test, and with the length that leaves. */
static size_t strip_ending(const char *stem, size_t len)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t ending = strlen(endings[i]);

		if (len > ending &&
		    !memcmp(stem + len - ending, endings[i], ending)) {
			len -= ending;
			break;
		}
	}
	while (len > 0 && (stem[len - 1] == '+' || stem[len - 1] == '_'))
		len--;
	return len;
}

/* One word of a CamelCase name less. */
static size_t drop_word(const char *stem, size_t len)
{
	if (len > 0)
		len--;
	while (len > 0 && !(isupper((unsigned char)stem[len]) &&
			    !isupper((unsigned char)stem[len - 1])))
		len--;
	while (len > 0 && (stem[len - 1] == '+' || stem[len - 1] == '_'))
		len--;
	return len;
}

/* The source whose stem the test says most often. */
static uint32_t find_mentioned(struct test_index *index, enum lang lang,
			       const char *code, size_t code_len)
{
	uint32_t best = NO_SOURCE, most = 0;
	const char *word;
	size_t len, pos = 0;

	while (word_next(&word, &len, code, code_len, &pos)) {
		const uint32_t *first =
			len < 4 ? NULL
				: word_map_find(&index->stems,
						word_hash(word, len));
		struct source *source;

		if (!first)
			continue;
		source = &index->sources[*first - 1];
		if (!lang_is_related(source->lang, lang))
			continue;
		if (++source->mentions > most) {
			most = source->mentions;
			best = *first - 1;
		}
	}
	for (pos = 0; word_next(&word, &len, code, code_len, &pos);) {
		const uint32_t *first = word_map_find(&index->stems,
						      word_hash(word, len));

		if (first)
			index->sources[*first - 1].mentions = 0;
	}
	return best;
}

static uint32_t link_test(struct test_index *index, const char *path,
			  enum lang lang, const char *code, size_t code_len)
{
	size_t len;
	size_t least = 1; /* a part of a name says something from 3 bytes on */
	const char *stem = stem_of(path, &len);
	uint32_t source;

	len = strip_ending(stem, len);
	for (; len >= least; len = drop_word(stem, len), least = 3) {
		source = find_source(index, path, lang, stem, len);
		if (source != NO_SOURCE)
			return source;
	}
	return find_mentioned(index, lang, code, code_len);
}

static void add_words(struct test_index *index, const char *code, size_t len)
{
	const char *word;
	size_t word_len, pos = 0;

	while (word_next(&word, &word_len, code, len, &pos))
		*word_map_get(&index->words, word_hash(word, word_len)) = 1;
}

void test_index_add_test(struct test_index *index, const char *path,
			 const char *text, size_t len)
{
	struct linked_test *test;
	enum lang lang = lang_of_path(path);
	char *code;

	if (!lang_has_outline(lang))
		return;
	code = xcalloc(len + 1, 1);
	code_view(code, text, len, lang, VIEW_CODE);
	ARRAY_GROW(index->tests, index->test_count, index->test_cap);
	test = &index->tests[index->test_count++];
	*test = (struct linked_test){
		.file = { .path = xstrdup(path), .lang = lang },
	};
	for (size_t i = sizeof(framework_markers) / sizeof(*framework_markers);
	     i-- > 0;) {
		const char *marker = framework_markers[i].marker;

		if (memmem(code, len, marker, strlen(marker)))
			test->file.framework = framework_markers[i].framework;
	}
	for (size_t i = 0;
	     i < sizeof(library_markers) / sizeof(*library_markers); i++) {
		const char *marker = library_markers[i].marker;

		if (memmem(code, len, marker, strlen(marker)))
			test->file.libraries |= library_markers[i].library;
	}
	test->source = link_test(index, path, lang, code, len);
	add_words(index, code, len);
	free(code);
}

static int load_test(struct test_index *index, struct repo *repo,
		     const struct tree_entry *entry, struct err *err)
{
	struct buf text;
	struct err why = ERR_INIT;
	int ret = 0;

	if (index->test_count >= LIMIT_TEST_FILES ||
	    index->bytes >= LIMIT_TESTS_BYTES) {
		index->is_cut = true;
		return 0;
	}
	buf_init(&text, LIMIT_BLOB_BYTES);
	if (blob_read(&text, repo, &entry->id, &why) == 0)
		test_index_add_test(index, entry->path, text.ptr, text.len);
	else if (why.code == ERR_TOO_LARGE)
		index->is_cut = true;
	else
		ret = err_set(err, why.code, "%s: %s", entry->path, why.msg);
	index->bytes += text.len;
	buf_release(&text);
	return ret;
}

static bool is_file(const struct tree_entry *entry)
{
	return entry->mode == MODE_FILE || entry->mode == MODE_EXECUTABLE;
}

int test_index_load(struct test_index *index, struct repo *repo,
		    const struct oid *tree, struct err *err)
{
	struct tree_list list = { .items = NULL };
	int ret = -1;

	if (tree_list(&list, repo, tree, "", true, LIMIT_TREE_FILES, err) < 0)
		return -1;
	for (size_t i = 0; i < list.len; i++)
		if (is_file(&list.items[i]) &&
		    class_of_path(list.items[i].path) == CLASS_SOURCE)
			test_index_add_source(index, list.items[i].path);
	for (size_t i = 0; i < list.len; i++)
		if (is_file(&list.items[i]) &&
		    class_of_path(list.items[i].path) == CLASS_TEST &&
		    lang_has_outline(lang_of_path(list.items[i].path)) &&
		    load_test(index, repo, &list.items[i], err) < 0)
			goto out;
	ret = 0;
out:
	tree_list_release(&list);
	return ret;
}

void test_index_tests_of(const struct test_index *index, struct strvec *out,
			 const char *path)
{
	size_t len, other_len;
	const char *stem = stem_of(path, &len), *other;

	for (size_t i = 0; i < index->test_count; i++) {
		const struct linked_test *test = &index->tests[i];
		const struct source *source;

		if (test->source == NO_SOURCE)
			continue;
		source = &index->sources[test->source];
		other = stem_of(source->path, &other_len);
		/* Session.h and Session.m have the same tests. */
		if (!strcmp(source->path, path) ||
		    (other_len == len && !memcmp(stem, other, len) &&
		     stem - path == other - source->path &&
		     !memcmp(path, source->path, (size_t)(stem - path))))
			strvec_add(out, test->file.path);
	}
}

/* Does any test use the identifier? */
static bool is_used(const struct test_index *index, const char *name,
		    size_t len)
{
	return word_map_find(&index->words, word_hash(name, len)) != NULL;
}

bool test_index_is_untested(const struct test_index *index,
			    const struct outline *outline,
			    const struct symbol *symbol)
{
	if (!symbol_is_function(symbol))
		return false;
	if (symbol->kind == SYMBOL_FUNCTION &&
	    is_used(index, outline->text + symbol->name, symbol->name_len))
		return false;
	for (symbol = outline_parent(outline, symbol); symbol;
	     symbol = outline_parent(outline, symbol)) {
		const char *name = outline->text + symbol->name;
		const char *dot = memrchr(name, '.', symbol->name_len);
		size_t len = symbol->name_len;

		/* An extension of A.B is of B. */
		if (dot) {
			len -= (size_t)(dot + 1 - name);
			name = dot + 1;
		}
		if (symbol_is_type(symbol) && is_used(index, name, len))
			return false;
	}
	return true;
}

const struct test_file *test_index_nearest(const struct test_index *index,
					   const char *path)
{
	const struct test_file *best = NULL;
	size_t best_score = 0;
	enum lang lang = lang_of_path(path);

	for (size_t i = 0; i < index->test_count; i++) {
		const struct linked_test *test = &index->tests[i];
		size_t score = 1 + common_start(test->file.path, path) +
			       common_end(test->file.path, path);

		if (!lang_is_related(test->file.lang, lang) ||
		    test->file.framework == TESTS_UNKNOWN)
			continue;
		score = score * 2 + (test->file.lang == lang);
		if (test->source != NO_SOURCE &&
		    !strcmp(index->sources[test->source].path, path))
			score += SIZE_MAX / 4;
		if (score > best_score) {
			best_score = score;
			best = &test->file;
		}
	}
	return best;
}
