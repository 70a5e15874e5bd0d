/* Any bytes as a note: no line of somebody else's is lost, and what we write is
 * read back as it is. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "store/note_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *formatted(const struct note_text *note)
{
	struct buf out;

	buf_init(&out, 4 * LIMIT_JOINED_NOTE_BYTES);
	note_text_format(&out, note);
	return buf_detach(&out);
}

static char *reread(const char *text)
{
	struct note_text note;
	char *out;

	note_text_parse(&note, text, strlen(text));
	out = formatted(&note);
	note_text_release(&note);
	return out;
}

/* After a first reading nothing changes any more. */
static void check_stable(const char *text)
{
	char *once = reread(text), *twice = reread(once);
	char *thrice = reread(twice);

	if (strcmp(twice, thrice) != 0)
		abort();
	free(once);
	free(twice);
	free(thrice);
}

static void check_put(const char *text)
{
	static const char section[] = "w: pass - fine\n\n  nothing";
	struct err err = ERR_INIT;
	struct note_text note;
	char *written;

	note_text_parse(&note, text, strlen(text));
	if (note_text_put(&note, "w", section,
			  "Referee-Run: 01HF7YAT000000000000000001 w pass",
			  &err) < 0)
		abort();
	written = formatted(&note);
	for (size_t i = 0; i < note.others.len; i++)
		if (!strstr(written, note.others.v[i]))
			abort();
	note_text_release(&note);
	note_text_parse(&note, written, strlen(written));
	if (!note_text_find(&note, "w") || !note_text_find(&note, "w")->text ||
	    strcmp(note_text_find(&note, "w")->text, section) != 0)
		abort();
	note_text_release(&note);
	free(written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (memchr(data, '\0', size))
		return 0; /* refused before it is parsed */
	text = xmemdup(data, size);
	check_stable(text);
	check_put(text);
	free(text);
	return 0;
}
