#include "config/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"

enum { WORD_SHOWN = 60 };

struct document {
	char *path;
	struct node root;
};

/* One document on its way from libyaml's events to nodes. */
struct parse {
	struct document *document;
	int first_line;
	const char *text;
	size_t len;
	struct mistakes *mistakes;
	yaml_parser_t yaml;

	/* The collections that are open. A node stays where it is while it is
	 * open: its parent gets no further items meanwhile. */
	struct node *open[LIMIT_YAML_DEPTH];
	size_t depth;

	char *key; /* read, its value is next; NULL outside of mappings */
	struct place key_place;
	bool has_root;
	bool failed; /* a mistake was made after which there is no tree */
};

static struct place place_at(const struct parse *parse, yaml_mark_t mark)
{
	return (struct place){ parse->document->path,
			       (int)mark.line + parse->first_line,
			       (int)mark.column + 1 };
}

/* The place of byte `offset` of the text. */
static struct place place_of_byte(const struct parse *parse, size_t offset)
{
	struct place place = { parse->document->path, parse->first_line, 1 };

	for (size_t i = 0; i < offset && i < parse->len; i++) {
		if (parse->text[i] == '\n') {
			place.line++;
			place.column = 1;
		} else if ((parse->text[i] & 0xC0) != 0x80) {
			place.column++;
		}
	}
	return place;
}

/* libyaml would guess other encodings, and says less of a bad character. */
static bool check_characters(struct parse *parse)
{
	unsigned code_point = 0;

	for (size_t i = 0; i < parse->len;) {
		size_t used = text_sequence(parse->text + i, parse->len - i,
					    &code_point);

		if (!used) {
			mistakes_add(parse->mistakes, place_of_byte(parse, i),
				     "not UTF-8: byte 0x%02X",
				     (unsigned char)parse->text[i]);
			return false;
		}
		if ((code_point < ' ' && !strchr("\t\r\n", (int)code_point)) ||
		    code_point == 0 || code_point == 0x7F) {
			mistakes_add(parse->mistakes, place_of_byte(parse, i),
				     "control character 0x%02X", code_point);
			return false;
		}
		i += used;
	}
	return true;
}

/* The character of the text at a mark; 0 at its end. */
static char character_at(const struct parse *parse, yaml_mark_t mark)
{
	size_t i = 0;

	for (size_t line = 0; line < mark.line && i < parse->len; i++)
		line += parse->text[i] == '\n';
	for (size_t column = 0; column < mark.column && i < parse->len;
	     column++) {
		i++;
		while (i < parse->len && (parse->text[i] & 0xC0) == 0x80)
			i++;
	}
	if (i == parse->len)
		return '\0';
	return parse->text[i];
}

/* What libyaml could not read, in words for people who do not know YAML. */
static void note_syntax(struct parse *parse)
{
	const yaml_parser_t *yaml = &parse->yaml;
	const char *problem = yaml->problem ? yaml->problem : "cannot be read";
	const char *context = yaml->context;
	char found;

	parse->failed = true;
	if (yaml->error == YAML_READER_ERROR) {
		mistakes_add(parse->mistakes,
			     place_of_byte(parse, yaml->problem_offset),
			     "not YAML: %s", problem);
		return;
	}
	found = character_at(parse, yaml->problem_mark);
	if (context && !strcmp(context, "while scanning an alias"))
		mistakes_add(parse->mistakes,
			     place_at(parse, yaml->context_mark),
			     "a value that begins with '*' must be quoted");
	else if (context && !strcmp(context, "while scanning a tag"))
		mistakes_add(parse->mistakes,
			     place_at(parse, yaml->context_mark),
			     "a value that begins with '!' must be quoted");
	else if (strstr(problem, "cannot start any token") && found == '\t')
		mistakes_add(parse->mistakes,
			     place_at(parse, yaml->problem_mark),
			     "a tab cannot indent, use spaces");
	else if (strstr(problem, "cannot start any token"))
		mistakes_add(
			parse->mistakes, place_at(parse, yaml->problem_mark),
			"a value that begins with '%c' must be quoted", found);
	else
		mistakes_add(parse->mistakes,
			     place_at(parse, yaml->problem_mark),
			     "not YAML: %s%s%s", problem, context ? " " : "",
			     context ? context : "");
}

