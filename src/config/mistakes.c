#include "config/mistakes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"

enum { TEXT_SIZE = 1024, WORD_SHOWN = 80 };

void mistakes_release(struct mistakes *list)
{
	for (size_t i = 0; i < list->len; i++) {
		free(list->items[i].path);
		free(list->items[i].text);
	}
	free(list->items);
	*list = (struct mistakes){ 0 };
}

static void add(struct mistakes *list, struct place place, bool is_warning,
		const char *text)
{
	struct mistake *mistake;

	if (!is_warning)
		list->errors++;
	if (list->len == LIMIT_MISTAKES) {
		list->dropped++;
		return;
	}
	ARRAY_GROW(list->items, list->len, list->cap);
	mistake = &list->items[list->len++];
	mistake->path = text_clean(place.path, false);
	mistake->place = place;
	mistake->place.path = mistake->path;
	mistake->text = text_clean(text, false);
	mistake->is_warning = is_warning;
}

void mistakes_add(struct mistakes *list, struct place place, const char *fmt,
		  ...)
{
	char text[TEXT_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	add(list, place, false, text);
}

void mistakes_warn(struct mistakes *list, struct place place, const char *fmt,
		   ...)
{
	char text[TEXT_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	add(list, place, true, text);
}

static int by_place(const void *left, const void *right)
{
	const struct mistake *a = left, *b = right;
	int order = strcmp(a->path, b->path);

	if (!order)
		order = a->place.line - b->place.line;
	if (!order)
		order = a->place.column - b->place.column;
	return order ? order : strcmp(a->text, b->text);
}

void mistakes_sort(struct mistakes *list)
{
	if (list->len)
		qsort(list->items, list->len, sizeof(*list->items), by_place);
}

void mistake_format(struct buf *out, const struct mistake *mistake)
{
	buf_addstr(out, mistake->path);
	if (mistake->place.line)
		buf_addf(out, ":%d", mistake->place.line);
	if (mistake->place.column)
		buf_addf(out, ":%d", mistake->place.column);
	buf_addf(out, ": %s%s", mistake->is_warning ? "warning: " : "",
		 mistake->text);
}

void mistakes_format(struct buf *out, const struct mistakes *list)
{
	for (size_t i = 0; i < list->len; i++) {
		mistake_format(out, &list->items[i]);
		buf_addch(out, '\n');
	}
	if (list->dropped)
		buf_addf(out, "and %zu more\n", list->dropped);
}

int mistakes_check(const struct mistakes *list, struct err *err)
{
	const struct mistake *first = NULL;
	struct buf text;

	if (!list->errors)
		return 0;
	for (size_t i = 0; i < list->len && !first; i++)
		if (!list->items[i].is_warning)
			first = &list->items[i];
	buf_init(&text, LIMIT_CONFIG_LINE);
	if (first)
		mistake_format(&text, first);
	if (list->errors > 1)
		buf_addf(&text, " (and %zu more)", list->errors - 1);
	err_set(err, ERR_INVALID, "%s", text.ptr);
	buf_release(&text);
	return -1;
}

void unknown_format(char out[UNKNOWN_SIZE], const char *what, const char *word,
		    const char *const *known, size_t count)
{
	const char *closest = text_closest(word, known, count);
	int shown = (int)text_cut(word, strlen(word), WORD_SHOWN);

	if (closest)
		snprintf(out, UNKNOWN_SIZE,
			 "unknown %s '%.*s', did you mean '%s'?", what, shown,
			 word, closest);
	else
		snprintf(out, UNKNOWN_SIZE, "unknown %s '%.*s'", what, shown,
			 word);
}
