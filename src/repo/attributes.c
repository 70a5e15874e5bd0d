#include "repo/attributes.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/limits.h"
#include "core/strvec.h"
#include "repo/git.h"
#include "repo/glob.h"
#include "repo/object.h"

#define MACRO_START "[attr]"

enum attribute { ATTRIBUTE_GENERATED, ATTRIBUTE_VENDORED, ATTRIBUTE_DIFF };
#define ATTRIBUTE_COUNT (ATTRIBUTE_DIFF + 1)

static const struct {
	const char *name;
	enum attribute attribute;
} names[] = {
	{ "linguist-generated", ATTRIBUTE_GENERATED },
	{ "gitlab-generated", ATTRIBUTE_GENERATED },
	{ "linguist-vendored", ATTRIBUTE_VENDORED },
	{ "diff", ATTRIBUTE_DIFF },
};

enum setting { KEEP, SPECIFY_NOT, SET, UNSET };

/* What a line, or a macro, does to each attribute. */
struct settings {
	enum setting of[ATTRIBUTE_COUNT];
};

struct macro {
	char *name;
	struct settings settings;
};

struct rule {
	struct glob glob;
	struct settings settings;
};

/* A folder on the way to the path last asked for. */
struct level {
	char *folder;   /* "" or ending in a slash */
	git_tree *tree; /* NULL: not there at the commit */
	struct rule *rules;
	size_t len, cap;
};

struct attributes {
	struct repo *repo;
	struct level *levels; /* the top folder first */
	size_t len, cap;
	struct macro *macros;
	size_t macro_count, macro_cap;
};

static void overlay(struct settings *onto, const struct settings *settings)
{
	for (int i = 0; i < ATTRIBUTE_COUNT; i++)
		if (settings->of[i] != KEEP)
			onto->of[i] = settings->of[i];
}

static const struct settings *find_macro(const struct attributes *attributes,
					 const char *name)
{
	static const struct settings binary = { .of = { [ATTRIBUTE_DIFF] =
								UNSET } };

	for (size_t i = attributes->macro_count; i--;)
		if (!strcmp(attributes->macros[i].name, name))
			return &attributes->macros[i].settings;
	return strcmp(name, "binary") != 0 ? NULL : &binary;
}

static void set(struct settings *settings, const char *name,
		enum setting setting)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(names[i].name, name))
			settings->of[names[i].attribute] = setting;
}

/* One word behind a pattern: `name`, `-name`, `!name` or `name=value`. */
static void add_word(struct settings *settings,
		     const struct attributes *attributes, char *word)
{
	char *value = strchr(word, '=');
	const struct settings *macro;
	enum setting setting = SET;

	if (value) {
		*value++ = '\0';
		if (!strcmp(value, "false"))
			setting = UNSET;
	} else if (*word == '-' || *word == '!') {
		setting = *word++ == '-' ? UNSET : SPECIFY_NOT;
	}
	macro = setting == SET ? find_macro(attributes, word) : NULL;
	if (macro)
		overlay(settings, macro);
	else
		set(settings, word, setting);
}

static struct settings read_settings(const struct attributes *attributes,
				     char *words)
{
	struct settings settings = { 0 };
	char *save, *word;

	for (word = strtok_r(words, " \t\r", &save); word;
	     word = strtok_r(NULL, " \t\r", &save))
		add_word(&settings, attributes, word);
	return settings;
}

/* Takes the pattern off the front of *line, quotes and what they protect
 * undone; the caller frees it. NULL: it has no end. */
static char *take_pattern(char **line)
{
	size_t len = strcspn(*line, " \t\r");
	char *text = xstrdup(*line), *out = text;
	const char *at = *line + 1;

	if (**line != '"') {
		text[len] = '\0';
		*line += len;
		return text;
	}
	for (; *at && *at != '"'; at++) {
		if (*at == '\\' && at[1])
			at++;
		*out++ = *at;
	}
	*out = '\0';
	if (*at != '"') {
		free(text);
		return NULL;
	}
	*line += at + 1 - *line;
	return text;
}

static void add_macro(struct attributes *attributes, char *name,
		      struct settings settings)
{
	ARRAY_GROW(attributes->macros, attributes->macro_count,
		   attributes->macro_cap);
	attributes->macros[attributes->macro_count++] =
		(struct macro){ xstrdup(name), settings };
}

static void add_rule(struct level *level, const char *pattern,
		     struct settings settings)
{
	struct rule rule = { .settings = settings };
	bool rooted = *pattern == '/';
	struct err ignored = ERR_INIT; /* git passes such lines over, too */

	pattern += rooted;
	if (!*pattern || *pattern == '!' ||
	    glob_compile(&rule.glob, pattern, strlen(pattern), GLOB_ATTRIBUTES,
			 &ignored) < 0)
		return;
	rule.glob.has_slash |= rooted;
	ARRAY_GROW(level->rules, level->len, level->cap);
	level->rules[level->len++] = rule;
}

static void read_line(struct attributes *attributes, struct level *level,
		      char *line)
{
	struct settings settings;
	char *pattern;

	line += strspn(line, " \t\r");
	if (!*line || *line == '#')
		return;
	pattern = take_pattern(&line);
	if (!pattern)
		return;
	settings = read_settings(attributes, line);
	if (strncmp(pattern, MACRO_START, strlen(MACRO_START)) != 0)
		add_rule(level, pattern, settings);
	else if (!*level->folder)
		add_macro(attributes, pattern + strlen(MACRO_START), settings);
	free(pattern);
}

