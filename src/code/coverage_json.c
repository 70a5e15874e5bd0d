#include "code/coverage_file.h"

#include <string.h>

#include "core/json.h"
#include "core/limits.h"

static int add_file(struct coverage *out, const struct json *at,
		    const char *name, struct err *err)
{
	const char *path;

	if (json_string(&path, at, name, err) < 0)
		return -1;
	return coverage_add_file(out, path, strlen(path), err);
}

static uint64_t count_of(const struct json *at, const char *path)
{
	int64_t count = json_int_or(at, path, 0);

	return count > 0 ? (uint64_t)count : 0;
}

/* An entry without lines has its counts from the report. */
static void set_count(struct coverage *out, uint64_t covered, uint64_t total)
{
	struct coverage_file *file = &out->files[out->len - 1];

	file->count.total = total;
	file->count.covered = covered < total ? covered : total;
}

static bool is_test_target(const struct json *target)
{
	const char *name = json_string_or(target, "name", "");

	return strstr(name, ".xctest") != NULL;
}

static int parse_xccov(struct coverage *out, const struct json *doc,
		       struct err *err)
{
	const struct json *target, *file;

	out->format = COVERAGE_XCCOV;
	for (target = json_first(json_get(doc, "targets")); target;
	     target = json_next(target)) {
		if (is_test_target(target))
			continue;
		for (file = json_first(json_get(target, "files")); file;
		     file = json_next(file)) {
			if (add_file(out, file, "path", err) < 0)
				return -1;
			set_count(out, count_of(file, "coveredLines"),
				  count_of(file, "executableLines"));
		}
	}
	return 0;
}

/* Array item `index` as a number. */
static int64_t item(const struct json *array, size_t index)
{
	const struct json *at = json_first(array);

	while (at && index-- > 0)
		at = json_next(at);
	return json_int_or(at, "", 0);
}

static bool truth(const struct json *array, size_t index)
{
	const struct json *at = json_first(array);

	while (at && index-- > 0)
		at = json_next(at);
	return json_bool_or(at, "", json_int_or(at, "", 0) != 0);
}

/*
 * A segment is [line, column, count, has count, is region entry, is gap], and
 * lasts until the next one. A line is hit if any segment on it is.
 */
static int add_segments(struct coverage *out, const struct json *segments,
			struct err *err)
{
	const struct json *at, *next;

	for (at = json_first(segments); at; at = next) {
		int64_t line = item(at, 0), last;
		bool is_hit = item(at, 2) > 0;

		next = json_next(at);
		if (!truth(at, 3) || line <= 0)
			continue;
		last = next ? item(next, 0) : line;
		/* The next one's line is its own, but for a region's end. */
		if (next && last > line && item(next, 1) <= 1)
			last--;
		for (; line <= last; line++)
			if (coverage_add_line(out, (uint64_t)line, is_hit,
					      err) < 0)
				return -1;
	}
	return 0;
}

static int parse_llvm(struct coverage *out, const struct json *doc,
		      struct err *err)
{
	const struct json *data, *file;

	out->format = COVERAGE_LLVM;
	for (data = json_first(json_get(doc, "data")); data;
	     data = json_next(data)) {
		for (file = json_first(json_get(data, "files")); file;
		     file = json_next(file)) {
			if (add_file(out, file, "filename", err) < 0 ||
			    add_segments(out, json_get(file, "segments"), err) <
				    0)
				return -1;
			set_count(out, count_of(file, "summary.lines.covered"),
				  count_of(file, "summary.lines.count"));
		}
	}
	return 0;
}

static int parse_slather(struct coverage *out, const struct json *doc,
			 struct err *err)
{
	const struct json *file, *at;

	out->format = COVERAGE_SLATHER;
	for (file = json_first(doc); file; file = json_next(file)) {
		uint64_t line = 0;

		if (add_file(out, file, "file", err) < 0)
			return -1;
		for (at = json_first(json_get(file, "coverage")); at;
		     at = json_next(at)) {
			line++;
			if (!json_is_null(at) &&
			    coverage_add_line(out, line,
					      json_int_or(at, "", 0) > 0,
					      err) < 0)
				return -1;
		}
	}
	return 0;
}

int coverage_parse_json(struct coverage *out, const char *text, size_t len,
			struct err *err)
{
	struct json *doc = NULL;
	int ret;

	if (json_parse(&doc, text, len, err) < 0)
		return -1;
	if (json_is_array(json_get(doc, "targets")))
		ret = parse_xccov(out, doc, err);
	else if (json_is_array(json_get(doc, "data")))
		ret = parse_llvm(out, doc, err);
	else if (json_is_array(doc))
		ret = parse_slather(out, doc, err);
	else
		ret = err_set(err, ERR_PROTOCOL,
			      "not a coverage report that referee knows");
	json_free(doc);
	return ret;
}
