#include "agents/findings.h"

#include <string.h>

#include "agents/answers.h"
#include "agents/suggestion.h"
#include "code/lang.h"
#include "code/outline.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/text.h"
#include "store/findings_life.h"

void findings_answer_release(struct findings_answer *answer)
{
	finding_list_release(&answer->findings);
	free(answer->summary);
	*answer = (struct findings_answer){ 0 };
}

int findings_parse(struct findings_answer *out, const char *text, size_t len,
		   const char *agent, struct err *err)
{
	const struct json *list, *at;
	struct json *doc = NULL;
	size_t index = 0;
	int ret = -1;

	*out = (struct findings_answer){ 0 };
	answer_strip_fence(&text, &len);
	if (json_parse(&doc, text, len, err) < 0)
		return -1;
	if (json_array(&list, doc, "findings", err) < 0)
		goto out;
	for (at = json_first(list); at; at = json_next(at), index++) {
		struct finding *finding;

		if (out->findings.len >= LIMIT_FINDINGS) {
			out->dropped++;
			continue;
		}
		finding = finding_list_add(&out->findings);
		if (finding_parse(finding, at, err) < 0) {
			err_prefix(err, "findings.%zu", index);
			goto out;
		}
		strvec_release(&finding->agents);
		strvec_add(&finding->agents, agent);
	}
	if (json_string_or(doc, "summary", NULL))
		out->summary = xstrdup(json_string_or(doc, "summary", NULL));
	ret = 0;
out:
	if (ret < 0)
		findings_answer_release(out);
	json_free(doc);
	return ret;
}

/* Same text, white space aside? */
static bool same_code(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t i = 0, j = 0;

	for (;;) {
		while (i < a_len && strchr(" \t\r", a[i]))
			i++;
		while (j < b_len && strchr(" \t\r", b[j]))
			j++;
		if (i == a_len || j == b_len)
			return i == a_len && j == b_len;
		if (a[i++] != b[j++])
			return false;
	}
}

struct quote {
	const char *lines[64];
	size_t lens[64];
	size_t count;
};

static bool is_blank(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr(" \t\r", text[i]))
			return false;
	return true;
}

/* Its lines, blank ones at both ends left out. */
static void split_quote(struct quote *out, const char *text)
{
	out->count = 0;
	while (*text && out->count < ARRAY_LEN(out->lines)) {
		size_t len = strcspn(text, "\n");

		if (out->count || !is_blank(text, len)) {
			out->lines[out->count] = text;
			out->lens[out->count++] = len;
		}
		text += len;
		text += *text == '\n';
	}
	while (out->count &&
	       is_blank(out->lines[out->count - 1], out->lens[out->count - 1]))
		out->count--;
}

static bool contains(const char *line, size_t len, const char *part,
		     size_t part_len)
{
	while (part_len && strchr(" \t\r", *part)) {
		part++;
		part_len--;
	}
	while (part_len && strchr(" \t\r", part[part_len - 1]))
		part_len--;
	return part_len && memmem(line, len, part, part_len);
}

/* Would text_clean(), which answers went through, change it? (More than that
 * is no harm.) */
static bool needs_cleaning(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char ch = (unsigned char)text[i];

		if (ch > '~' || (ch < ' ' && ch != '\t' && ch != '\r'))
			return true;
	}
	return false;
}

/* Is this the quoted line, as it is or as an answer could tell it? `part`: a
 * part of it is enough. */
static bool is_line(const char *text, size_t len, const char *quoted,
		    size_t quoted_len, bool part)
{
	struct buf clean = { 0 };
	bool same;

	if (needs_cleaning(text, len)) {
		buf_init(&clean, 3 * len + 1); /* a bad byte becomes three */
		text_add_clean(&clean, text, len, true);
		text = clean.ptr;
		len = clean.len;
	}
	same = same_code(text, len, quoted, quoted_len) ||
	       (part && contains(text, len, quoted, quoted_len));
	buf_release(&clean);
	return same;
}

/* Does the quote stand at `line`? One line may be quoted in part. */
static bool stands_at(const struct quote *quote, const struct sources *sources,
		      size_t file, int line)
{
	const char *text;
	size_t len;

	for (size_t i = 0; i < quote->count; i++) {
		if (!sources_line(sources, file, line + (int)i, &text, &len))
			return false;
		if (!is_line(text, len, quote->lines[i], quote->lens[i],
			     quote->count == 1))
			return false;
	}
	return quote->count > 0;
}

