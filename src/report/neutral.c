/*
 * Text of models and strangers as Markdown that can do nothing. What people
 * need to read code stays: code spans, fenced code, lists. Everything else that
 * means something to a forge is made literal:
 *
 * - characters that are Markdown get a backslash, < > & their entities;
 * - what a forge looks for in the finished text (@name, #1, GH-1, !1, /merge,
 *   https://, www.) is broken by a space of no width, as no backslash helps
 *   there. Such spaces in the text itself are taken out first.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/text.h"
#include "report/report.h"

#define GAP "\xe2\x80\x8b" /* a space of no width */
#define CUT "\xe2\x80\xa6"

enum { MAX_INDENT = 3 };

static size_t run_of(const char *at, const char *end, char ch)
{
	size_t len = 0;

	while (at + len < end && at[len] == ch)
		len++;
	return len;
}

/* A run of `len` backticks and no more, before `end`; NULL if there is none. */
static const char *find_run(const char *at, const char *end, size_t len)
{
	while (at < end) {
		size_t run = run_of(at, end, '`');

		if (run == len)
			return at;
		at += run ? run : 1;
	}
	return NULL;
}

/* A code span that ends on this line is kept: nothing in it means anything.
 * Any other backtick is text. */
static const char *add_ticks(struct buf *out, const char *at, const char *end)
{
	size_t run = run_of(at, end, '`');
	const char *close = find_run(at + run, end, run);

	if (close) {
		buf_add(out, at, (size_t)(close - at) + run);
		return close + run;
	}
	for (size_t i = 0; i < run; i++)
		buf_addstr(out, "\\`");
	return at + run;
}

/* References of GitLab and Gitea: !1 &1 ^1, ~label, %"milestone". */
static bool refers(const char *at, const char *end)
{
	if (at + 1 >= end)
		return false;
	if (strchr("~%", *at))
		return isalnum((unsigned char)at[1]) || at[1] == '"';
	return isdigit((unsigned char)at[1]) != 0;
}

/* GH-1, www. and the :// of links, found in the finished text by forges. The
 * length of what is to be broken behind; 0: nothing. */
static size_t link_word(const char *at, const char *end)
{
	size_t left = (size_t)(end - at);

	if (left > 3 && !strncasecmp(at, "GH-", 3) &&
	    isdigit((unsigned char)at[3]))
		return 3;
	if (left > 3 && !strncasecmp(at, "www.", 4))
		return 3;
	if (left > 2 && !strncmp(at, "://", 3))
		return 1;
	return 0;
}

/* Wide forms that people read, and some programs take, as @ and #. */
static size_t wide_sign(const char *at, const char *end)
{
	static const char *const signs[] = { "\xef\xbc\xa0", "\xef\xb9\xab",
					     "\xef\xbc\x83", "\xef\xb9\x9f" };

	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (end - at >= 3 && !strncmp(at, signs[i], 3))
			return 3;
	return 0;
}

static const char *add_char(struct buf *out, const char *at, const char *end)
{
	size_t word = link_word(at, end);

	if (!word)
		word = wide_sign(at, end);
	if (word) {
		buf_add(out, at, word);
		buf_addstr(out, GAP);
		return at + word;
	}
	if (*at == '&')
		buf_addstr(out, "&amp;");
	else if (*at == '<')
		buf_addstr(out, "&lt;");
	else if (*at == '>')
		buf_addstr(out, "&gt;");
	else if (strchr("\\*_~[]|", *at))
		buf_addf(out, "\\%c", *at);
	else if (*at == '!' && at + 1 < end && at[1] == '[')
		buf_addstr(out, "\\!");
	else
		buf_addch(out, *at);
	if (strchr("@#", *at) || (strchr("!&^~%", *at) && refers(at, end)))
		buf_addstr(out, GAP);
	return at + 1;
}

static void add_inline(struct buf *out, const char *at, const char *end)
{
	while (at < end)
		at = *at == '`' ? add_ticks(out, at, end)
				: add_char(out, at, end);
}

/* A line of nothing but these underlines a heading, rules off, or begins a
 * table. */
static bool is_ruler(const char *at, const char *end)
{
	for (; at < end; at++)
		if (!strchr("-=:|*_+ \t", *at))
			return false;
	return true;
}

