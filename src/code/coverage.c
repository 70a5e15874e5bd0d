#include "code/coverage.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "code/coverage_file.h"
#include "core/alloc.h"
#include "core/limits.h"

void coverage_release(struct coverage *coverage)
{
	for (size_t i = 0; i < coverage->len; i++) {
		free(coverage->files[i].path);
		free(coverage->files[i].lines);
	}
	free(coverage->files);
	*coverage = (struct coverage){ .files = NULL };
}

int coverage_add_file(struct coverage *out, const char *path, size_t len,
		      struct err *err)
{
	if (out->len == LIMIT_COVERAGE_FILES)
		return err_set(err, ERR_TOO_LARGE,
			       "a coverage report of more than %d files",
			       LIMIT_COVERAGE_FILES);
	ARRAY_GROW(out->files, out->len, out->cap);
	out->files[out->len++] =
		(struct coverage_file){ .path = xmemdup(path, len) };
	return 0;
}

int coverage_add_line(struct coverage *out, uint64_t line, bool is_hit,
		      struct err *err)
{
	struct coverage_file *file;

	if (line == 0 || line > UINT32_MAX || out->len == 0)
		return 0;
	if (out->line_count == LIMIT_COVERAGE_LINES)
		return err_set(err, ERR_TOO_LARGE,
			       "a coverage report of more than %d lines",
			       LIMIT_COVERAGE_LINES);
	file = &out->files[out->len - 1];
	ARRAY_GROW(file->lines, file->len, file->cap);
	file->lines[file->len++] = (struct coverage_line){ (uint32_t)line,
							   is_hit };
	out->line_count++;
	return 0;
}

static bool starts_with(const char *text, size_t len, const char *what)
{
	return len >= strlen(what) && !memcmp(text, what, strlen(what));
}

/* DA:LINE,HITS[,checksum] */
static int add_lcov_line(struct coverage *out, const char *text, size_t len,
			 struct err *err)
{
	uint64_t line = 0;
	size_t i = 0;
	bool is_hit = false;

	for (; i < len && isdigit((unsigned char)text[i]) && i < 10; i++)
		line = line * 10 + (uint64_t)(text[i] - '0');
	if (i == 0 || i == len || text[i] != ',')
		return err_set(err, ERR_PROTOCOL, "lcov: DA:%.*s",
			       (int)(len < 40 ? len : 40), text);
	for (i++; i < len && text[i] != ','; i++)
		is_hit = is_hit || (text[i] >= '1' && text[i] <= '9');
	return coverage_add_line(out, line, is_hit, err);
}

static int parse_lcov(struct coverage *out, const char *text, size_t len,
		      struct err *err)
{
	out->format = COVERAGE_LCOV;
	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t line = end ? (size_t)(end - text) : len;
		size_t next = end ? line + 1 : line;
		bool failed = false;

		if (line > 0 && text[line - 1] == '\r')
			line--;
		if (starts_with(text, line, "SF:"))
			failed = coverage_add_file(out, text + 3, line - 3,
						   err) < 0;
		else if (starts_with(text, line, "DA:"))
			failed = add_lcov_line(out, text + 3, line - 3, err) <
				 0;
		if (failed)
			return -1;
		text += next;
		len -= next;
	}
	if (out->len == 0)
		return err_set(err, ERR_PROTOCOL,
			       "not a coverage report that referee knows");
	return 0;
}

static int by_line(const void *a, const void *b)
{
	const struct coverage_line *x = a, *y = b;

	return x->line < y->line ? -1 : x->line > y->line;
}

/* Each line once, hit if it was hit anywhere. */
static void finish_file(struct coverage_file *file)
{
	size_t kept = 0;

	if (file->len == 0)
		return;
	qsort(file->lines, file->len, sizeof(*file->lines), by_line);
	for (size_t i = 1; i < file->len; i++) {
		if (file->lines[i].line == file->lines[kept].line)
			file->lines[kept].is_hit |= file->lines[i].is_hit;
		else
			file->lines[++kept] = file->lines[i];
	}
	file->len = kept + 1;
	file->count = (struct coverage_count){ 0, file->len };
	for (size_t i = 0; i < file->len; i++)
		file->count.covered += file->lines[i].is_hit;
}

int coverage_parse(struct coverage *out, const char *text, size_t len,
		   struct err *err)
{
	static const char format[] = "format:";
	int ret;

