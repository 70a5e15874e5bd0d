#include "config/field.h"

#include <stdlib.h>
#include <string.h>

#include "config/value.h"
#include "core/alloc.h"
#include "core/severity.h"
#include "core/strvec.h"
#include "core/text.h"

enum { MOST_FIELDS = 128, KEY_SHOWN = 60 };

int field_set_text(void *at, const struct field *field UNUSED, const char *text,
		   struct err *err)
{
	char **member = at;

	if (!*text)
		return err_set(err, ERR_INVALID, "must not be empty");
	free(*member);
	*member = xstrdup(text);
	return 0;
}

int field_set_id(void *at, const struct field *field, const char *text,
		 struct err *err)
{
	if (!value_is_id(text, true))
		return err_set(err, ERR_INVALID,
			       "must be of letters, digits, '-', '_' and '.', "
			       "not '%.60s'",
			       text);
	return field_set_text(at, field, text, err);
}

int field_set_number(void *at, const struct field *field, const char *text,
		     struct err *err)
{
	int64_t max = field->min || field->max ? field->max : INT32_MAX;
	int64_t number = 0;

	if (value_number(&number, text, field->min, max, err) < 0)
		return -1;
	*(int *)at = (int)number;
	return 0;
}

int field_set_flag(void *at, const struct field *field UNUSED, const char *text,
		   struct err *err)
{
	return value_flag(at, text, err);
}

int field_set_duration(void *at, const struct field *field, const char *text,
		       struct err *err)
{
	int64_t ms = 0;

	if (value_duration_ms(&ms, text, err) < 0)
		return -1;
	if (field->max && (ms < field->min || ms > field->max))
		return err_set(err, ERR_INVALID,
			       "must be %llds to %llds, not '%.40s'",
			       (long long)field->min / 1000,
			       (long long)field->max / 1000, text);
	*(int64_t *)at = ms;
	return 0;
}

int field_set_percent(void *at, const struct field *field UNUSED,
		      const char *text, struct err *err)
{
	return value_percent(at, text, err);
}

int field_set_size(void *at, const struct field *field UNUSED, const char *text,
		   struct err *err)
{
	return value_size(at, text, err);
}

int field_set_money(void *at, const struct field *field, const char *text,
		    struct err *err)
{
	int64_t nusd = 0;

	if (value_money_nusd(&nusd, text, err) < 0)
		return -1;
	if (nusd < field->min)
		return err_set(err, ERR_INVALID, "must be more than 0");
	*(int64_t *)at = nusd;
	return 0;
}

int field_set_name(void *at, const struct field *field, const char *text,
		   struct err *err)
{
	return value_name(at, text, field->names, err);
}

int field_set_list(void *at, const struct field *field UNUSED, const char *text,
		   struct err *err)
{
	struct strvec list = STRVEC_INIT;

	strvec_split(&list, text, ',');
	if (!list.len)
		return err_set(err, ERR_INVALID, "must not be empty");
	strvec_release(at);
	*(struct strvec *)at = list;
	return 0;
}

int field_set_severity(void *at, const struct field *field UNUSED,
		       const char *text, struct err *err)
{
	const char *names[SEVERITY_COUNT + 1] = { NULL };
	int number = 0;

	for (int i = 0; i < SEVERITY_COUNT; i++)
		names[i] = severity_name((enum severity)i);
	if (value_name(&number, text, names, err) < 0)
		return -1;
	*(enum severity *)at = (enum severity)number;
	return 0;
}

int field_set_words(void *at, const struct field *field UNUSED,
		    const char *text, struct err *err)
{
	struct strvec words = STRVEC_INIT;

	if (value_words(&words, text, err) < 0) {
		strvec_release(&words);
		return -1;
	}
	if (!words.len)
		return err_set(err, ERR_INVALID, "must not be empty");
	strvec_release(at);
	*(struct strvec *)at = words;
	return 0;
}

