#include <string.h>

#include "code/lang.h"
#include "code/rule_set.h"
#include "code/secrets.h"
#include "config/yaml.h"
#include "core/alloc.h"
#include "core/limits.h"

/* The words that name a secret, as a group that patterns may call. Names of
 * pins on a map, push tokens and the like are none. */
#define SECRET_WORDS                                                     \
	"(?(DEFINE)(?<secret>(?i:pass(?:word|wd|code|phrase)|"           \
	"secret(?!ar)|(?:access|auth|refresh|bearer|session|id|api|jwt|" \
	"oauth|private)_?-?token|(?<![a-z_-])token(?![a-z])|jwt|"        \
	"api_?-?key|private_?-?key|credential|"                          \
	"(?<![a-z])pin(?:_?-?code)?(?![a-z])|(?<![a-z])cvv(?![a-z])|"    \
	"card_?-?number|(?<![a-z])ssn(?![a-z]))))"
#define SECRET_CALL "(?&secret)"

struct reading {
	struct rule_set *set;
	struct mistakes *mistakes;
	unsigned flags;
	struct rule *rule; /* being read */
};

/* One key of a rule. */
struct rule_key {
	const char *name;
	bool is_required;
	enum node_kind kind;
	void (*take)(struct reading *reading, const struct node *node,
		     const struct rule_key *key);
	size_t offset; /* of the member it sets */
};

static void *member(struct reading *reading, const struct rule_key *key)
{
	return (char *)reading->rule + key->offset;
}

static void take_text(struct reading *reading, const struct node *node,
		      const struct rule_key *key)
{
	char **out = member(reading, key);
	size_t len = strlen(node->text);

	while (len && strchr(" \n", node->text[len - 1]))
		len--;
	if (!len)
		mistakes_add(reading->mistakes, node->place, "'%s' is empty",
			     key->name);
	else if (len > LIMIT_RULE_TEXT)
		mistakes_add(reading->mistakes, node->place,
			     "'%s' is over %ld bytes", key->name,
			     LIMIT_RULE_TEXT);
	else
		*out = xmemdup(node->text, len);
}

