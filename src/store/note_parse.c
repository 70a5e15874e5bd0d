#include "store/note_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"
#include "store/record.h"

/* What was met in a note, in order, until the trailers say whose it is. */
struct piece {
	struct buf text;
	char *workflow; /* of what looks like a section; else NULL */
	bool is_ours;
};

struct reader {
	struct note_text *note;
	struct piece *pieces;
	size_t len, cap;
	bool is_open;     /* the last piece goes on                          */
	bool in_trailers; /* in a paragraph with a trailer of ours           */
	bool after_other; /* the last line was a trailer of somebody else    */
};

struct line {
	const char *at;
	size_t len;
};

static bool is_blank(const struct line *line)
{
	for (size_t i = 0; i < line->len; i++)
		if (!strchr(" \t\r", line->at[i]) || !line->at[i])
			return false;
	return true;
}

static bool is_indented(const struct line *line)
{
	return line->len && (*line->at == ' ' || *line->at == '\t');
}

static bool is_word(char ch)
{
	return isalnum((unsigned char)ch) || ch == '_' || ch == '-' ||
	       ch == '.';
}

static size_t word_len(const char *at, size_t len)
{
	size_t i = 0;

	while (i < len && is_word(at[i]))
		i++;
	return i;
}

/* "pr-review: attention ..." gives the length of "pr-review"; else 0. */
static size_t section_name(const struct line *line)
{
	size_t name = word_len(line->at, line->len), word;
	char verdict[16] = "";
	enum verdict unused;

	if (!name || name + 2 >= line->len ||
	    strncmp(line->at + name, ": ", 2) != 0)
		return 0;
	word = word_len(line->at + name + 2, line->len - name - 2);
	if (!word || word >= sizeof(verdict))
		return 0;
	memcpy(verdict, line->at + name + 2, word);
	return verdict_parse(&unused, verdict) ? name : 0;
}

/* "Referee-Run: <ulid> <workflow> ..." */
static bool read_trailer(char run[ULID_SIZE], struct line *workflow,
			 const struct line *line)
{
	size_t prefix = strlen(NOTE_TRAILER), start = prefix + ULID_SIZE;

	if (line->len <= start ||
	    strncmp(line->at, NOTE_TRAILER, prefix) != 0 ||
	    line->at[start - 1] != ' ')
		return false;
	memcpy(run, line->at + prefix, ULID_SIZE - 1);
	run[ULID_SIZE - 1] = '\0';
	workflow->at = line->at + start;
	workflow->len = word_len(workflow->at, line->len - start);
	return ulid_time_ms(run) >= 0 && workflow->len;
}

/* "Reviewed-by: Ada": what git takes for a trailer. */
static bool is_trailer(const struct line *line)
{
	size_t i = 0;

	while (i < line->len &&
	       (isalnum((unsigned char)line->at[i]) || line->at[i] == '-'))
		i++;
	return i && i < line->len && line->at[i] == ':';
}

static struct line next_line(const char **at, const char *end)
{
	const char *stop = memchr(*at, '\n', (size_t)(end - *at));
	struct line line = { *at, (size_t)((stop ? stop : end) - *at) };

	*at = stop ? stop + 1 : end;
	return line;
}

static bool paragraph_has_trailer(const char *at, const char *end)
{
	struct line workflow;
	char run[ULID_SIZE];

	while (at < end) {
		struct line line = next_line(&at, end);

		if (is_blank(&line))
			return false;
		if (read_trailer(run, &workflow, &line))
			return true;
	}
	return false;
}

static struct piece *open_piece(struct reader *reader)
{
	struct piece *piece;

	ARRAY_GROW(reader->pieces, reader->len, reader->cap);
	piece = &reader->pieces[reader->len++];
	memset(piece, 0, sizeof(*piece));
	buf_init(&piece->text, LIMIT_JOINED_NOTE_BYTES);
	reader->is_open = true;
	return piece;
}

