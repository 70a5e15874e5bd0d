#include "repo/pattern.h"

#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/strvec.h"
#include "repo/glob.h"

struct pattern {
	bool negated;
	struct glob *globs; /* one for each way to choose from the braces */
	size_t glob_count;
};

/* What stands between the outermost braces of a text. */
struct braces {
	size_t open, close; /* of { and }                       */
	size_t commas[LIMIT_PATTERN_BYTES]; /* those between them */
	size_t comma_count;
};

/* How many bytes at `text` go together: a backslash and what follows, brackets.
 * 0: brackets that do not end. */
static size_t unit_len(const char *text)
{
	if (*text == '[')
		return glob_bracket_len(text, strlen(text));
	return *text == '\\' && text[1] ? 2 : 1;
}

/* Finds the first braces. open == close: there are none. */
static int find_braces(struct braces *out, const char *text, struct err *err)
{
	size_t depth = 0, len;

	out->open = out->close = out->comma_count = 0;
	for (size_t i = 0; text[i]; i += len) {
		len = unit_len(text + i);
		if (!len)
			return err_set(err, ERR_INVALID, "unclosed [");
		if (text[i] == '{' && !depth++)
			out->open = i;
		if (text[i] == ',' && depth == 1)
			out->commas[out->comma_count++] = i;
		if (text[i] != '}')
			continue;
		if (!depth)
			return err_set(err, ERR_INVALID, "} without {");
		if (!--depth) {
			out->close = i;
			return 0;
		}
	}
	if (depth)
		return err_set(err, ERR_INVALID, "unclosed {");
	return 0;
}

/* Adds to `todo` what `text` means with each choice from its first braces. */
static int choose(struct strvec *todo, const char *text,
		  const struct braces *braces, struct err *err)
{
	for (size_t i = 0; i <= braces->comma_count; i++) {
		size_t from = i ? braces->commas[i - 1] : braces->open;
		size_t to = i < braces->comma_count ? braces->commas[i]
						    : braces->close;

		if (todo->len >= LIMIT_PATTERN_BRACES)
			return err_set(err, ERR_INVALID,
				       "means more than %d alternatives",
				       LIMIT_PATTERN_BRACES);
		strvec_addf(todo, "%.*s%.*s%s", (int)braces->open, text,
			    (int)(to - from - 1), text + from + 1,
			    text + braces->close + 1);
	}
	return 0;
}

/* Takes one text off `todo`: into `done` if it has no braces, else its choices
 * go back on `todo`. */
static int expand_one(struct strvec *done, struct strvec *todo, struct err *err)
{
	struct braces braces;
	char *text = todo->v[--todo->len];
	int ret;

	todo->v[todo->len] = NULL;
	ret = find_braces(&braces, text, err);
	if (!ret && braces.open == braces.close) {
		strvec_take(done, text);
		return 0;
	}
	if (!ret)
		ret = choose(todo, text, &braces, err);
	free(text);
	return ret;
}

static int expand(struct strvec *done, const char *text, struct err *err)
{
	struct strvec todo = STRVEC_INIT;
	size_t bytes = 0, counted = 0;
	int ret = 0;

	strvec_add(&todo, text);
	while (!ret && todo.len) {
		ret = expand_one(done, &todo, err);
		for (; counted < done->len; counted++)
			bytes += strlen(done->v[counted]);
		if (!ret && (done->len + todo.len > LIMIT_PATTERN_BRACES ||
			     bytes > LIMIT_PATTERN_EXPANDED))
			ret = err_set(err, ERR_INVALID,
				      "means more than %d alternatives, or "
				      "more than %ld bytes of them",
				      LIMIT_PATTERN_BRACES,
				      LIMIT_PATTERN_EXPANDED);
	}
	strvec_release(&todo);
	return ret;
}

static void pattern_release(struct pattern *pattern)
{
	for (size_t i = 0; i < pattern->glob_count; i++)
		glob_release(&pattern->globs[i]);
	free(pattern->globs);
}