/* A place in the tree for the next value, or NULL if there is none. */
static struct node *add_node(struct parse *parse, enum node_kind kind,
			     yaml_mark_t mark)
{
	struct node *parent, *node;

	if (!parse->depth) {
		node = &parse->document->root;
		parse->has_root = true;
	} else {
		parent = parse->open[parse->depth - 1];
		ARRAY_GROW(parent->items, parent->len, parent->cap);
		node = &parent->items[parent->len++];
		*node = (struct node){ 0 };
		node->key = parse->key;
		node->key_place = parse->key_place;
		parse->key = NULL;
		parse->key_place = (struct place){ 0 };
	}
	node->kind = kind;
	node->place = place_at(parse, mark);
	return node;
}

static bool wants_key(const struct parse *parse)
{
	return parse->depth &&
	       parse->open[parse->depth - 1]->kind == NODE_MAPPING &&
	       !parse->key;
}

static void note_sigil(struct parse *parse, yaml_mark_t mark, char sigil,
		       const void *name, const char *taken_for)
{
	char shown[WORD_SHOWN + 1];

	snprintf(shown, sizeof(shown), "%s", (const char *)name);
	mistakes_add(parse->mistakes, place_at(parse, mark),
		     "'%c%s' must be quoted, else it is %s in YAML", sigil,
		     shown, taken_for);
}

static void check_anchor_and_tag(struct parse *parse, yaml_mark_t mark,
				 const yaml_char_t *anchor,
				 const yaml_char_t *tag)
{
	if (anchor)
		note_sigil(parse, mark, '&', anchor, "an anchor");
	if (tag && tag[0] == '!')
		note_sigil(parse, mark, '!', tag + 1, "a tag");
	else if (tag)
		mistakes_add(parse->mistakes, place_at(parse, mark),
			     "tags are not used here");
}

static void on_scalar(struct parse *parse, const yaml_event_t *event)
{
	const char *value = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	struct node *node;

	check_anchor_and_tag(parse, event->start_mark,
			     event->data.scalar.anchor, event->data.scalar.tag);
	if (memchr(value, '\0', len)) {
		mistakes_add(parse->mistakes,
			     place_at(parse, event->start_mark),
			     "a NUL in a value");
		parse->failed = true;
		return;
	}
	if (wants_key(parse)) {
		parse->key = xmemdup(value, len);
		parse->key_place = place_at(parse, event->start_mark);
		return;
	}
	node = add_node(parse, NODE_SCALAR, event->start_mark);
	node->text = xmemdup(value, len);
	node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static const char *kind_name(enum node_kind kind)
{
	static const char *const name[] = {
		[NODE_SCALAR] = "a single value",
		[NODE_SEQUENCE] = "a list",
		[NODE_MAPPING] = "a mapping",
	};

	return name[kind];
}

static void on_start(struct parse *parse, enum node_kind kind,
		     const yaml_event_t *event)
{
	if (parse->depth == LIMIT_YAML_DEPTH) {
		mistakes_add(parse->mistakes,
			     place_at(parse, event->start_mark),
			     "more than %d levels deep", LIMIT_YAML_DEPTH);
		parse->failed = true;
		return;
	}
	if (wants_key(parse)) {
		mistakes_add(parse->mistakes,
			     place_at(parse, event->start_mark),
			     "a key must be a single value, not %s",
			     kind_name(kind));
		parse->failed = true;
		return;
	}
	parse->open[parse->depth] = add_node(parse, kind, event->start_mark);
	parse->depth++;
}

static int by_key(const void *left, const void *right)
{
	const struct node *a = *(const struct node *const *)left;
	const struct node *b = *(const struct node *const *)right;
	int order = strcmp(a->key, b->key);

	return order ? order : a < b ? -1 : 1;
}

static void check_keys(struct parse *parse, const struct node *mapping)
{
	const struct node **sorted;

	if (mapping->len < 2)
		return;
	sorted = xcalloc(mapping->len, sizeof(struct node *));
	for (size_t i = 0; i < mapping->len; i++)
		sorted[i] = &mapping->items[i];
	qsort(sorted, mapping->len, sizeof(struct node *), by_key);
	for (size_t i = 1; i < mapping->len; i++)
		if (!strcmp(sorted[i - 1]->key, sorted[i]->key))
			mistakes_add(parse->mistakes, sorted[i]->key_place,
				     "repeated key '%.*s', also on line %d",
				     WORD_SHOWN, sorted[i]->key,
				     sorted[i - 1]->key_place.line);
	free(sorted);
}

static void on_document_start(struct parse *parse, const yaml_event_t *event)
{
	if (!parse->has_root)
		return;
	mistakes_add(parse->mistakes, place_at(parse, event->start_mark),
		     "a second document in the file");
	parse->failed = true;
}

static void on_event(struct parse *parse, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		on_document_start(parse, event);
		break;
	case YAML_ALIAS_EVENT:
		note_sigil(parse, event->start_mark, '*',
			   event->data.alias.anchor, "an alias");
		parse->failed = true;
		break;
	case YAML_SCALAR_EVENT:
		on_scalar(parse, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
		check_anchor_and_tag(parse, event->start_mark,
				     event->data.sequence_start.anchor,
				     event->data.sequence_start.tag);
		on_start(parse, NODE_SEQUENCE, event);
		break;
	case YAML_MAPPING_START_EVENT:
		check_anchor_and_tag(parse, event->start_mark,
				     event->data.mapping_start.anchor,
				     event->data.mapping_start.tag);
		on_start(parse, NODE_MAPPING, event);
		break;
	case YAML_MAPPING_END_EVENT:
		check_keys(parse, parse->open[parse->depth - 1]);
		parse->depth--;
		break;
	case YAML_SEQUENCE_END_EVENT:
		parse->depth--;
		break;
	default:
		break;
	}
}

static void read_events(struct parse *parse)
{
	bool at_end = false;

	yaml_parser_set_input_string(
		&parse->yaml, (const unsigned char *)parse->text, parse->len);
	while (!at_end && !parse->failed) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parse->yaml, &event)) {
			note_syntax(parse);
			return;
		}
		at_end = event.type == YAML_STREAM_END_EVENT;
		on_event(parse, &event);
		yaml_event_delete(&event);
	}
}