static void add_line(struct reader *reader, const struct line *line)
{
	struct piece *piece;

	if (reader->is_open)
		piece = &reader->pieces[reader->len - 1];
	else
		piece = open_piece(reader);
	buf_add(&piece->text, line->at, line->len);
	buf_addch(&piece->text, '\n');
}

/* Without the blank lines around it, a first line's indentation kept. */
static char *trimmed(const struct buf *text)
{
	const char *at = text->ptr, *end = at + text->len, *next = at;

	while (next < end) {
		struct line line = next_line(&next, end);

		if (!is_blank(&line))
			break;
		at = next;
	}
	while (end > at && strchr(" \t\r\n", end[-1]) && end[-1])
		end--;
	return xmemdup(at, (size_t)(end - at));
}

/* The latest piece that looks like this workflow's section is its section. */
static void take_trailer(struct reader *reader, const char *run,
			 const struct line *workflow, const struct line *line)
{
	struct note_section section = {
		.workflow = xmemdup(workflow->at, workflow->len),
		.trailer = xmemdup(line->at, line->len),
	};

	memcpy(section.run, run, ULID_SIZE);
	for (size_t i = reader->len; i-- > 0 && !section.text;) {
		struct piece *piece = &reader->pieces[i];

		if (!piece->workflow || piece->is_ours ||
		    strcmp(piece->workflow, section.workflow) != 0)
			continue;
		piece->is_ours = true;
		section.text = trimmed(&piece->text);
	}
	note_text_add(reader->note, &section);
}

static void add_other_trailer(struct reader *reader, const struct line *line)
{
	struct strvec *list = &reader->note->trailers;
	char *text = xmemdup(line->at, line->len);

	if (!strvec_has(list, text))
		strvec_add(list, text);
	free(text);
}

/* A line of the block that belongs to the trailer above it. */
static void continue_trailer(struct reader *reader, const struct line *line)
{
	struct strvec *list = &reader->note->trailers;
	char *text = xstrf("%s\n%.*s", list->v[list->len - 1], (int)line->len,
			   line->at);

	free(list->v[list->len - 1]);
	list->v[list->len - 1] = text;
}

static void read_line(struct reader *reader, const struct line *line)
{
	size_t name = section_name(line);
	struct line workflow;
	char run[ULID_SIZE];

	if (read_trailer(run, &workflow, line)) {
		take_trailer(reader, run, &workflow, line);
		reader->is_open = reader->after_other = false;
	} else if (name && !reader->in_trailers) {
		open_piece(reader)->workflow = xmemdup(line->at, name);
		add_line(reader, line);
	} else if (reader->in_trailers && is_trailer(line)) {
		add_other_trailer(reader, line);
		reader->after_other = true;
		reader->is_open = false;
	} else if (reader->after_other && is_indented(line)) {
		continue_trailer(reader, line);
	} else {
		/* Other people's text ends a section of ours. */
		if (reader->is_open &&
		    reader->pieces[reader->len - 1].workflow &&
		    !is_indented(line) && !is_blank(line))
			reader->is_open = false;
		add_line(reader, line);
	}
}

static void finish(struct reader *reader)
{
	for (size_t i = 0; i < reader->len; i++) {
		struct piece *piece = &reader->pieces[i];
		char *text = trimmed(&piece->text);

		if (!piece->is_ours && *text)
			strvec_add(&reader->note->others, text);
		free(text);
		free(piece->workflow);
		buf_release(&piece->text);
	}
	free(reader->pieces);
}

void note_text_parse(struct note_text *out, const char *text, size_t len)
{
	struct reader reader = { .note = out };
	const char *at = text, *end = text + len;
	bool starts_paragraph = true;

	memset(out, 0, sizeof(*out));
	while (at < end) {
		const char *start = at;
		struct line line = next_line(&at, end);

		if (is_blank(&line)) {
			reader.in_trailers = reader.after_other = false;
			starts_paragraph = true;
			if (reader.is_open)
				add_line(&reader, &line);
			continue;
		}
		if (starts_paragraph)
			reader.in_trailers = paragraph_has_trailer(start, end);
		starts_paragraph = false;
		read_line(&reader, &line);
	}
	finish(&reader);
}
