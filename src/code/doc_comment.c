#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "code/declaration.h"
#include "core/alloc.h"

/* A line of a comment without its marks. */
struct comment_line {
	const char *text;
	size_t len;
	size_t indent; /* of the text */
};

struct reading {
	struct doc_comment *out;
	bool in_list; /* of Swift's "- Parameters:" */
	size_t list_indent;
};

static bool next_line(struct comment_line *line, const char **at)
{
	const char *start = *at, *end;

	if (!*start)
		return false;
	end = start + strcspn(start, "\n");
	*at = *end ? end + 1 : end;
	line->indent = 0;
	for (; start < end && strchr(" \t/*!", *start); start++)
		line->indent++;
	while (end > start && (isspace((unsigned char)end[-1]) ||
			       end[-1] == '/' || end[-1] == '*'))
		end--;
	line->text = start;
	line->len = (size_t)(end - start);
	return true;
}

/* Behind `mark`, if the line begins with it; without regard to case. */
static const char *behind(const struct comment_line *line, const char *mark)
{
	size_t len = strlen(mark);

	if (line->len < len || strncasecmp(line->text, mark, len) != 0)
		return NULL;
	return line->text + len;
}

/* Adds the identifier at `at`, which may be in brackets or backticks. */
static void add_name(struct strvec *out, const struct comment_line *line,
		     const char *at)
{
	const char *end = line->text + line->len;
	size_t len = 0;

	while (at < end &&
	       (isspace((unsigned char)*at) || *at == '[' || *at == '`'))
		at++;
	while (at + len < end && (isalnum((unsigned char)at[len]) ||
				  at[len] == '_' || at[len] == '.'))
		len++;
	while (len && at[len - 1] == '.')
		len--;
	if (len)
		strvec_take(out, xmemdup(at, len));
}

/* "- name: what it is", as deep as the first of the list. */
static bool read_item(struct reading *reading, const struct comment_line *line)
{
	const char *colon = memchr(line->text, ':', line->len);

	if (line->len < 2 || line->text[0] != '-')
		return false;
	if (!reading->list_indent)
		reading->list_indent = line->indent;
	if (colon && line->indent == reading->list_indent)
		add_name(&reading->out->parameters, line, line->text + 1);
	return true;
}

static void read_line(struct reading *reading, const struct comment_line *line)
{
	static const char *const returns[] = {
		"@return", "- Returns:", "- Return:", "\\return", "- returns "
	};
	static const char *const throws[] = { "@throws ", "@exception " };
	static const char *const parameters[] = { "@param ", "@param[",
						  "- Parameter ", "\\param " };
	struct doc_comment *out = reading->out;
	const char *rest;

	for (size_t i = 0; i < ARRAY_LEN(parameters); i++)
		if ((rest = behind(line, parameters[i])))
			add_name(&out->parameters, line, rest);
	for (size_t i = 0; i < ARRAY_LEN(throws); i++)
		if ((rest = behind(line, throws[i])))
			add_name(&out->throws, line, rest);
	for (size_t i = 0; i < ARRAY_LEN(returns); i++)
		out->speaks_of_return |= behind(line, returns[i]) != NULL;
	out->speaks_of_throwing |= behind(line, "- Throws:") != NULL;
	if (behind(line, "- Parameters:")) {
		reading->in_list = true;
		reading->list_indent = 0;
	} else if (behind(line, "- Returns") || behind(line, "- Throws") ||
		   behind(line, "- Note") || !line->len) {
		reading->in_list = false;
	} else if (reading->in_list) {
		read_item(reading, line);
	}
}

/* The offset of line `line`. */
static size_t offset_of(const struct outline *outline, uint32_t line)
{
	const char *at = outline->text, *end = at + outline->text_len;

	for (uint32_t i = 1; i < line && at < end; i++) {
		at = memchr(at, '\n', (size_t)(end - at));
		if (!at)
			return outline->text_len;
		at++;
	}
	return (size_t)(at - outline->text);
}

void doc_comment_read(struct doc_comment *out, const struct outline *outline,
		      const struct symbol *symbol)
{
	size_t from = offset_of(outline, symbol->doc_line);
	struct reading reading = { .out = out };
	struct comment_line line;
	const char *at;

	*out = (struct doc_comment){ 0 };
	out->text = from < symbol->start ? xmemdup(outline->text + from,
						   symbol->start - from)
					 : xstrdup("");
	for (at = out->text; next_line(&line, &at);)
		read_line(&reading, &line);
}

void doc_comment_release(struct doc_comment *comment)
{
	strvec_release(&comment->parameters);
	strvec_release(&comment->throws);
	free(comment->text);
	*comment = (struct doc_comment){ 0 };
}