/* One alternative. `docs/` is all below docs, `/a.md` the one at the top. */
static int add_glob(struct pattern *pattern, const char *text, struct err *err)
{
	struct glob *glob = &pattern->globs[pattern->glob_count];
	size_t len = strlen(text);
	bool rooted = *text == '/';
	char *whole;
	int ret;

	text += rooted;
	len -= rooted;
	if (!len)
		return err_set(err, ERR_INVALID, "empty");
	whole = xstrf("%s%s", text, text[len - 1] == '/' ? "**" : "");
	ret = glob_compile(glob, whole, strlen(whole), GLOB_ACTIONS, err);
	free(whole);
	if (ret < 0)
		return -1;
	glob->has_slash |= rooted;
	pattern->glob_count++;
	return 0;
}

static int compile(struct pattern *pattern, const char *text, struct err *err)
{
	struct strvec texts = STRVEC_INIT;
	int ret;

	if (strlen(text) >= LIMIT_PATTERN_BYTES)
		return err_set(err, ERR_INVALID, "longer than %d bytes",
			       LIMIT_PATTERN_BYTES - 1);
	pattern->negated = *text == '!';
	ret = expand(&texts, text + pattern->negated, err);
	if (!ret)
		pattern->globs = xcalloc(texts.len, sizeof(*pattern->globs));
	for (size_t i = 0; !ret && i < texts.len; i++)
		ret = add_glob(pattern, texts.v[i], err);
	strvec_release(&texts);
	return ret;
}

int pattern_list_add(struct pattern_list *list, const char *text,
		     struct err *err)
{
	struct pattern pattern = { 0 };

	if (compile(&pattern, text, err) < 0) {
		pattern_release(&pattern);
		return err_prefix(err, "pattern '%.100s'", text);
	}
	ARRAY_GROW(list->items, list->len, list->cap);
	list->items[list->len++] = pattern;
	return 0;
}

void pattern_list_release(struct pattern_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		pattern_release(&list->items[i]);
	free(list->items);
	*list = (struct pattern_list){ 0 };
}

/* A text and the part of it that patterns without a slash speak of. */
struct subject {
	const char *text, *name;
	size_t len, name_len;
};

static bool pattern_match(const struct pattern *pattern,
			  const struct subject *subject)
{
	for (size_t i = 0; i < pattern->glob_count; i++) {
		const struct glob *glob = &pattern->globs[i];

		if (glob->has_slash
			    ? glob_match(glob, subject->text, subject->len)
			    : glob_match(glob, subject->name,
					 subject->name_len))
			return true;
	}
	return false;
}

static bool list_match(const struct pattern_list *list,
		       const struct subject *subject)
{
	bool any_positive = false;

	for (size_t i = list->len; i--;) {
		if (pattern_match(&list->items[i], subject))
			return !list->items[i].negated;
		any_positive |= !list->items[i].negated;
	}
	return list->len && !any_positive;
}

bool pattern_list_match(const struct pattern_list *list, const char *path)
{
	size_t len = strlen(path);
	const char *slash = memrchr(path, '/', len);
	const char *name = slash ? slash + 1 : path;
	struct subject subject = { .text = path,
				   .name = name,
				   .len = len,
				   .name_len = len - (size_t)(name - path) };

	return list_match(list, &subject);
}

bool pattern_list_match_name(const struct pattern_list *list, const char *name)
{
	size_t len = strlen(name);
	struct subject subject = {
		.text = name, .name = name, .len = len, .name_len = len
	};

	return list_match(list, &subject);
}

int pattern_match_text(bool *out, const char *pattern, const char *path,
		       struct err *err)
{
	struct pattern_list list = { 0 };

	if (pattern_list_add(&list, pattern, err) < 0)
		return -1;
	*out = pattern_list_match(&list, path);
	pattern_list_release(&list);
	return 0;
}
