#include "workflow/condition.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "code/regex.h"
#include "config/field.h"
#include "config/value.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"

/* A comparison: low <= value <= high, each end with or without its value. */
struct range {
	double low, high;
	bool without_low, without_high;
};

struct condition {
	const struct condition_type *type;
	char *wanted; /* as people see it: "> 100", "*.swift, *.m" */
	struct path_patterns paths;
	struct strvec words;
	struct range range;
	struct regex *regex;
	bool flag;
};

struct condition_type {
	const char *name;
	bool is_of_pulls;
	/* False: a mistake was noted. */
	bool (*read)(struct condition *condition, const struct node *node,
		     struct mistakes *mistakes);
	enum holds (*test)(const struct condition *condition,
			   const struct facts *facts, struct buf *why);
};

static void say(struct buf *why, const char *fmt, ...) PRINTF(2, 3);

static void say(struct buf *why, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	if (!why)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	text_add_clean(why, text, strlen(text), false);
}

static enum holds holds_if(bool is_so)
{
	return is_so ? HOLDS_YES : HOLDS_NO;
}

/* "a, b and c others" of the words, cut to what fits a line. */
static char *join_words(const struct strvec *words)
{
	struct buf out;

	buf_init(&out, LIMIT_WORKFLOW_BYTES);
	for (size_t i = 0; i < words->len; i++)
		buf_addf(&out, "%s%s", i ? ", " : "", words->v[i]);
	return buf_detach(&out);
}

static bool read_words(struct condition *condition, const struct node *node,
		       struct mistakes *mistakes)
{
	const struct field named = { .key = condition->type->name };
	size_t errors = mistakes->errors;

	field_read_list(&condition->words, &named, node, mistakes);
	if (mistakes->errors == errors && !condition->words.len)
		mistakes_add(mistakes, node->place, "'%s' must not be empty",
			     named.key);
	free(condition->wanted);
	condition->wanted = join_words(&condition->words);
	return mistakes->errors == errors;
}

/* files_changed */

static bool read_paths(struct condition *condition, const struct node *node,
		       struct mistakes *mistakes)
{
	struct err err;
	bool is_good = read_words(condition, node, mistakes);

	for (size_t i = 0; i < condition->words.len; i++) {
		if (path_patterns_add(&condition->paths, condition->words.v[i],
				      &err) == 0)
			continue;
		mistakes_add(mistakes,
			     node->len ? node->items[i].place : node->place,
			     "%s", err.msg);
		is_good = false;
	}
	return is_good;
}

static enum holds test_paths(const struct condition *condition,
			     const struct facts *facts, struct buf *why)
{
	const char *found = path_patterns_find(&condition->paths, facts->paths);

	if (found)
		say(why, "%s matches %s", found, condition->wanted);
	else
		say(why, "none of %zu changed files matches %s",
		    facts->paths->len, condition->wanted);
	return holds_if(found);
}

/* branches */

static enum holds test_branch(const struct condition *condition,
			      const struct facts *facts, struct buf *why)
{
	const char *branch = facts->base_branch;
	bool matches = branch &&
		       pattern_list_match_name(&condition->paths.list, branch);

	say(why, "the base branch is %s, wanted %s",
	    branch ? branch : "not known", condition->wanted);
	return holds_if(matches);
}

/* labels, authors: names with `*` for any letters; `!` refuses. Case does not
 * count, as it does not on the forges. */

/* Linear: a `*` that was passed takes over when what follows fails. */
static bool matches_name(const char *pattern, const char *name)
{
	const char *star = NULL, *retry = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = pattern++;
			retry = name;
		} else if (tolower((unsigned char)*pattern) ==
			   tolower((unsigned char)*name)) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star + 1;
			name = ++retry;
		} else {
			return false;
		}
	}
	return !pattern[strspn(pattern, "*")];
}

/* Is one of the names wanted, and none of them refused? */
static bool accepts_names(const struct strvec *wanted, const char *const *names,
			  size_t count)
{
	bool found = false, is_any_wanted = false;

	for (size_t i = 0; i < wanted->len; i++) {
		const char *pattern = wanted->v[i];
		bool refuses = *pattern == '!';

		is_any_wanted |= !refuses;
		for (size_t j = 0; j < count; j++) {
			if (!matches_name(pattern + refuses, names[j]))
				continue;
			if (refuses)
				return false;
			found = true;
		}
	}
	return found || !is_any_wanted;
}

