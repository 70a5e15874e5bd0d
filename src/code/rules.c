#include "code/rules.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "code/lang.h"
#include "code/rule_set.h"
#include "config/shipped.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/sha256.h"

struct rule_set *rule_set_new(void)
{
	return xcalloc(1, sizeof(struct rule_set));
}

void rule_free(struct rule *rule)
{
	if (!rule)
		return;
	free(rule->id);
	free(rule->title);
	free(rule->message);
	free(rule->fix);
	free(rule->category);
	free(rule->cwe);
	free(rule->masvs);
	free(rule->example_path);
	pattern_list_release(&rule->paths);
	strvec_release(&rule->words);
	strvec_release(&rule->matches);
	strvec_release(&rule->no_matches);
	regex_free(rule->pattern);
	regex_free(rule->unless);
	regex_free(rule->requires);
	regex_free(rule->unless_file);
	free(rule);
}

void rule_set_free(struct rule_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->len; i++)
		rule_free(set->items[i]);
	free(set->items);
	strvec_release(&set->baseline);
	strvec_release(&set->off);
	free(set);
}

static size_t find_index(const struct rule_set *set, const char *id)
{
	size_t i = 0;

	while (i < set->len && strcmp(set->items[i]->id, id) != 0)
		i++;
	return i;
}

void rule_set_put(struct rule_set *set, struct rule *rule)
{
	size_t i = find_index(set, rule->id);

	if (i < set->len) {
		rule_free(set->items[i]);
		set->items[i] = rule;
		return;
	}
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers */
	ARRAY_GROW(set->items, set->len, set->cap);
	set->items[set->len++] = rule;
}

bool rule_set_remove(struct rule_set *set, const char *id)
{
	size_t i = find_index(set, id);

	if (i == set->len)
		return false;
	rule_free(set->items[i]);
	memmove(set->items + i, set->items + i + 1,
		(set->len - i - 1) * sizeof(struct rule *));
	set->len--;
	return true;
}

bool rule_set_is_off(const struct rule_set *set, const char *secret)
{
	return strvec_has(&set->off, secret);
}

size_t rule_set_len(const struct rule_set *set)
{
	return set->len;
}

const struct rule *rule_set_get(const struct rule_set *set, size_t index)
{
	return set->items[index];
}

void rule_set_add_shipped(struct rule_set *set)
{
	const struct shipped_file *file = NULL;
	struct mistakes mistakes = { 0 };
	size_t first = set->len;

	while ((file = shipped_next(file, "workflows/rules/", ".yml")))
		rule_file_read(set, file->path, file->text, file->len,
			       REGEX_TRUSTED, &mistakes);
	for (size_t i = first; i < set->len; i++)
		set->items[i]->is_shipped = true;
	mistakes_release(&mistakes);
}

bool rule_set_add_file(struct rule_set *set, const char *path, const char *text,
		       size_t len, struct mistakes *mistakes)
{
	return rule_file_read(set, path, text, len, 0, mistakes);
}

#define DIGEST_DIGITS 12

static void digest_of(char out[DIGEST_DIGITS + 1], const char *quote)
{
	char hex[SHA256_HEX_SIZE];
	struct sha256 *sha = sha256_new();

	for (; *quote; quote++)
		if (!strchr(" \t\r\n", *quote))
			sha256_add(sha, quote, 1);
	sha256_end(sha, hex);
	memcpy(out, hex, DIGEST_DIGITS);
	out[DIGEST_DIGITS] = '\0';
}

char *rule_baseline_line(const char *id, const char *path, const char *quote)
{
	char digest[DIGEST_DIGITS + 1];

	digest_of(digest, quote);
	return xstrf("%s %s %s", id, digest, path);
}

/* "RULE DIGEST PATH"; the path may hold spaces. */
static bool is_baseline_line(const char *line)
{
	size_t id = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789-");
	size_t digest;

	if (!id || line[id] != ' ')
		return false;
	line += id + 1;
	digest = strspn(line, "0123456789abcdef");
	return digest == DIGEST_DIGITS && line[digest] == ' ' &&
	       line[digest + 1];
}

bool rule_set_add_baseline(struct rule_set *set, const char *path,
			   const char *text, size_t len,
			   struct mistakes *mistakes)
{
	size_t errors = mistakes->errors;
	struct place place = { path, 0, 1 };
	const char *end = text + len;

	while (text < end && set->baseline.len < LIMIT_RULE_BASELINE) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t size = (size_t)((stop ? stop : end) - text);
		char *line = xmemdup(text, size);

		place.line++;
		line[strcspn(line, "\r")] = '\0';
		if (is_baseline_line(line)) {
			strvec_add(&set->baseline, line);
		} else if (*line && *line != '#') {
			mistakes_add(mistakes, place,
				     "'RULE DIGEST PATH' expected");
		}
		free(line);
		text += size + 1;
	}
	strvec_sort(&set->baseline);
	return mistakes->errors == errors;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool rule_set_has_baseline(const struct rule_set *set, const char *id,
			   const char *path, const char *quote)
{
	char *line;
	bool found;

	if (!set->baseline.len)
		return false;
	line = rule_baseline_line(id, path, quote);
	found = bsearch(&line, set->baseline.v, set->baseline.len,
			sizeof(char *), compare_lines) != NULL;
	free(line);
	return found;
}

void rule_hits_release(struct rule_hits *hits)
{
	for (size_t i = 0; i < hits->len; i++)
		free(hits->items[i].quote);
	free(hits->items);
	strvec_release(&hits->problems);
	*hits = (struct rule_hits){ 0 };
}

bool rule_matches_example(const struct rule *rule, const char *text)
{
	struct rule *items[1];
	struct rule_set set = { .items = items, .len = 1 };
	struct rule_hits hits = { 0 };
	struct rule_input input = {
		.path = rule->example_path,
		.file_class = class_of_path(rule->example_path),
		.text = text,
		.len = strlen(text),
	};
	bool found;

	memcpy(items, &rule, sizeof(items));
	rules_scan(&hits, &set, &input);
	found = hits.len > 0;
	rule_hits_release(&hits);
	return found;
}

static pthread_once_t known_once = PTHREAD_ONCE_INIT;
static uint32_t known_languages; /* a bit for each enum lang */

static void find_known(void)
{
	struct rule_set *set = rule_set_new();

	rule_set_add_shipped(set);
	for (size_t i = 0; i < rule_set_len(set); i++) {
		uint32_t languages = rule_set_get(set, i)->languages;

		/* A rule for any language knows none. */
		if (languages != UINT32_MAX)
			known_languages |= languages;
	}
	known_languages &= ~(UINT32_C(1) << LANG_OTHER);
	rule_set_free(set);
}

bool rules_know_file(const char *path)
{
	pthread_once(&known_once, find_known);
	return known_languages >> lang_of_path(path) & 1;
}
