#include "config/sections.h"

#include <ctype.h>
#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"

/* inih cuts lines of 200 bytes in two, names of sections at 49 and values at
 * every " ;", and tells of one mistake only, without a line. So it gets the
 * text line by line, without what it would cut: sections are read here, and so
 * are values, which it is told to be "-". It splits and trims. */
enum { LONGEST_KEY = 128 };

struct reading {
	struct sections *sections;
	struct mistakes *mistakes;
	const char *at, *end;
	int line;    /* from 1; 0: nothing was read */
	char *value; /* of the line inih looks at */
};

static struct place here(const struct reading *reading)
{
	return (struct place){ reading->sections->path, reading->line, 0 };
}

static char *trim(char *text)
{
	char *end = text + strlen(text);

	while (end > text && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return text + strspn(text, " \t\r\v\f");
}

/* Cuts a comment off: a semicolon behind white space, outside of quotes. False
 * if a quote is not closed. */
static bool cut_comment(char *text)
{
	bool quoted = false;

	for (char *at = text; *at; at++) {
		if (quoted && *at == '\\' && at[1])
			at++;
		else if (*at == '"')
			quoted = !quoted;
		else if (!quoted && *at == ';' &&
			 (at == text || isspace((unsigned char)at[-1])))
			*at-- = '\0';
	}
	return !quoted;
}

/* Takes the quotes off where they go round the whole value. */
static void unquote(char *text)
{
	size_t len = strlen(text), out = 0;

	if (len < 2 || text[0] != '"')
		return;
	for (size_t i = 1; i < len; i++) {
		if (text[i] == '"' && i + 1 < len)
			return; /* it is only a part that is quoted */
		i += text[i] == '\\';
	}
	for (size_t i = 1; i < len - 1; i++) {
		if (text[i] == '\\' && strchr("\"\\", text[i + 1]))
			i++;
		text[out++] = text[i];
	}
	text[out] = '\0';
}

static struct section *find_section(const struct sections *sections,
				    const char *kind, const char *name)
{
	for (size_t i = 0; i < sections->len; i++) {
		struct section *section = &sections->items[i];

		if (!strcmp(section->kind, kind) &&
		    !strcmp(section->name ? section->name : "",
			    name ? name : ""))
			return section;
	}
	return NULL;
}

/* Takes `kind` and `name` over. A kind of "" is a section that could not be
 * read: its keys are looked at by nobody. */
static void add_section(struct reading *reading, char *kind, char *name)
{
	struct sections *sections = reading->sections;
	const struct section *other = find_section(sections, kind, name);

	if (other && *kind)
		mistakes_add(reading->mistakes, here(reading),
			     "repeated section [%s%s%s%s], also on line %d",
			     kind, name ? " \"" : "", name ? name : "",
			     name ? "\"" : "", other->place.line);
	ARRAY_GROW(sections->items, sections->len, sections->cap);
	sections->items[sections->len++] = (struct section){
		.kind = kind, .name = name, .place = here(reading)
	};
}

/* `text` begins with a bracket; comments are cut off. */
static void read_section(struct reading *reading, char *text)
{
	size_t len = strlen(text), kind_len;
	char *kind, *name;

	if (text[len - 1] != ']') {
		mistakes_add(reading->mistakes, here(reading),
			     "a section's name must end in ']'");
		add_section(reading, xstrdup(""), NULL);
		return;
	}
	text[len - 1] = '\0';
	kind = trim(text + 1);
	kind_len = strcspn(kind, " \t\"");
	name = trim(kind + kind_len);
	len = strlen(name);
	if (kind_len && !*name) {
		add_section(reading, xmemdup(kind, kind_len), NULL);
	} else if (!kind_len || len < 3 || strchr(name, '"') != name ||
		   strchr(name + 1, '"') != name + len - 1) {
		mistakes_add(reading->mistakes, here(reading),
			     "a section is [kind] or [kind \"name\"]");
		add_section(reading, xstrdup(""), NULL);
	} else {
		add_section(reading, xmemdup(kind, kind_len),
			    xmemdup(name + 1, len - 2));
	}
}

/* What inih gets of the line `text`: "" unless it is a key and a value. */
static void read_line(struct reading *reading, char *text, char *out,
		      size_t size)
{
	char *line = trim(text), *value;
	size_t equals;

	out[0] = '\0';
	if (!*line || strchr(";#", *line))
		return;
	if (!cut_comment(line)) {
		mistakes_add(reading->mistakes, here(reading),
			     "a quote is not closed");
		return;
	}
	line = trim(line);
	if (*line == '[') {
		read_section(reading, line);
		return;
	}
	equals = strcspn(line, "=");
	if (!line[equals] || !equals) {
		mistakes_add(reading->mistakes, here(reading),
			     "a section or 'key = value' expected");
		return;
	}
	line[equals] = '\0';
	value = trim(line + equals + 1);
	line = trim(line);
	if (strlen(line) > LONGEST_KEY || strpbrk(line, " \t:;")) {
		mistakes_add(reading->mistakes, here(reading),
			     "'%.40s' is no name of a key", line);
		return;
	}
	unquote(value);
	free(reading->value);
	reading->value = xstrdup(value);
	snprintf(out, size, "%s = -\n", line);
}

static bool check_line(struct reading *reading, const char *line, size_t len)
{
	if (len > LIMIT_CONFIG_LINE)
		mistakes_add(reading->mistakes, here(reading),
			     "longer than %ld bytes", LIMIT_CONFIG_LINE);
	else if (memchr(line, '\0', len))
		mistakes_add(reading->mistakes, here(reading), "a NUL in it");
	else if (!text_is_utf8(line, len))
		mistakes_add(reading->mistakes, here(reading), "not UTF-8");
	else
		return true;
	return false;
}

/* inih's fgets(): the next line, or NULL at the end. */
static char *next_line(char *out, int size, void *stream)
{
	struct reading *reading = stream;
	const char *line = reading->at, *end;
	char *copy;

	if (line == reading->end)
		return NULL;
	end = memchr(line, '\n', (size_t)(reading->end - line));
	if (!end)
		end = reading->end;
	reading->at = end == reading->end ? end : end + 1;
	reading->line++;
	out[0] = '\0';
	if (check_line(reading, line, (size_t)(end - line))) {
		copy = xmemdup(line, (size_t)(end - line));
		read_line(reading, copy, out, (size_t)size);
		free(copy);
	}
	if (!out[0])
		snprintf(out, (size_t)size, "\n");
	return out;
}

/* inih's answer to a line; 1: fine. */
static int on_entry(void *payload, const char *section_name, const char *key,
		    const char *value)
{
	struct reading *reading = payload;
	struct sections *sections = reading->sections;
	const struct entry *other;
	struct section *section;

	(void)section_name;
	(void)value;
	if (!sections->len) {
		mistakes_add(reading->mistakes, here(reading),
			     "'%s' stands before any section", key);
		return 1;
	}
	section = &sections->items[sections->len - 1];
	other = section_get(section, key);
	if (other) {
		mistakes_add(reading->mistakes, here(reading),
			     "repeated key '%s', also on line %d", key,
			     other->place.line);
		return 1;
	}
	ARRAY_GROW(section->entries, section->len, section->cap);
	section->entries[section->len++] =
		(struct entry){ .key = xstrdup(key),
				.value = reading->value,
				.place = here(reading) };
	reading->value = NULL;
	return 1;
}

void sections_parse(struct sections *out, const char *path, const char *text,
		    size_t len, struct mistakes *mistakes)
{
	static const char bom[] = "\xef\xbb\xbf";
	struct reading reading = { .sections = out, .mistakes = mistakes };

	*out = (struct sections){ .path = xstrdup(path) };
	if (len > LIMIT_CONFIG_BYTES) {
		mistakes_add(mistakes, here(&reading), "larger than %ld bytes",
			     LIMIT_CONFIG_BYTES);
		return;
	}
	reading.at = text;
	reading.end = text + len;
	if (len >= 3 && !memcmp(text, bom, 3))
		reading.at += 3;
	if (ini_parse_stream(next_line, &reading, on_entry, &reading) != 0)
		mistakes_add(mistakes, (struct place){ out->path, 0, 0 },
			     "cannot be read");
	free(reading.value);
}

static void release_section(struct section *section)
{
	for (size_t i = 0; i < section->len; i++) {
		free(section->entries[i].key);
		free(section->entries[i].value);
	}
	free(section->entries);
	free(section->kind);
	free(section->name);
}

void sections_release(struct sections *sections)
{
	for (size_t i = 0; i < sections->len; i++)
		release_section(&sections->items[i]);
	free(sections->items);
	free(sections->path);
	*sections = (struct sections){ 0 };
}

const struct entry *section_get(const struct section *section, const char *key)
{
	for (size_t i = 0; i < section->len; i++)
		if (!strcmp(section->entries[i].key, key))
			return &section->entries[i];
	return NULL;
}

struct place section_place(const struct section *section, const char *key)
{
	const struct entry *entry = section_get(section, key);

	return entry ? entry->place : section->place;
}
