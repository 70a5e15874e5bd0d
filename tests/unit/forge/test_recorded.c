/* What GitHub once said, as recorded: every answer we know how to ask for is
 * understood. The recordings are no part of the source: REFEREE_FIXTURES names
 * their folder, or they lie beside it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "forge/github.h"
#include "unit.h"

/* The last segments of a path, "#" for a number and "*" for anything. */
static const struct {
	const char *method, *path;
	enum forge_act act;
} known[] = {
	{ "GET", "/user", FORGE_WHO },
	{ "GET", "/app", FORGE_WHO },
	{ "GET", "/pulls", FORGE_PULLS },
	{ "GET", "/pulls/#", FORGE_PULL },
	{ "GET", "/issues/comments", FORGE_COMMENTS },
	{ "GET", "/issues/#/comments", FORGE_PULL_COMMENTS },
	{ "GET", "/pulls/#/comments", FORGE_LINE_COMMENTS },
	{ "GET", "/pulls/#/reviews", FORGE_REVIEWS },
	{ "GET", "/collaborators/*/permission", FORGE_PERMISSION },
	{ "GET", "/comments/#/reactions", FORGE_REACTIONS },
	{ "POST", "/pulls/#/reviews", FORGE_REVIEW },
	{ "POST", "/issues/#/comments", FORGE_ADD_COMMENT },
	{ "PATCH", "/issues/comments/#", FORGE_EDIT_COMMENT },
	{ "POST", "/statuses/*", FORGE_STATUS },
	{ "POST", "/check-runs", FORGE_CHECK },
	{ "POST", "/comments/#/reactions", FORGE_REACT },
	{ "GET", "/commits/*/check-runs", FORGE_CHECKS },
	{ "POST", "/pulls", FORGE_OPEN_PULL },
};

static bool segment_is(const char *text, size_t len, const char *pattern,
		       size_t pattern_len)
{
	if (pattern_len == 1 && *pattern == '*')
		return true;
	if (pattern_len == 1 && *pattern == '#')
		return len && strspn(text, "0123456789") >= len;
	return len == pattern_len && !memcmp(text, pattern, len);
}

/* Compares from the end: what is before is the repository. */
static bool path_is(const char *path, const char *pattern)
{
	size_t at = strcspn(path, "?"), end = strlen(pattern);

	while (end) {
		size_t start = end, from = at;

		if (!at)
			return false;
		while (pattern[start - 1] != '/')
			start--;
		while (from && path[from - 1] != '/')
			from--;
		if (!segment_is(path + from, at - from, pattern + start,
				end - start))
			return false;
		end = start - 1;
		at = from ? from - 1 : 0;
	}
	return true;
}

static bool find_act(enum forge_act *out, const struct json *record)
{
	const char *method = json_string_or(record, "method", "");
	const char *path = json_string_or(record, "path", "");

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (!strcmp(method, known[i].method) &&
		    path_is(path, known[i].path)) {
			*out = known[i].act;
			return true;
		}
	return false;
}

static void check(const struct json *record, enum forge_act act)
{
	const struct json *resp = json_find(record, "resp");
	const char *path = json_string_or(record, "path", "");
	struct forge_wish wish = { .act = act, .pull = 1, .id = "1" };
	struct forge_answer answer = { .act = act };
	struct err err = ERR_INIT;

	cr_expect_eq(github_forge.parse(&answer, &wish, resp, &err), 0,
		     "%s: %s", path, err.msg);
	if (act == FORGE_PULLS || act == FORGE_PULL)
		cr_expect_eq(answer.pull_count,
			     act == FORGE_PULL ? 1 : json_len(resp), "%s",
			     path);
	for (size_t i = 0; i < answer.pull_count; i++) {
		cr_expect_not_null(answer.pulls[i].title, "%s", path);
		cr_expect_not_null(answer.pulls[i].base_ref, "%s", path);
		cr_expect_gt(answer.pulls[i].updated_ms, 0, "%s", path);
	}
	if (act == FORGE_REVIEWS || act == FORGE_COMMENTS ||
	    act == FORGE_PULL_COMMENTS || act == FORGE_LINE_COMMENTS)
		cr_expect_eq(answer.comment_count, json_len(resp), "%s", path);
	if (act == FORGE_REACTIONS)
		cr_expect_eq(answer.reaction_count, json_len(resp), "%s", path);
	if (act == FORGE_WHO)
		cr_expect_not_null(answer.user, "%s", path);
	if (act == FORGE_REVIEW || act == FORGE_ADD_COMMENT ||
	    act == FORGE_CHECK || act == FORGE_OPEN_PULL)
		cr_expect_not_null(answer.id, "%s", path);
	forge_answer_release(&answer);
}

static FILE *open_recorded(void)
{
	const char *folder = getenv("REFEREE_FIXTURES");
	const char *source = getenv("SRCDIR");
	char *path = folder ? xstrf("%s/github-exchanges.jsonl", folder)
			    : xstrf("%s/../shared/fixtures/"
				    "github-exchanges.jsonl",
				    source ? source : ".");
	FILE *file = fopen(path, "r");

	free(path);
	return file;
}

Test(github, understands_what_was_recorded)
{
	FILE *file = open_recorded();
	char *line = NULL;
	size_t cap = 0, seen = 0;

	if (!file)
		cr_skip_test("no recordings here");
	while (getline(&line, &cap, file) > 0) {
		struct json *record = NULL;
		struct err err = ERR_INIT;
		enum forge_act act;
		int64_t status;

		cr_assert_eq(json_parse(&record, line, strlen(line), &err), 0,
			     "%s", err.msg);
		status = json_int_or(record, "status", 0);
		if (status >= 200 && status < 300 && status != 204 &&
		    find_act(&act, record)) {
			check(record, act);
			seen++;
		}
		json_free(record);
	}
	cr_expect_gt(seen, 20);
	free(line);
	fclose(file);
}