static void read_text(struct parse *parse)
{
	const struct document *document = parse->document;

	if (parse->len > LIMIT_WORKFLOW_BYTES) {
		mistakes_add(parse->mistakes,
			     (struct place){ document->path, 0, 0 },
			     "larger than %ld bytes", LIMIT_WORKFLOW_BYTES);
		return;
	}
	if (!check_characters(parse))
		return;
	if (!yaml_parser_initialize(&parse->yaml))
		abort(); /* out of memory */
	read_events(parse);
	yaml_parser_delete(&parse->yaml);
	if (!parse->failed &&
	    (!parse->has_root || node_is_null(&document->root)))
		mistakes_add(
			parse->mistakes,
			(struct place){ document->path, parse->first_line, 1 },
			"nothing in it");
}

struct document *document_parse_at(const char *path, int first_line,
				   const char *text, size_t len,
				   struct mistakes *mistakes)
{
	struct parse parse = { .first_line = first_line,
			       .text = text,
			       .len = len,
			       .mistakes = mistakes };
	size_t errors = mistakes->errors;

	parse.document = xcalloc(1, sizeof(*parse.document));
	parse.document->path = xstrdup(path);
	read_text(&parse);
	free(parse.key);
	if (mistakes->errors == errors)
		return parse.document;
	document_free(parse.document);
	return NULL;
}

struct document *document_parse(const char *path, const char *text, size_t len,
				struct mistakes *mistakes)
{
	return document_parse_at(path, 1, text, len, mistakes);
}

/* Ends: the tree is at most LIMIT_YAML_DEPTH deep. */
static void release_node(struct node *node)
{
	for (size_t i = 0; i < node->len; i++)
		release_node(&node->items[i]);
	free(node->items);
	free(node->text);
	free(node->key);
}

void document_free(struct document *document)
{
	if (!document)
		return;
	release_node(&document->root);
	free(document->path);
	free(document);
}

const struct node *document_root(const struct document *document)
{
	return &document->root;
}

const struct node *node_get(const struct node *mapping, const char *key)
{
	if (!mapping || mapping->kind != NODE_MAPPING)
		return NULL;
	for (size_t i = 0; i < mapping->len; i++)
		if (!strcmp(mapping->items[i].key, key))
			return &mapping->items[i];
	return NULL;
}

bool node_is_null(const struct node *node)
{
	return node->kind == NODE_SCALAR && node->is_plain &&
	       (!*node->text || !strcmp(node->text, "~") ||
		!strcmp(node->text, "null"));
}

bool node_expect(const struct node *node, enum node_kind kind, const char *what,
		 struct mistakes *mistakes)
{
	if (node->kind == kind && !node_is_null(node))
		return true;
	mistakes_add(mistakes, node->place, "%s expected for '%s'",
		     kind_name(kind), what);
	return false;
}