const char *node_single(const struct node *node, const char *what,
			struct mistakes *mistakes)
{
	return node_expect(node, NODE_SCALAR, what, mistakes) ? node->text
							      : NULL;
}

void field_read_list(void *at, const struct field *field,
		     const struct node *node, struct mistakes *mistakes)
{
	const struct node *items = node->items;
	size_t len = node->len;
	const char *text;

	if (node->kind == NODE_SCALAR && !node_is_null(node)) {
		items = node;
		len = 1;
	} else if (!node_expect(node, NODE_SEQUENCE, field->key, mistakes)) {
		return;
	}
	for (size_t i = 0; i < len; i++) {
		text = node_single(&items[i], field->key, mistakes);
		if (text)
			strvec_add(at, text);
	}
}

static bool is_prefix(const struct field *field)
{
	return field->key[strlen(field->key) - 1] == '.';
}

const struct field *field_find(const struct field *fields, size_t count,
			       const char *key)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(fields[i].key);

		if (is_prefix(&fields[i])
			    ? !strncmp(fields[i].key, key, len) && key[len]
			    : !strcmp(fields[i].key, key))
			return &fields[i];
	}
	return NULL;
}

static void note_unknown(struct mistakes *mistakes, struct place place,
			 const char *what, const char *key,
			 const struct field *fields, size_t count)
{
	const char *known[MOST_FIELDS];
	char said[UNKNOWN_SIZE];
	size_t len = 0;

	for (size_t i = 0; i < count && len < MOST_FIELDS; i++)
		known[len++] = fields[i].key;
	unknown_format(said, what, key, known, len);
	mistakes_add(mistakes, place, "%s", said);
}

static void *member_of(void *object, const struct field *field)
{
	return (char *)object + field->offset;
}

void fields_set(void *object, const struct section *section,
		const struct field *fields, size_t count,
		struct mistakes *mistakes)
{
	const struct field *field;
	struct err err;

	for (size_t i = 0; i < section->len; i++) {
		const struct entry *entry = &section->entries[i];
		struct field named;

		field = field_find(fields, count, entry->key);
		if (!field) {
			note_unknown(mistakes, entry->place, "key", entry->key,
				     fields, count);
			continue;
		}
		named = *field;
		named.key = entry->key;
		if (field->set(member_of(object, field), &named, entry->value,
			       &err) < 0)
			mistakes_add(mistakes, entry->place, "'%.*s' %s",
				     KEY_SHOWN, entry->key, err.msg);
	}
	for (field = fields; field < fields + count; field++)
		if (field->is_required && !section_get(section, field->key))
			mistakes_add(mistakes, section->place,
				     "'%s' is missing", field->key);
}

void field_read(void *object, const struct field *field,
		const struct node *node, struct mistakes *mistakes)
{
	struct err err;
	const char *text;

	if (field->read) {
		field->read(member_of(object, field), field, node, mistakes);
		return;
	}
	text = node_single(node, field->key, mistakes);
	if (text && field->set(member_of(object, field), field, text, &err) < 0)
		mistakes_add(mistakes, node->place, "'%s' %s", field->key,
			     err.msg);
}

void fields_read(void *object, const struct node *mapping, const char *what,
		 const struct field *fields, size_t count,
		 struct mistakes *mistakes)
{
	const struct field *field;

	if (!node_expect(mapping, NODE_MAPPING, what, mistakes))
		return;
	for (size_t i = 0; i < mapping->len; i++) {
		const struct node *node = &mapping->items[i];

		field = field_find(fields, count, node->key);
		if (field)
			field_read(object, field, node, mistakes);
		else
			note_unknown(mistakes, node->key_place, "key",
				     node->key, fields, count);
	}
	for (field = fields; field < fields + count; field++)
		if (field->is_required && !node_get(mapping, field->key))
			mistakes_add(mistakes, mapping->place,
				     "'%s' is missing", field->key);
}