static enum holds test_labels(const struct condition *condition,
			      const struct facts *facts, struct buf *why)
{
	struct strvec labels = STRVEC_INIT;
	char *shown;

	if (why) {
		for (size_t i = 0; i < facts->label_count; i++)
			strvec_add(&labels, facts->labels[i]);
		shown = join_words(&labels);
		say(why, "the labels are %s, wanted %s",
		    labels.len ? shown : "none", condition->wanted);
		free(shown);
		strvec_release(&labels);
	}
	return holds_if(accepts_names(&condition->words, facts->labels,
				      facts->label_count));
}

static enum holds test_author(const struct condition *condition,
			      const struct facts *facts, struct buf *why)
{
	say(why, "the author is %s, wanted %s",
	    facts->author ? facts->author : "not known", condition->wanted);
	return holds_if(accepts_names(&condition->words, &facts->author,
				      facts->author ? 1 : 0));
}

/* lines_changed, test_coverage */

/* Reads "< 80" with `text` behind the sign being what `number` understands. */
typedef int number_fn(double *out, const char *text, struct err *err);

static int read_count(double *out, const char *text, struct err *err)
{
	int64_t number = 0;

	if (value_number(&number, text, 0, INT32_MAX, err) < 0)
		return -1;
	*out = (double)number;
	return 0;
}

static bool read_comparison(struct range *out, const char *text,
			    number_fn *number)
{
	static const struct {
		const char *sign;
		bool is_low, is_high, without;
	} signs[] = {
		{ "<=", false, true, false }, { ">=", true, false, false },
		{ "<", false, true, true },   { ">", true, false, true },
		{ "=", true, true, false },
	};
	double value = 0;
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		size_t len = strlen(signs[i].sign);

		if (strncmp(text, signs[i].sign, len) != 0)
			continue;
		text += len;
		if (number(&value, text + strspn(text, " "), &err) < 0)
			return false;
		*out = (struct range){
			.low = signs[i].is_low ? value : -HUGE_VAL,
			.high = signs[i].is_high ? value : HUGE_VAL,
			.without_low = signs[i].is_low && signs[i].without,
			.without_high = signs[i].is_high && signs[i].without,
		};
		return true;
	}
	return false;
}

/* "10..500", both ends included. */
static bool read_span(struct range *out, const char *text, number_fn *number)
{
	const char *dots = strstr(text, "..");
	struct range range = { 0 };
	struct err err;
	char *low;
	bool is_good;

	if (!dots)
		return false;
	low = xmemdup(text, (size_t)(dots - text));
	is_good = number(&range.low, low, &err) == 0 &&
		  number(&range.high, dots + 2, &err) == 0 &&
		  range.low <= range.high;
	free(low);
	if (is_good)
		*out = range;
	return is_good;
}

static bool read_range(struct condition *condition, const struct node *node,
		       number_fn *number, const char *advice,
		       struct mistakes *mistakes)
{
	const char *text = node_single(node, condition->type->name, mistakes);

	if (!text)
		return false;
	condition->wanted = xstrdup(text);
	if (read_comparison(&condition->range, text, number) ||
	    read_span(&condition->range, text, number))
		return true;
	mistakes_add(mistakes, node->place, "'%s' must be %s, not '%.60s'",
		     condition->type->name, advice, text);
	return false;
}

static bool read_lines(struct condition *condition, const struct node *node,
		       struct mistakes *mistakes)
{
	return read_range(condition, node, read_count,
			  "a comparison such as \"> 100\" or a range such as "
			  "\"10..500\"",
			  mistakes);
}

static bool read_coverage(struct condition *condition, const struct node *node,
			  struct mistakes *mistakes)
{
	return read_range(condition, node, value_percent,
			  "a comparison such as \"< 80%\" or a range such as "
			  "\"50%..80%\"",
			  mistakes);
}

static bool is_within(const struct range *range, double value)
{
	return (range->without_low ? value > range->low
				   : value >= range->low) &&
	       (range->without_high ? value < range->high
				    : value <= range->high);
}

static enum holds test_lines(const struct condition *condition,
			     const struct facts *facts, struct buf *why)
{
	say(why, "%zu lines changed, wanted %s", facts->lines_changed,
	    condition->wanted);
	return holds_if(
		is_within(&condition->range, (double)facts->lines_changed));
}

