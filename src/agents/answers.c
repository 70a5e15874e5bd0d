#include "agents/answers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "agents/findings.h"
#include "core/limits.h"
#include "core/text.h"

enum { PATH_BYTES = 400, MOST_FILES = 200 };

/* Folders and files whose content is executed or obeyed by machines. */
static const char *const forbidden_parts[] = {
	".git",     ".github", ".gitlab",    ".gitea",  ".forgejo", ".circleci",
	".referee", ".husky",  ".buildkite", ".vscode", ".idea",    "fastlane",
};

static const char *const forbidden_names[] = {
	".gitlab-ci.yml",
	".gitmodules",
	".gitattributes",
	".gitignore",
	"bitrise.yml",
	"codemagic.yaml",
	"Jenkinsfile",
	"azure-pipelines.yml",
	".travis.yml",
	"Makefile",
	"Podfile",
	"Gemfile",
	"Package.swift",
	"build.gradle",
	"build.gradle.kts",
	"settings.gradle",
	"settings.gradle.kts",
	"gradlew",
};

static bool is_one_of(const char *const *list, size_t count, const char *word,
		      size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == len && !strncasecmp(list[i], word, len))
			return true;
	return false;
}

static int check_part(const char *path, const char *part, size_t len, bool last,
		      struct err *err)
{
	if (!len || (len == 1 && *part == '.') ||
	    (len == 2 && !strncmp(part, "..", 2)))
		return err_set(err, ERR_INVALID, "%s: not a plain path", path);
	if (!strncasecmp(part, ".git", 4))
		return err_set(err, ERR_INVALID,
			       "%s: git's own files are not generated", path);
	if (is_one_of(forbidden_parts, ARRAY_LEN(forbidden_parts), part, len))
		return err_set(err, ERR_INVALID,
			       "%s: configuration of machines is not generated",
			       path);
	if (last &&
	    is_one_of(forbidden_names, ARRAY_LEN(forbidden_names), part, len))
		return err_set(err, ERR_INVALID,
			       "%s: build and CI files are not generated",
			       path);
	return 0;
}

int generated_path_check(const char *path, struct err *err)
{
	size_t len = strlen(path);
	char *clean = text_clean(path, false);
	bool is_clean = !strcmp(clean, path);

	free(clean);
	if (!len || len > PATH_BYTES)
		return err_set(err, ERR_INVALID,
			       "a path must have 1 to %d bytes", PATH_BYTES);
	if (!is_clean || strpbrk(path, "\\:*?\"<>|"))
		return err_set(err, ERR_INVALID,
			       "a path must not have control or special "
			       "characters");
	if (*path == '/' || *path == '~')
		return err_set(err, ERR_INVALID, "%s: not a relative path",
			       path);
	for (const char *at = path;;) {
		size_t part = strcspn(at, "/");

		if (check_part(path, at, part, !at[part], err) < 0)
			return -1;
		if (!at[part])
			return 0;
		at += part + 1;
	}
}

/* Every item of the list `name` is an object with these strings. */
static int check_items(const struct json *doc, const char *name,
		       const char *const *members, struct err *err)
{
	const struct json *list, *item;
	const char *text;
	size_t count = 0;

	if (json_array(&list, doc, name, err) < 0)
		return -1;
	if (json_len(list) > MOST_FILES)
		return err_set(err, ERR_PROTOCOL, "%s: at most %d items", name,
			       MOST_FILES);
	for (item = json_first(list); item; item = json_next(item), count++)
		for (size_t i = 0; members[i]; i++)
			if (json_string(&text, item, members[i], err) < 0)
				return err_prefix(err, "%s.%zu", name, count);
	return 0;
}

static int check_files(const struct json *doc, struct err *err)
{
	static const char *const members[] = { "path", "content", "why", NULL };
	const struct json *item;

	if (check_items(doc, "files", members, err) < 0)
		return -1;
	for (item = json_first(json_get(doc, "files")); item;
	     item = json_next(item))
		if (generated_path_check(json_string_or(item, "path", ""),
					 err) < 0) {
			err->code = ERR_PROTOCOL;
			return -1;
		}
	return 0;
}

/* A document that says nothing is none. */
static int check_document(const struct json *doc, struct err *err)
{
	static const char *const members[] = { "title", "markdown" };
	const char *text;

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (json_string(&text, doc, members[i], err) < 0)
			return -1;
		if (!text[strspn(text, " \t\r\n")])
			return err_set(err, ERR_PROTOCOL,
				       "%s: it must not be empty", members[i]);
	}
	return 0;
}

static int check_verdict(const struct json *doc, struct err *err)
{
	static const char *const members[] = { "name", "verdict", "reason",
					       NULL };
	const struct json *item;

	if (check_items(doc, "items", members, err) < 0)
		return -1;
	for (item = json_first(json_get(doc, "items")); item;
	     item = json_next(item)) {
		const char *word = json_string_or(item, "verdict", "");

		if (strcmp(word, "keep") != 0 && strcmp(word, "change") != 0 &&
		    strcmp(word, "drop") != 0)
			return err_set(err, ERR_PROTOCOL,
				       "verdict: keep, change or drop "
				       "expected, not '%.40s'",
				       word);
	}
	return 0;
}

static int check_tests(const struct json *doc, struct err *err)
{
	static const char *const members[] = { "passed", "failed" };
	int64_t count;

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (json_int(&count, doc, members[i], err) < 0)
			return -1;
		if (count < 0)
			return err_set(err, ERR_PROTOCOL,
				       "%s: a count expected", members[i]);
	}
	return 0;
}

static int check_findings(const struct json *doc, struct err *err)
{
	const struct json *list;

	return json_array(&list, doc, "findings", err);
}

static int (*const checks[ANSWER_KIND_COUNT])(const struct json *,
					      struct err *) = {
	[ANSWER_FINDINGS] = check_findings, [ANSWER_FILES] = check_files,
	[ANSWER_DOCUMENT] = check_document, [ANSWER_VERDICT] = check_verdict,
	[ANSWER_TESTS] = check_tests,
};

void answer_strip_fence(const char **text, size_t *len)
{
	const char *start = *text;
	const char *end = start + *len;

	while (start < end && strchr(" \t\r\n", *start))
		start++;
	while (end > start && strchr(" \t\r\n", end[-1]))
		end--;
	if (end - start > 6 && !strncmp(start, "```", 3) &&
	    !strncmp(end - 3, "```", 3)) {
		const char *line = memchr(start, '\n', (size_t)(end - start));

		if (line && line < end - 3) {
			start = line + 1;
			end -= 3;
		}
	}
	*text = start;
	*len = (size_t)(end - start);
}

int answer_parse(struct json **out, enum answer_kind kind, const char *text,
		 size_t len, struct err *err)
{
	struct json *doc = NULL;

	answer_strip_fence(&text, &len);
	if (json_parse(&doc, text, len, err) < 0)
		return -1;
	if (checks[kind](doc, err) < 0) {
		json_free(doc);
		return -1;
	}
	*out = doc;
	return 0;
}