/* "- ", "* ", "+ ", "1. ", "1) ": the length up to the blank; 0: none. */
static size_t bullet(const char *at, const char *end)
{
	size_t len = 0;

	if (at < end && strchr("-*+", *at))
		len = 1;
	while (!len && at + len < end && isdigit((unsigned char)at[len]))
		len++;
	if (len && isdigit((unsigned char)*at)) {
		while (at + len < end && isdigit((unsigned char)at[len]))
			len++;
		if (len > 9 || at + len >= end || !strchr(".)", at[len]))
			return 0;
		len++;
	}
	return at + len < end && at[len] == ' ' ? len : 0;
}

/* The first characters of a line, or of an item of a list, where they would
 * begin something else than text. Returns what follows them. */
static const char *add_start(struct buf *out, const char *at, const char *end)
{
	size_t marker = bullet(at, end);

	if (at == end)
		return at;
	if (*at == '/') {
		buf_addstr(out, "/" GAP);
		return at + 1;
	}
	if (marker > 1) { /* a number */
		buf_add(out, at, marker - 1);
		buf_addf(out, "\\%c", at[marker - 1]);
		return at + marker;
	}
	if (is_ruler(at, end) || strchr("+-=", *at)) {
		buf_addf(out, "\\%c", *at);
		return at + 1;
	}
	return at;
}

/* One line outside of fences, without its line break. Lists have one level:
 * a thousand of them would keep a renderer busy. */
static void add_line(struct buf *out, const char *at, const char *end)
{
	size_t indent = 0, marker;

	for (; at < end && strchr(" \t", *at); at++)
		indent += *at == '\t' ? MAX_INDENT : 1;
	buf_addf(out, "%*s", (int)(indent < MAX_INDENT ? indent : MAX_INDENT),
		 "");
	marker = is_ruler(at, end) ? 0 : bullet(at, end);
	if (marker) {
		buf_add(out, at, marker + 1);
		for (at += marker; at < end && strchr(" \t", *at);)
			at++;
	}
	add_inline(out, add_start(out, at, end), end);
}

/* A fence: its character and length, and where its info string begins. */
struct fence {
	char ch;
	size_t len;
	const char *info;
};

static bool opens_fence(struct fence *out, const char *at, const char *end)
{
	size_t indent = run_of(at, end, ' ');

	at += indent;
	if (indent > MAX_INDENT || at == end || (*at != '`' && *at != '~'))
		return false;
	out->ch = *at;
	out->len = run_of(at, end, *at);
	out->info = at + out->len;
	return out->len >= 3 &&
	       !(*at == '`' &&
		 memchr(out->info, '`', (size_t)(end - out->info)));
}

static bool closes_fence(const struct fence *fence, const char *at,
			 const char *end)
{
	size_t indent = run_of(at, end, ' ');
	size_t len = run_of(at + indent, end, fence->ch);

	if (indent > MAX_INDENT || len < fence->len)
		return false;
	at += indent + len;
	return at + run_of(at, end, ' ') == end;
}

/* Languages that only colour. Others draw, fetch or offer to be applied:
 * suggestion, mermaid, plantuml, math ... */
static bool only_colours(const char *info, size_t len)
{
	static const char *const languages[] = {
		"bash",  "c",      "cpp",    "css",  "dart", "diff",
		"go",    "groovy", "gradle", "ini",  "java", "javascript",
		"js",    "json",   "kotlin", "kt",   "objc", "objective-c",
		"php",   "python", "ruby",   "rust", "sh",   "sql",
		"swift", "text",   "toml",   "ts",   "xml",  "typescript",
		"yaml",
	};

	for (size_t i = 0; i < ARRAY_LEN(languages); i++)
		if (strlen(languages[i]) == len &&
		    !strncasecmp(languages[i], info, len))
			return true;
	return false;
}

static const char *line_end(const char *at, const char *end)
{
	const char *stop = memchr(at, '\n', (size_t)(end - at));

	return stop ? stop : end;
}

static const char *next_line(const char *at, const char *end)
{
	const char *stop = line_end(at, end);

	return stop < end ? stop + 1 : end;
}

/* Code in a fence: where it ends, what comes then, and how long a fence must be
 * that nothing in it closes. */
struct fenced {
	const char *end, *next;
	size_t ticks;
};

