#ifndef STORE_NOTE_TEXT_H
#define STORE_NOTE_TEXT_H

#include <stddef.h>

#include "core/buf.h"
#include "core/random.h"
#include "core/strvec.h"

/** \file
 * The text of a note: a section for each workflow, one block of trailers at the
 * end (design: "Note"), and whatever other people and tools wrote into it.
 *
 * A section starts with "<workflow id>: <verdict>" at the start of a line and
 * goes on while lines are indented or empty. It is ours if a trailer
 * "Referee-Run: <ulid> <workflow id> ..." follows it; all else is kept as it
 * is, in front of our sections. So are trailers of others, in the block.
 */

#define NOTE_TRAILER "Referee-Run: "

struct note_section {
	char *workflow;
	char run[ULID_SIZE];
	char *text; /* without line breaks at its end; NULL: only a trailer */
	char *trailer; /* the whole line, without its line break              */
};

struct note_text {
	struct note_section *sections; /* by workflow */
	size_t len, cap;
	struct strvec others;   /* pieces of other people's text, in order */
	struct strvec trailers; /* other people's, in order                */
};

/** Reads any bytes. Of two sections of one workflow the later run stays. */
void note_text_parse(struct note_text *out, const char *text, size_t len);
void note_text_release(struct note_text *note);

/**
 * Puts a workflow's section in place of the one that is there. `section` starts
 * with "<workflow>: "; its other lines are indented if they are not; `trailer`
 * is the whole line. ERR_INVALID if they are not of that form.
 */
MUST_CHECK int note_text_put(struct note_text *note, const char *workflow,
			     const char *section, const char *trailer,
			     struct err *err);

/** Takes `section` over, unless there is one of the same workflow and a later
 * run, which stays. */
void note_text_add(struct note_text *note, struct note_section *section);

/** Adds all of `other`: of two sections of one workflow the later run stays,
 * text that is there already is not repeated. */
void note_text_unite(struct note_text *note, const struct note_text *other);

void note_text_format(struct buf *out, const struct note_text *note);

/** NULL if there is none. */
const struct note_section *note_text_find(const struct note_text *note,
					  const char *workflow);

#endif /* STORE_NOTE_TEXT_H */
