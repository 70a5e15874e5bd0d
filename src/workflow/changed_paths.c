#include "workflow/changed_paths.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* Every path that the pattern matches begins with `prefix`, ends in `suffix`
 * and, if `ending` is not NULL, has that ending. */
struct path_hint {
	char *prefix, *suffix;
	size_t prefix_len, suffix_len;
	const char *ending; /* in `suffix` */
};

static int by_ending(const void *left, const void *right)
{
	const struct changed_path *a = left, *b = right;
	int order = strcmp(a->ending, b->ending);

	return order ? order : strcmp(a->path, b->path);
}

/* From the last dot of the file's name on. */
static const char *ending_of(const char *path)
{
	const char *name = strrchr(path, '/');
	const char *dot = strrchr(name ? name : path, '.');

	return dot ? dot : path + strlen(path);
}

void changed_paths_init(struct changed_paths *out, const char *const *paths,
			size_t count)
{
	*out = (struct changed_paths){ .len = count };
	out->items = xcalloc(count, sizeof(*out->items));
	for (size_t i = 0; i < count; i++)
		out->items[i] = (struct changed_path){
			.path = paths[i],
			.ending = ending_of(paths[i]),
			.len = strlen(paths[i]),
		};
	if (count)
		qsort(out->items, count, sizeof(*out->items), by_ending);
}

void changed_paths_release(struct changed_paths *paths)
{
	free(paths->items);
	*paths = (struct changed_paths){ 0 };
}

static void add_hint(struct path_patterns *patterns, const char *prefix,
		     size_t prefix_len, char *suffix)
{
	struct path_hint *hint;

	ARRAY_GROW(patterns->hints, patterns->hint_count, patterns->hint_cap);
	hint = &patterns->hints[patterns->hint_count++];
	*hint = (struct path_hint){
		.prefix = xmemdup(prefix, prefix_len),
		.prefix_len = prefix_len,
		.suffix = suffix,
		.suffix_len = strlen(suffix),
	};
	hint->ending = ending_of(suffix);
	if (!*hint->ending)
		hint->ending = NULL;
}

/* What is not itself in a pattern. `+` and `?` speak of what is before them. */
static const char special[] = "*?+[]{}\\";

/* How many letters every match begins with. */
static size_t literal_start(const char *text)
{
	size_t len = strcspn(text, special);
	const char *slash = strchr(text, '/'), *brace = strchr(text, '{');

	/* Without a slash, which each choice of braces has or has not, it is
	 * the name in any folder that must match. */
	if (!slash || (brace && brace < slash))
		return 0;
	if (text[len] != '?')
		return len;
	while (len && (text[len - 1] & 0xC0) == 0x80) /* all its bytes */
		len--;
	return len ? len - 1 : 0;
}

/* Where the letters begin that every match ends in. */
static const char *literal_end(const char *text)
{
	const char *end = text + strlen(text);

	if (end > text && end[-1] == '/') /* all below a folder */
		return end;
	while (end > text && !strchr(special, end[-1]))
		end--;
	/* Folders before a name may be none at all: "**" + "/x" matches x. */
	if (end > text && end[-1] == '*' && *end == '/')
		end++;
	return end;
}

/* "*.{swift,kt}" wants one of two endings. False if braces are elsewhere. */
static bool add_brace_hints(struct path_patterns *patterns, const char *text,
			    size_t prefix_len)
{
	const char *open = strchr(text, '{'), *close = strchr(text, '}');
	const char *before = open;

	if (!open || !close || close[1] || strchr(open + 1, '{') ||
	    strpbrk(open, "*?+[]\\/"))
		return false;
	while (before > text && !strchr("*?+[]/", before[-1]))
		before--;
	for (const char *at = open + 1; at <= close;) {
		size_t choice = strcspn(at, ",}");

		add_hint(patterns, text, prefix_len,
			 xstrf("%.*s%.*s", (int)(open - before), before,
			       (int)choice, at));
		at += choice + 1;
	}
	return true;
}

static void hint_at(struct path_patterns *patterns, const char *text)
{
	size_t prefix_len;

	if (strchr(text, '\\')) {
		add_hint(patterns, "", 0, xstrdup(""));
		return;
	}
	prefix_len = literal_start(text);
	if (*text == '/') {
		text++;
		prefix_len -= prefix_len > 0;
	}
	if (!add_brace_hints(patterns, text, prefix_len))
		add_hint(patterns, text, prefix_len,
			 xstrdup(literal_end(text)));
}

int path_patterns_add(struct path_patterns *patterns, const char *text,
		      struct err *err)
{
	bool takes_out = *text == '!';

	if (pattern_list_add(&patterns->list, text, err) < 0)
		return -1;
	if (patterns->list.len == 1)
		patterns->takes_out_only = true;
	if (takes_out)
		return 0;
	patterns->takes_out_only = false;
	hint_at(patterns, text);
	return 0;
}

void path_patterns_release(struct path_patterns *patterns)
{
	for (size_t i = 0; i < patterns->hint_count; i++) {
		free(patterns->hints[i].prefix);
		free(patterns->hints[i].suffix);
	}
	free(patterns->hints);
	pattern_list_release(&patterns->list);
	*patterns = (struct path_patterns){ 0 };
}

/* The first path whose ending is not before `ending`. */
static size_t lower_bound(const struct changed_paths *paths, const char *ending)
{
	size_t low = 0, high = paths->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(paths->items[middle].ending, ending) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool may_match(const struct path_hint *hint,
		      const struct changed_path *path)
{
	return path->len >= hint->prefix_len && path->len >= hint->suffix_len &&
	       !memcmp(path->path, hint->prefix, hint->prefix_len) &&
	       !memcmp(path->path + path->len - hint->suffix_len, hint->suffix,
		       hint->suffix_len);
}

static const char *find_hinted(const struct path_patterns *patterns,
			       const struct path_hint *hint,
			       const struct changed_paths *paths)
{
	size_t i = hint->ending ? lower_bound(paths, hint->ending) : 0;

	for (; i < paths->len; i++) {
		const struct changed_path *path = &paths->items[i];

		if (hint->ending && strcmp(path->ending, hint->ending) != 0)
			return NULL;
		if (may_match(hint, path) &&
		    pattern_list_match(&patterns->list, path->path))
			return path->path;
	}
	return NULL;
}

const char *path_patterns_find(const struct path_patterns *patterns,
			       const struct changed_paths *paths)
{
	const char *found = NULL;

	for (size_t i = 0; i < patterns->hint_count && !found; i++)
		found = find_hinted(patterns, &patterns->hints[i], paths);
	for (size_t i = 0; i < paths->len && patterns->takes_out_only && !found;
	     i++)
		if (pattern_list_match(&patterns->list, paths->items[i].path))
			found = paths->items[i].path;
	return found;
}