static struct fenced measure(const struct fence *fence, const char *at,
			     const char *end)
{
	struct fenced out = { end, end, 3 };

	while (at < end) {
		const char *stop = line_end(at, end);

		if (closes_fence(fence, at, stop)) {
			out.end = at;
			out.next = next_line(at, end);
			break;
		}
		while (at < stop) {
			size_t run = run_of(at, stop, '`');

			out.ticks = run >= out.ticks ? run + 1 : out.ticks;
			at += run ? run : 1;
		}
		at = next_line(stop, end);
	}
	return out;
}

static void add_ticks_of(struct buf *out, size_t count)
{
	while (count--)
		buf_addch(out, '`');
}

static void add_fenced_line(struct buf *out, const char *at, const char *end)
{
	const char *word = at;

	while (word < end && strchr(" \t", *word))
		word++;
	/* Some look for actions in code, too. */
	if (word + 1 < end && *word == '/' && isalpha((unsigned char)word[1])) {
		buf_add(out, at, (size_t)(word - at) + 1);
		buf_addstr(out, GAP);
		at = word + 1;
	}
	buf_add(out, at, (size_t)(end - at));
	buf_addch(out, '\n');
}

/* Returns what follows the code. */
static const char *add_fenced(struct buf *out, const struct fence *fence,
			      const char *end)
{
	const char *first = line_end(fence->info, end);
	const char *info = fence->info + run_of(fence->info, first, ' ');
	const char *at = next_line(fence->info, end);
	struct fenced code = measure(fence, at, end);
	size_t info_len = 0;

	while (info + info_len < first &&
	       !isspace((unsigned char)info[info_len]))
		info_len++;
	add_ticks_of(out, code.ticks);
	if (only_colours(info, info_len))
		buf_add(out, info, info_len);
	buf_addch(out, '\n');
	for (; at < code.end; at = next_line(at, code.end))
		add_fenced_line(out, at, line_end(at, code.end));
	add_ticks_of(out, code.ticks);
	if (code.next < end)
		buf_addch(out, '\n');
	return code.next;
}

/* Is `out` where a line begins? Only there a fence is one. */
static bool at_line_start(const struct buf *out)
{
	size_t at = out->len;

	while (at && out->ptr[at - 1] == ' ')
		at--;
	return !at || out->ptr[at - 1] == '\n';
}

void report_neutralise(struct buf *out, const char *text, size_t max)
{
	char *clean = text_clean(text ? text : "", true);
	size_t len = strlen(clean);
	size_t used = text_cut(clean, len, max);
	const char *end = clean + used;
	struct fence fence;
	bool ends_in_code = false;

	for (const char *at = clean; at < end;) {
		const char *stop = line_end(at, end);

		if (at_line_start(out) && opens_fence(&fence, at, stop)) {
			at = add_fenced(out, &fence, end);
			ends_in_code = true;
			continue;
		}
		add_line(out, at, stop);
		ends_in_code = false;
		if (stop < end)
			buf_addch(out, '\n');
		at = next_line(at, end);
	}
	/* Nothing may stand behind a closing fence. */
	if (used < len)
		buf_addstr(out, ends_in_code && !at_line_start(out) ? "\n" CUT
								    : CUT);
	free(clean);
}

void report_neutralise_line(struct buf *out, const char *text, size_t max)
{
	char *clean = text_clean(text ? text : "", false);
	size_t len = strlen(clean);
	size_t used = text_cut(clean, len, max);

	add_line(out, clean, clean + used);
	if (used < len)
		buf_addstr(out, CUT);
	free(clean);
}

void report_code_span(struct buf *out, const char *text, size_t max)
{
	char *clean = text_clean(text ? text : "", false);
	size_t len = strlen(clean);
	size_t used = text_cut(clean, len, max);
	size_t longest = 0;

	for (size_t i = 0; i < used; i++) {
		size_t run = run_of(clean + i, clean + used, '`');

		longest = run > longest ? run : longest;
	}
	add_ticks_of(out, longest + 1);
	buf_addstr(out, longest ? " " : "");
	buf_add(out, clean, used);
	buf_addstr(out, used < len ? CUT : "");
	buf_addstr(out, longest ? " " : "");
	add_ticks_of(out, longest + 1);
	free(clean);
}