static enum holds test_coverage(const struct condition *condition,
				const struct facts *facts, struct buf *why)
{
	const char *from = facts->coverage_from;

	if (facts->coverage < 0) {
		say(why, "the coverage is not known%s%s, wanted %s",
		    from ? ": " : "", from ? from : "", condition->wanted);
		return HOLDS_UNKNOWN;
	}
	say(why, "the coverage is %.1f%%%s%s%s, wanted %s", facts->coverage,
	    from ? " (" : "", from ? from : "", from ? ")" : "",
	    condition->wanted);
	return holds_if(is_within(&condition->range, facts->coverage));
}

/* title */

static bool read_title(struct condition *condition, const struct node *node,
		       struct mistakes *mistakes)
{
	const char *text = node_single(node, condition->type->name, mistakes);
	struct err err;

	if (!text)
		return false;
	condition->wanted = xstrdup(text);
	if (regex_compile(&condition->regex, text, 0, &err) == 0)
		return true;
	mistakes_add(mistakes, node->place, "'title' is no expression: %s",
		     err.msg);
	return false;
}

static enum holds test_title(const struct condition *condition,
			     const struct facts *facts, struct buf *why)
{
	bool found = false;
	struct err err;

	if (!facts->title) {
		say(why, "there is no title, wanted %s", condition->wanted);
		return HOLDS_NO;
	}
	if (regex_test(&found, condition->regex, facts->title, &err) < 0) {
		say(why, "%s: %s", condition->wanted, err.msg);
		return HOLDS_UNKNOWN;
	}
	say(why, "the title is '%s', wanted %s", facts->title,
	    condition->wanted);
	return holds_if(found);
}

/* draft */

static bool read_draft(struct condition *condition, const struct node *node,
		       struct mistakes *mistakes)
{
	const char *text = node_single(node, condition->type->name, mistakes);
	struct err err;

	if (!text)
		return false;
	condition->wanted = xstrdup(text);
	if (value_flag(&condition->flag, text, &err) == 0)
		return true;
	mistakes_add(mistakes, node->place, "'draft' %s", err.msg);
	return false;
}

static enum holds test_draft(const struct condition *condition,
			     const struct facts *facts, struct buf *why)
{
	say(why, "it is %s draft, wanted %s", facts->draft ? "a" : "no",
	    condition->flag ? "a draft" : "no draft");
	return holds_if(facts->draft == condition->flag);
}

static const struct condition_type types[] = {
	{ "files_changed", false, read_paths, test_paths },
	{ "lines_changed", false, read_lines, test_lines },
	{ "test_coverage", false, read_coverage, test_coverage },
	{ "branches", false, read_paths, test_branch },
	{ "labels", true, read_words, test_labels },
	{ "authors", false, read_words, test_author },
	{ "title", true, read_title, test_title },
	{ "draft", true, read_draft, test_draft },
};

const char *const condition_names[] = {
	"files_changed", "lines_changed", "test_coverage", "branches", "labels",
	"authors",       "title",         "draft",         NULL
};

struct condition *condition_read(const struct node *node,
				 struct mistakes *mistakes)
{
	struct condition *condition;
	char said[UNKNOWN_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (strcmp(types[i].name, node->key) != 0)
			continue;
		condition = xcalloc(1, sizeof(*condition));
		condition->type = &types[i];
		if (types[i].read(condition, node, mistakes))
			return condition;
		condition_free(condition);
		return NULL;
	}
	unknown_format(said, "condition", node->key, condition_names,
		       ARRAY_LEN(types));
	mistakes_add(mistakes, node->key_place, "%s", said);
	return NULL;
}

void condition_free(struct condition *condition)
{
	if (!condition)
		return;
	path_patterns_release(&condition->paths);
	strvec_release(&condition->words);
	regex_free(condition->regex);
	free(condition->wanted);
	free(condition);
}

const char *condition_name(const struct condition *condition)
{
	return condition->type->name;
}

bool condition_is_of_pulls(const struct condition *condition)
{
	return condition->type->is_of_pulls;
}

enum holds condition_test(const struct condition *condition,
			  const struct facts *facts, struct buf *why)
{
	return condition->type->test(condition, facts, why);
}