/* The line nearest to `near` inside a hunk where the quote stands; 0: none. */
static int find_quote(const struct quote *quote, const struct sources *sources,
		      size_t file, int near)
{
	const struct changed_file *changed =
		&sources_changeset(sources)->files[file];
	int best = 0;

	for (size_t i = 0; i < changed->hunk_count; i++) {
		const struct hunk *hunk = &changed->hunks[i];

		for (int at = hunk->new_start;
		     at < hunk->new_start + hunk->new_count; at++) {
			if (best && abs(at - near) >= abs(best - near))
				continue;
			if (stands_at(quote, sources, file, at))
				best = at;
		}
	}
	return best;
}

static void anchor_lines(struct finding *finding, const struct sources *sources,
			 size_t file)
{
	struct quote quote;
	int line, last;

	split_quote(&quote, finding->quote ? finding->quote : "");
	line = find_quote(&quote, sources, file, finding->line);
	if (!line) {
		finding->line = finding->end_line = 0;
		free(finding->suggestion); /* nowhere to apply it */
		finding->suggestion = NULL;
		return;
	}
	last = line + (int)quote.count - 1;
	/* A finding may be about more lines than it quotes. */
	if (finding->end_line - finding->line + line > last &&
	    changed_file_has_line(&sources_changeset(sources)->files[file],
				  finding->end_line - finding->line + line))
		last = finding->end_line - finding->line + line;
	finding->line = line;
	finding->end_line = last;
}

static void check_suggestion(struct finding *finding,
			     const struct sources *sources, size_t file)
{
	const char *why;

	if (!finding->suggestion ||
	    suggestion_would_do(&why, finding, sources, file))
		return;
	log_debug("%s:%d: suggestion dropped: %s", finding->path, finding->line,
		  why);
	free(finding->suggestion);
	finding->suggestion = NULL;
}

/* The quote as it stands in the file, so that every report shows real code. */
static void take_quote(struct finding *finding, const struct sources *sources,
		       size_t file)
{
	struct buf quote;
	const char *text;
	size_t len;

	if (!finding->line)
		return;
	buf_init(&quote, LIMIT_FINDING_BODY);
	for (int i = finding->line; i <= finding->end_line; i++) {
		if (!sources_line(sources, file, i, &text, &len))
			break;
		if (quote.len)
			buf_addch(&quote, '\n');
		buf_add(&quote, text, len);
	}
	free(finding->quote);
	finding->quote = text_utf8(quote.ptr, quote.len);
	buf_release(&quote);
}

/* What is told of paths is UTF-8 without control and invisible characters: a
 * pull must not lose the findings of a file by giving it a strange name. */
static bool is_told_as(const char *path, const char *told)
{
	char *clean;
	bool same;

	if (!strcmp(path, told))
		return true;
	if (!needs_cleaning(path, strlen(path)))
		return false;
	clean = text_clean(path, true);
	same = !strcmp(clean, told);
	free(clean);
	return same;
}

static size_t find_file(const struct changeset *changeset, const char *path)
{
	for (size_t i = 0; path && i < changeset->file_count; i++)
		if (is_told_as(changeset->files[i].path, path))
			return i;
	return SIZE_MAX;
}

/* The function or type around the line, as people name it; NULL: none. */
static char *symbol_at(const char *text, size_t len, const char *path, int line)
{
	const struct symbol *symbol;
	struct outline outline;
	struct buf name;
	char *found = NULL;

	outline_make(&outline, text, len, lang_of_path(path));
	symbol = outline_at(&outline, (uint32_t)line);
	if (symbol) {
		buf_init(&name, LIMIT_FINDING_TITLE);
		symbol_add_path(&name, &outline, symbol);
		found = buf_detach(&name);
	}
	outline_release(&outline);
	return found;
}

static void name_finding(struct finding *finding, const struct sources *sources,
			 size_t file)
{
	const char *text;
	size_t len;

	text = sources_text(sources, file, &len);
	if (text && finding->line && !finding->symbol)
		finding->symbol = symbol_at(text, len, finding->path,
					    finding->line);
	/* A stored one keeps what it is known by. */
	if (!*finding->fingerprint)
		finding_fingerprint(finding);
}

void findings_anchor(struct findings_answer *answer,
		     const struct sources *sources, enum severity floor)
{
	struct finding_list *list = &answer->findings;
	size_t kept = 0;

	for (size_t i = 0; i < list->len; i++) {
		struct finding *finding = &list->items[i];
		size_t file = find_file(sources_changeset(sources),
					finding->path);

		if (file == SIZE_MAX || finding->severity < floor) {
			answer->dropped += file == SIZE_MAX;
			finding_release(finding);
			continue;
		}
		anchor_lines(finding, sources, file);
		check_suggestion(finding, sources, file);
		take_quote(finding, sources, file);
		name_finding(finding, sources, file);
		list->items[kept++] = *finding;
	}
	list->len = kept;
	finding_list_sort(list);
}