static void take_id(struct reading *reading, const struct node *node,
		    const struct rule_key *key)
{
	size_t len = strlen(node->text);

	if (!len || len > LIMIT_RULE_ID || node->text[0] == '-' ||
	    strspn(node->text, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
		mistakes_add(reading->mistakes, node->place,
			     "'%s' must be 1 to %ld of a-z, 0-9 and -",
			     key->name, LIMIT_RULE_ID);
	else
		take_text(reading, node, key);
}

/* Names for more than one language, or for one by another name. */
static const struct {
	const char *name;
	enum lang langs[4];
	size_t count;
} groups[] = {
	{ "objc", { LANG_OBJC, LANG_OBJCXX, LANG_C_HEADER, LANG_C }, 4 },
	{ "gradle", { LANG_GRADLE, LANG_KOTLIN_SCRIPT }, 2 },
};

static bool add_language(uint32_t *languages, const char *name)
{
	enum lang lang;

	if (strcmp(name, "any") == 0) {
		*languages = UINT32_MAX;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		if (strcmp(name, groups[i].name) == 0) {
			for (size_t j = 0; j < groups[i].count; j++)
				*languages |= UINT32_C(1) << groups[i].langs[j];
			return true;
		}
	if (!lang_parse(&lang, name))
		return false;
	*languages |= UINT32_C(1) << lang;
	return true;
}

/* Notes a mistake for each item that is no single value. */
static bool is_text(struct reading *reading, const struct node *item,
		    const struct rule_key *key)
{
	return node_expect(item, NODE_SCALAR, key->name, reading->mistakes);
}

static void take_languages(struct reading *reading, const struct node *node,
			   const struct rule_key *key)
{
	const char *known[LANG_COUNT + 1];
	char message[UNKNOWN_SIZE];

	for (int i = 0; i < LANG_COUNT; i++)
		known[i] = lang_name((enum lang)i);
	known[LANG_COUNT] = "any";
	for (size_t i = 0; i < node->len; i++) {
		const struct node *item = &node->items[i];

		if (!is_text(reading, item, key) ||
		    add_language(&reading->rule->languages, item->text))
			continue;
		unknown_format(message, "language", item->text, known,
			       ARRAY_LEN(known));
		mistakes_add(reading->mistakes, item->place, "%s", message);
	}
	if (!node->len)
		mistakes_add(reading->mistakes, node->place, "'%s' is empty",
			     key->name);
}

static bool find_word(struct reading *reading, const struct node *node,
		      const struct rule_key *key, const char *const *words,
		      size_t count, size_t *out)
{
	char message[UNKNOWN_SIZE];

	for (size_t i = 0; i < count; i++)
		if (strcmp(node->text, words[i]) == 0) {
			*out = i;
			return true;
		}
	unknown_format(message, key->name, node->text, words, count);
	mistakes_add(reading->mistakes, node->place, "%s", message);
	return false;
}

static void take_view(struct reading *reading, const struct node *node,
		      const struct rule_key *key)
{
	static const char *const names[] = {
		[VIEW_RAW] = "raw",
		[VIEW_STR] = "str",
		[VIEW_CODE] = "code",
		[VIEW_BARE] = "bare",
	};
	size_t found;

	if (find_word(reading, node, key, names, ARRAY_LEN(names), &found))
		reading->rule->view = (enum code_view)found;
}

static void take_severity(struct reading *reading, const struct node *node,
			  const struct rule_key *key)
{
	const char *names[SEVERITY_COUNT];
	size_t found;

	for (int i = 0; i < SEVERITY_COUNT; i++)
		names[i] = severity_name((enum severity)i);
	if (find_word(reading, node, key, names, SEVERITY_COUNT, &found))
		reading->rule->severity = (enum severity)found;
}

static void take_in_tests(struct reading *reading, const struct node *node,
			  const struct rule_key *key)
{
	static const char *const names[] = {
		[RULE_NOT_IN_TESTS] = "false",
		[RULE_ALSO_IN_TESTS] = "true",
		[RULE_ONLY_IN_TESTS] = "only",
	};
	size_t found;

	if (find_word(reading, node, key, names, ARRAY_LEN(names), &found))
		reading->rule->tests = (enum rule_tests)found;
}

static void take_count(struct reading *reading, const struct node *node,
		       const struct rule_key *key)
{
	int *out = member(reading, key);
	char *end;
	long value = strtol(node->text, &end, 10);

	if (end == node->text || *end || value < 0 || value > LIMIT_RULE_LINES)
		mistakes_add(reading->mistakes, node->place,
			     "'%s' must be 0 to %d", key->name,
			     LIMIT_RULE_LINES);
	else
		*out = (int)value;
}

static void take_words(struct reading *reading, const struct node *node,
		       const struct rule_key *key)
{
	for (size_t i = 0; i < node->len; i++) {
		char *word;

		if (!is_text(reading, &node->items[i], key))
			continue;
		if (!*node->items[i].text) {
			mistakes_add(reading->mistakes, node->items[i].place,
				     "an empty word");
			continue;
		}
		word = xstrdup(node->items[i].text);
		for (char *at = word; *at; at++)
			if (*at >= 'A' && *at <= 'Z')
				*at = (char)(*at - 'A' + 'a');
		strvec_take(&reading->rule->words, word);
	}
}

static void take_paths(struct reading *reading, const struct node *node,
		       const struct rule_key *key)
{
	for (size_t i = 0; i < node->len; i++) {
		struct err err = ERR_INIT;

		if (is_text(reading, &node->items[i], key) &&
		    pattern_list_add(&reading->rule->paths, node->items[i].text,
				     &err) < 0)
			mistakes_add(reading->mistakes, node->items[i].place,
				     "%s", err.msg);
	}
}

static void take_regex(struct reading *reading, const struct node *node,
		       const struct rule_key *key)
{
	struct regex **out = member(reading, key);
	bool calls = strstr(node->text, SECRET_CALL) != NULL;
	char *whole = xstrf("%s%s", calls ? SECRET_WORDS : "", node->text);
	struct err err = ERR_INIT;
	struct place place = node->place;

	if (regex_compile(out, whole, REGEX_LINES | reading->flags, &err) < 0) {
		/* Where exactly, if the pattern is on one line. */
		if (err.detail > 0 && !strchr(node->text, '\n'))
			place.column += (int)err.detail + !node->is_plain -
					(calls ? (int)strlen(SECRET_WORDS) : 0);
		mistakes_add(reading->mistakes, place, "'%s': %s", key->name,
			     err.msg);
	}
	free(whole);
}

static void take_examples_of(struct reading *reading, const struct node *node,
			     struct strvec *out)
{
	static const struct rule_key key = { .name = "examples" };

	if (!node_expect(node, NODE_SEQUENCE, node->key, reading->mistakes))
		return;
	for (size_t i = 0; i < node->len; i++)
		if (is_text(reading, &node->items[i], &key))
			strvec_add(out, node->items[i].text);
}

static void take_examples(struct reading *reading, const struct node *node,
			  const struct rule_key *key)
{
	static const char *const known[] = { "path", "match", "no_match" };
	struct rule *rule = reading->rule;
	char message[UNKNOWN_SIZE];

	for (size_t i = 0; i < node->len; i++) {
		const struct node *item = &node->items[i];

		if (strcmp(item->key, "match") == 0) {
			take_examples_of(reading, item, &rule->matches);
		} else if (strcmp(item->key, "no_match") == 0) {
			take_examples_of(reading, item, &rule->no_matches);
		} else if (strcmp(item->key, "path") == 0) {
			if (is_text(reading, item, key))
				rule->example_path = xstrdup(item->text);
		} else {
			unknown_format(message, "key", item->key, known,
				       ARRAY_LEN(known));
			mistakes_add(reading->mistakes, item->key_place, "%s",
				     message);
		}
	}
}

#define AT(name) offsetof(struct rule, name)

static const struct rule_key keys[] = {
	{ "id", true, NODE_SCALAR, take_id, AT(id) },
	{ "title", true, NODE_SCALAR, take_text, AT(title) },
	{ "languages", true, NODE_SEQUENCE, take_languages, 0 },
	{ "view", false, NODE_SCALAR, take_view, 0 },
	{ "words", false, NODE_SEQUENCE, take_words, 0 },
	{ "pattern", true, NODE_SCALAR, take_regex, AT(pattern) },
	{ "unless", false, NODE_SCALAR, take_regex, AT(unless) },
	{ "near", false, NODE_SCALAR, take_count, AT(near) },
	{ "lines", false, NODE_SCALAR, take_count, AT(lines) },
	{ "requires", false, NODE_SCALAR, take_regex, AT(requires) },
	{ "unless_file", false, NODE_SCALAR, take_regex, AT(unless_file) },
	{ "paths", false, NODE_SEQUENCE, take_paths, 0 },
	{ "in_tests", false, NODE_SCALAR, take_in_tests, 0 },
	{ "message", true, NODE_SCALAR, take_text, AT(message) },
	{ "fix", true, NODE_SCALAR, take_text, AT(fix) },
	{ "severity", true, NODE_SCALAR, take_severity, 0 },
	{ "category", true, NODE_SCALAR, take_text, AT(category) },
	{ "cwe", false, NODE_SCALAR, take_text, AT(cwe) },
	{ "masvs", false, NODE_SCALAR, take_text, AT(masvs) },
	{ "examples", false, NODE_MAPPING, take_examples, 0 },
};

static const struct rule_key *find_key(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

static void note_unknown(struct mistakes *mistakes, const struct node *node)
{
	const char *known[ARRAY_LEN(keys)];
	char message[UNKNOWN_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		known[i] = keys[i].name;
	unknown_format(message, "key", node->key, known, ARRAY_LEN(known));
	mistakes_add(mistakes, node->key_place, "%s", message);
}

/* A file of the rule's first language, for its examples. */
static char *default_path(const struct rule *rule)
{
	static const struct {
		enum lang lang;
		const char *product, *test;
	} paths[] = {
		{ LANG_SWIFT, "App/Login.swift", "AppTests/LoginTests.swift" },
		{ LANG_OBJC, "App/Login.m", "AppTests/LoginTests.m" },
		{ LANG_KOTLIN, "app/src/main/java/Login.kt",
		  "app/src/test/java/LoginTest.kt" },
		{ LANG_JAVA, "app/src/main/java/Login.java",
		  "app/src/test/java/LoginTest.java" },
		{ LANG_PLIST, "App/Info.plist", "AppTests/Info.plist" },
		{ LANG_GRADLE, "app/build.gradle", "app/build.gradle" },
	};

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		if (rule->languages & UINT32_C(1) << paths[i].lang)
			return xstrdup(rule->tests == RULE_ONLY_IN_TESTS
					       ? paths[i].test
					       : paths[i].product);
	return xstrdup("App/example");
}

static void read_rule(struct reading *reading, const struct node *node)
{
	size_t errors = reading->mistakes->errors;

	if (!node_expect(node, NODE_MAPPING, "a rule", reading->mistakes))
		return;
	reading->rule = xcalloc(1, sizeof(*reading->rule));
	reading->rule->view = VIEW_CODE;
	reading->rule->lines = 1;
	for (size_t i = 0; i < node->len; i++) {
		const struct node *item = &node->items[i];
		const struct rule_key *key = find_key(item->key);

		if (!key)
			note_unknown(reading->mistakes, item);
		else if (node_expect(item, key->kind, key->name,
				     reading->mistakes))
			key->take(reading, item, key);
	}
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (keys[i].is_required && !node_get(node, keys[i].name))
			mistakes_add(reading->mistakes, node->place,
				     "'%s' is missing", keys[i].name);
	if (!reading->rule->example_path)
		reading->rule->example_path = default_path(reading->rule);
	if (reading->rule->lines < 1)
		reading->rule->lines = 1;
	if (reading->mistakes->errors > errors)
		rule_free(reading->rule);
	else
		rule_set_put(reading->set, reading->rule);
	reading->rule = NULL;
}

static void read_rules(struct reading *reading, const struct node *list)
{
	for (size_t i = 0; i < list->len; i++) {
		const struct node *id = node_get(&list->items[i], "id");

		if (reading->set->len >= LIMIT_RULES) {
			mistakes_add(reading->mistakes, list->items[i].place,
				     "more than %d rules", LIMIT_RULES);
			return;
		}
		for (size_t j = 0; id && id->text && j < i; j++) {
			const struct node *other = node_get(&list->items[j],
							    "id");

			if (other && other->text &&
			    strcmp(other->text, id->text) == 0)
				mistakes_add(reading->mistakes, id->place,
					     "a second rule '%s'", id->text);
		}
		read_rule(reading, &list->items[i]);
	}
}

static bool is_secret(const char *id)
{
	for (unsigned i = 0; i < secret_id_count(); i++)
		if (strcmp(secret_id(i), id) == 0)
			return true;
	return false;
}

static void read_off(struct reading *reading, const struct node *list)
{
	static const struct rule_key key = { .name = "off" };
	const char **known = xcalloc(reading->set->len + 1, sizeof(char *));
	char message[UNKNOWN_SIZE];

	for (size_t i = 0; i < list->len; i++) {
		const struct node *item = &list->items[i];

		if (!is_text(reading, item, &key) ||
		    rule_set_remove(reading->set, item->text))
			continue;
		if (is_secret(item->text)) {
			strvec_add(&reading->set->off, item->text);
			continue;
		}
		for (size_t j = 0; j < reading->set->len; j++)
			known[j] = reading->set->items[j]->id;
		unknown_format(message, "rule", item->text, known,
			       reading->set->len);
		mistakes_add(reading->mistakes, item->place, "%s", message);
	}
	free(known);
}

bool rule_file_read(struct rule_set *set, const char *path, const char *text,
		    size_t len, unsigned flags, struct mistakes *mistakes)
{
	static const char *const known[] = { "rules", "off" };
	struct reading reading = { set, mistakes, flags, NULL };
	size_t errors = mistakes->errors;
	struct document *document = document_parse(path, text, len, mistakes);
	char message[UNKNOWN_SIZE];
	const struct node *root;

	if (!document)
		return false;
	root = document_root(document);
	if (!node_expect(root, NODE_MAPPING, "rules", mistakes))
		goto out;
	for (size_t i = 0; i < root->len; i++) {
		const struct node *item = &root->items[i];
		bool is_off = strcmp(item->key, "off") == 0;

		if (!is_off && strcmp(item->key, "rules") != 0) {
			unknown_format(message, "key", item->key, known,
				       ARRAY_LEN(known));
			mistakes_add(mistakes, item->key_place, "%s", message);
		} else if (node_expect(item, NODE_SEQUENCE, item->key,
				       mistakes)) {
			(is_off ? read_off : read_rules)(&reading, item);
		}
	}
out:
	document_free(document);
	return mistakes->errors == errors;
}