	*out = (struct coverage){ .files = NULL };
	if (len > LIMIT_COVERAGE_BYTES)
		return err_set(err, ERR_TOO_LARGE,
			       "the coverage report is over %ld bytes",
			       (long)LIMIT_COVERAGE_BYTES);
	if (starts_with(text, len, format)) {
		const char *end = memchr(text, '\n', len);
		size_t line = end ? (size_t)(end - text) + 1 : len;

		text += line;
		len -= line;
	}
	if (starts_with(text, len, "\xef\xbb\xbf")) {
		text += 3;
		len -= 3;
	}
	while (len > 0 && isspace((unsigned char)*text)) {
		text++;
		len--;
	}
	if (len > 0 && *text == '<')
		ret = coverage_parse_xml(out, text, len, err);
	else if (len > 0 && (*text == '{' || *text == '['))
		ret = coverage_parse_json(out, text, len, err);
	else
		ret = parse_lcov(out, text, len, err);
	if (ret < 0) {
		coverage_release(out);
		return -1;
	}
	for (size_t i = 0; i < out->len; i++) {
		finish_file(&out->files[i]);
		out->count.covered += out->files[i].count.covered;
		out->count.total += out->files[i].count.total;
	}
	return 0;
}

void coverage_merge(struct coverage *into, struct coverage *more)
{
	if (!into->len)
		into->format = more->format;
	for (size_t i = 0; i < more->len; i++) {
		ARRAY_GROW(into->files, into->len, into->cap);
		into->files[into->len++] = more->files[i];
	}
	into->count.covered += more->count.covered;
	into->count.total += more->count.total;
	into->line_count += more->line_count;
	free(more->files);
	*more = (struct coverage){ .files = NULL };
}

double coverage_percent(struct coverage_count count)
{
	if (count.total == 0)
		return -1;
	return 100.0 * (double)count.covered / (double)count.total;
}

/* How much of the shorter path the longer one ends in, 0 unless all of it. */
static size_t match_paths(const char *a, const char *b)
{
	size_t len_a, len_b;

	while (!strncmp(a, "./", 2))
		a += 2;
	while (!strncmp(b, "./", 2))
		b += 2;
	len_a = strlen(a);
	len_b = strlen(b);
	if (len_a < len_b) {
		const char *shorter = a;
		size_t len = len_a;

		a = b;
		len_a = len_b;
		b = shorter;
		len_b = len;
	}
	if (len_b == 0 || memcmp(a + len_a - len_b, b, len_b) != 0)
		return 0;
	return len_a == len_b || b[0] == '/' || a[len_a - len_b - 1] == '/'
		       ? len_b
		       : 0;
}

const struct coverage_file *coverage_find(const struct coverage *coverage,
					  const char *path)
{
	const struct coverage_file *best = NULL;
	size_t best_len = 0;

	for (size_t i = 0; i < coverage->len; i++) {
		size_t len = match_paths(coverage->files[i].path, path);

		if (len > best_len) {
			best = &coverage->files[i];
			best_len = len;
		} else if (len > 0 && len == best_len) {
			best = NULL;
		}
	}
	return best;
}

enum coverage_state coverage_line_state(const struct coverage_file *file,
					uint32_t line)
{
	struct coverage_line wanted = { .line = line };
	const struct coverage_line *found;

	if (!file || !file->len)
		return LINE_UNKNOWN;
	found = bsearch(&wanted, file->lines, file->len, sizeof(wanted),
			by_line);
	if (!found)
		return LINE_UNKNOWN;
	return found->is_hit ? LINE_COVERED : LINE_UNCOVERED;
}

static void count_hunk(struct coverage_count *count,
		       const struct coverage_file *file,
		       const struct hunk *hunk)
{
	for (size_t i = 0; i < hunk->line_count; i++) {
		const struct diff_line *line = &hunk->lines[i];
		enum coverage_state state;

		if (line->origin != '+' || line->new_line <= 0)
			continue;
		state = coverage_line_state(file, (uint32_t)line->new_line);
		count->total += state != LINE_UNKNOWN;
		count->covered += state == LINE_COVERED;
	}
}

struct coverage_count coverage_of_file(const struct coverage *coverage,
				       const struct changed_file *file)
{
	struct coverage_count count = { 0, 0 };
	const struct coverage_file *found = coverage_find(coverage, file->path);

	for (size_t i = 0; found && i < file->hunk_count; i++)
		count_hunk(&count, found, &file->hunks[i]);
	return count;
}

struct coverage_count coverage_of_change(const struct coverage *coverage,
					 const struct changeset *changeset)
{
	struct coverage_count count = { 0, 0 };

	for (size_t i = 0; i < changeset->file_count; i++) {
		const struct changed_file *file = &changeset->files[i];
		struct coverage_count one;

		if (file->file_class != CLASS_SOURCE)
			continue;
		one = coverage_of_file(coverage, file);
		count.covered += one.covered;
		count.total += one.total;
	}
	return count;
}