static int read_file(struct attributes *attributes, struct level *level,
		     const git_tree_entry *entry, struct err *err)
{
	struct oid id = oid_from_git(git_tree_entry_id(entry));
	struct buf text;
	char *line, *save;
	int ret;

	buf_init(&text, LIMIT_ATTRIBUTES_BYTES);
	ret = blob_read(&text, attributes->repo, &id, err);
	if (ret < 0 && err->code == ERR_TOO_LARGE) {
		ret = 0;
		buf_reset(&text);
	}
	for (line = strtok_r(text.ptr, "\n", &save); !ret && line;
	     line = strtok_r(NULL, "\n", &save))
		read_line(attributes, level, line);
	buf_release(&text);
	if (ret < 0)
		err_prefix(err, "%s.gitattributes", level->folder);
	return ret;
}

static void level_release(struct level *level)
{
	for (size_t i = 0; i < level->len; i++)
		glob_release(&level->rules[i].glob);
	free(level->rules);
	free(level->folder);
	git_tree_free(level->tree);
}

/* Takes over `folder` and `tree`. */
static int add_level(struct attributes *attributes, char *folder,
		     git_tree *tree, struct err *err)
{
	const git_tree_entry *entry;
	struct level *level;

	ARRAY_GROW(attributes->levels, attributes->len, attributes->cap);
	level = &attributes->levels[attributes->len++];
	*level = (struct level){ .folder = folder, .tree = tree };
	entry = tree ? git_tree_entry_byname(tree, ".gitattributes") : NULL;
	/* Never through a symbolic link, as git. */
	if (!entry || git_tree_entry_type(entry) != GIT_OBJECT_BLOB ||
	    git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK)
		return 0;
	return read_file(attributes, level, entry, err);
}

/* The folder `name` of the deepest level so far. */
static int enter(struct attributes *attributes, const char *name, size_t len,
		 struct err *err)
{
	const struct level *above = &attributes->levels[attributes->len - 1];
	char *folder = xstrf("%s%.*s/", above->folder, (int)len, name);
	char *only_name = xmemdup(name, len);
	const git_tree_entry *entry =
		above->tree ? git_tree_entry_byname(above->tree, only_name)
			    : NULL;
	git_tree *tree = NULL;
	int code = 0;

	if (entry && git_tree_entry_type(entry) == GIT_OBJECT_TREE)
		code = git_tree_lookup(&tree, repo_git(attributes->repo),
				       git_tree_entry_id(entry));
	free(only_name);
	if (code < 0) {
		err_set_git(err, code, "tree of '%s'", folder);
		free(folder);
		return -1;
	}
	return add_level(attributes, folder, tree, err);
}

int attributes_open(struct attributes **out, struct repo *repo,
		    const struct oid *commit, struct err *err)
{
	struct attributes *attributes = xcalloc(1, sizeof(*attributes));
	git_oid id = oid_to_git(commit);
	git_commit *found = NULL;
	git_tree *tree = NULL;
	char hex[OID_HEX_SIZE];
	int code;

	attributes->repo = repo;
	code = git_commit_lookup(&found, repo_git(repo), &id);
	if (!code)
		code = git_commit_tree(&tree, found);
	git_commit_free(found);
	if (code < 0) {
		oid_format(hex, commit);
		err_set_git(err, code, "attributes at %s", hex);
		attributes_free(attributes);
		return -1;
	}
	if (add_level(attributes, xstrdup(""), tree, err) < 0) {
		attributes_free(attributes);
		return -1;
	}
	*out = attributes;
	return 0;
}

/* Makes the levels those of the folders of `path`. */
static int go_to(struct attributes *attributes, const char *path,
		 struct err *err)
{
	const char *at, *slash;

	while (attributes->len > 1) {
		struct level *deepest =
			&attributes->levels[attributes->len - 1];

		if (!strncmp(path, deepest->folder, strlen(deepest->folder)))
			break;
		level_release(deepest);
		attributes->len--;
	}
	at = path + strlen(attributes->levels[attributes->len - 1].folder);
	for (; (slash = strchr(at, '/')); at = slash + 1)
		if (enter(attributes, at, (size_t)(slash - at), err) < 0)
			return -1;
	return 0;
}

static bool rule_holds(const struct rule *rule, const char *below,
		       const char *name)
{
	const char *text = rule->glob.has_slash ? below : name;

	return glob_match(&rule->glob, text, strlen(text));
}

static enum attribute_state state_of(enum setting setting)
{
	return setting == SET     ? ATTRIBUTE_SET
	       : setting == UNSET ? ATTRIBUTE_UNSET
				  : ATTRIBUTE_UNSPECIFIED;
}

int attributes_of(struct path_attributes *out, struct attributes *attributes,
		  const char *path, struct err *err)
{
	struct settings all = { 0 };
	const char *slash = strrchr(path, '/');

	if (go_to(attributes, path, err) < 0)
		return -1;
	for (size_t i = 0; i < attributes->len; i++) {
		const struct level *level = &attributes->levels[i];
		const char *below = path + strlen(level->folder);

		for (size_t j = 0; j < level->len; j++)
			if (rule_holds(&level->rules[j], below,
				       slash ? slash + 1 : path))
				overlay(&all, &level->rules[j].settings);
	}
	out->generated = state_of(all.of[ATTRIBUTE_GENERATED]);
	out->vendored = state_of(all.of[ATTRIBUTE_VENDORED]);
	out->diff = state_of(all.of[ATTRIBUTE_DIFF]);
	return 0;
}

void attributes_free(struct attributes *attributes)
{
	if (!attributes)
		return;
	for (size_t i = 0; i < attributes->len; i++)
		level_release(&attributes->levels[i]);
	for (size_t i = 0; i < attributes->macro_count; i++)
		free(attributes->macros[i].name);
	free(attributes->levels);
	free(attributes->macros);
	free(attributes);
}
