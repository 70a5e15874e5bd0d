#include "store/note_text.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"

static void section_release(struct note_section *section)
{
	free(section->workflow);
	free(section->text);
	free(section->trailer);
	memset(section, 0, sizeof(*section));
}

void note_text_release(struct note_text *note)
{
	for (size_t i = 0; i < note->len; i++)
		section_release(&note->sections[i]);
	free(note->sections);
	strvec_release(&note->others);
	strvec_release(&note->trailers);
	memset(note, 0, sizeof(*note));
}

/* Where the workflow's section is or would be. */
static size_t place_of(const struct note_text *note, const char *workflow)
{
	size_t i = 0;

	while (i < note->len &&
	       strcmp(note->sections[i].workflow, workflow) < 0)
		i++;
	return i;
}

const struct note_section *note_text_find(const struct note_text *note,
					  const char *workflow)
{
	size_t i = place_of(note, workflow);

	if (i == note->len || strcmp(note->sections[i].workflow, workflow) != 0)
		return NULL;
	return &note->sections[i];
}

/* Takes `section` over, in place of any that is there. */
static void replace(struct note_text *note, struct note_section *section)
{
	size_t i = place_of(note, section->workflow);

	if (note_text_find(note, section->workflow)) {
		section_release(&note->sections[i]);
		note->sections[i] = *section;
		return;
	}
	ARRAY_GROW(note->sections, note->len, note->cap);
	memmove(&note->sections[i + 1], &note->sections[i],
		(note->len - i) * sizeof(*note->sections));
	note->sections[i] = *section;
	note->len++;
}

void note_text_add(struct note_text *note, struct note_section *section)
{
	const struct note_section *there = note_text_find(note,
							  section->workflow);

	if (there && strcmp(there->run, section->run) > 0)
		section_release(section);
	else
		replace(note, section);
}

/* One line of a section that is not its first. */
static void add_body_line(struct buf *out, const char *line, size_t len)
{
	if (len && *line != ' ' && *line != '\t')
		buf_addstr(out, "  ");
	buf_add(out, line, len);
	buf_addch(out, '\n');
}

static char *indented(const char *section, struct err *err)
{
	size_t len = strcspn(section, "\n");
	struct buf out;

	buf_init(&out, LIMIT_NOTE_BYTES);
	buf_add(&out, section, len);
	buf_addch(&out, '\n');
	while (section[len]) {
		section += len + 1;
		len = strcspn(section, "\n");
		add_body_line(&out, section, len);
	}
	if (buf_check(&out, "section of a note", err) < 0) {
		buf_release(&out);
		return NULL;
	}
	while (out.len && strchr(" \t\r\n", out.ptr[out.len - 1]))
		buf_truncate(&out, out.len - 1);
	return buf_detach(&out);
}

/* Would the section and its trailer be read back as what they are? */
static bool is_readable(const char *section, const char *trailer,
			const char *workflow)
{
	struct note_text read;
	char *both = xstrf("%s\n\n%s\n", section, trailer);
	bool is_one;

	note_text_parse(&read, both, strlen(both));
	is_one = read.len == 1 && !read.others.len && !read.trailers.len &&
		 !strcmp(read.sections[0].workflow, workflow) &&
		 read.sections[0].text;
	note_text_release(&read);
	free(both);
	return is_one;
}

int note_text_put(struct note_text *note, const char *workflow,
		  const char *section, const char *trailer, struct err *err)
{
	struct note_section added = { .text = indented(section, err) };

	if (!added.text)
		return -1;
	if (!is_readable(added.text, trailer, workflow)) {
		free(added.text);
		return err_set(err, ERR_INVALID,
			       "not a section of a note for '%s'", workflow);
	}
	added.workflow = xstrdup(workflow);
	added.trailer = xstrdup(trailer);
	memcpy(added.run, trailer + strlen(NOTE_TRAILER), ULID_SIZE - 1);
	replace(note, &added);
	return 0;
}

static char *copy_text(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

/* Text that was added to on one side holds the other side's. */
static void add_text(struct strvec *list, const char *text)
{
	for (size_t i = 0; i < list->len; i++) {
		if (strstr(list->v[i], text))
			return;
		if (strstr(text, list->v[i])) {
			free(list->v[i]);
			list->v[i] = xstrdup(text);
			return;
		}
	}
	strvec_add(list, text);
}

void note_text_unite(struct note_text *note, const struct note_text *other)
{
	for (size_t i = 0; i < other->len; i++) {
		const struct note_section *from = &other->sections[i];
		struct note_section copy = {
			.workflow = xstrdup(from->workflow),
			.text = copy_text(from->text),
			.trailer = xstrdup(from->trailer),
		};

		memcpy(copy.run, from->run, ULID_SIZE);
		note_text_add(note, &copy);
	}
	for (size_t i = 0; i < other->others.len; i++)
		add_text(&note->others, other->others.v[i]);
	for (size_t i = 0; i < other->trailers.len; i++)
		if (!strvec_has(&note->trailers, other->trailers.v[i]))
			strvec_add(&note->trailers, other->trailers.v[i]);
}

static void add_paragraph(struct buf *out, const char *text)
{
	if (out->len)
		buf_addch(out, '\n');
	buf_addstr(out, text);
	buf_addch(out, '\n');
}

void note_text_format(struct buf *out, const struct note_text *note)
{
	bool is_first = true;

	for (size_t i = 0; i < note->others.len; i++)
		add_paragraph(out, note->others.v[i]);
	for (size_t i = 0; i < note->len; i++)
		if (note->sections[i].text)
			add_paragraph(out, note->sections[i].text);
	for (size_t i = 0; i < note->trailers.len; i++, is_first = false)
		buf_addf(out, "%s%s\n", is_first && out->len ? "\n" : "",
			 note->trailers.v[i]);
	for (size_t i = 0; i < note->len; i++, is_first = false)
		buf_addf(out, "%s%s\n", is_first && out->len ? "\n" : "",
			 note->sections[i].trailer);
}
