#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "store/note_text.h"

#define RUN_1 "01HF7YAT000000000000000001"
#define RUN_2 "01HF7YAT000000000000000002"
#define RUN_3 "01HF7YAT000000000000000003"
#define KEY   "5f1c090123456789"

#define SECTION_A      "a: pass\n\n  fine\n"
#define SECTION_B      "b: attention - 1 major\n\n  major  x:1  bad\n\n  more\n"
#define TRAILER_A(run) "Referee-Run: " run " a pass " KEY " 0.0000 USD\n"
#define TRAILER_B(run) "Referee-Run: " run " b attention " KEY " 0.0421 USD\n"

static char *formatted(const struct note_text *note)
{
	struct buf out;

	buf_init(&out, 10000);
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

/* What is written of what was read. */
static const struct {
	const char *what, *text, *written;
} readings[] = {
	{ "empty", "", "" },
	{ "blank", "\n \n\n", "" },
	{ "as we write it",
	  SECTION_A "\n" SECTION_B "\n" TRAILER_A(RUN_1) TRAILER_B(RUN_2),
	  SECTION_A "\n" SECTION_B "\n" TRAILER_A(RUN_1) TRAILER_B(RUN_2) },
	{ "sections out of order",
	  SECTION_B "\n" SECTION_A "\n" TRAILER_B(RUN_2) TRAILER_A(RUN_1),
	  SECTION_A "\n" SECTION_B "\n" TRAILER_A(RUN_1) TRAILER_B(RUN_2) },
	{ "only somebody else's", "hello\n\n  you\n", "hello\n\n  you\n" },
	{ "somebody appended", SECTION_A "\n" TRAILER_A(RUN_1) "\nhello\n",
	  "hello\n\n" SECTION_A "\n" TRAILER_A(RUN_1) },
	{ "somebody appended indented text",
	  SECTION_A "\n" TRAILER_A(RUN_1) "\n  hello\n",
	  "  hello\n\n" SECTION_A "\n" TRAILER_A(RUN_1) },
	{ "text between sections",
	  SECTION_A "hello\n  you\n" SECTION_B "\n" TRAILER_A(RUN_1)
		  TRAILER_B(RUN_2),
	  "hello\n  you\n\n" SECTION_A "\n" SECTION_B "\n" TRAILER_A(RUN_1)
		  TRAILER_B(RUN_2) },
	{ "what looks like a section without a trailer",
	  "build: failed\n\n  log\n\n" SECTION_A "\n" TRAILER_A(RUN_1),
	  "build: failed\n\n  log\n\n" SECTION_A "\n" TRAILER_A(RUN_1) },
	{ "two notes joined: the later run stays",
	  "a: failed\n\n  old\n\n" TRAILER_A(RUN_1) "\n" SECTION_A
						    "\n" TRAILER_A(RUN_2),
	  SECTION_A "\n" TRAILER_A(RUN_2) },
	{ "two notes joined the other way round",
	  SECTION_A
	  "\n" TRAILER_A(RUN_2) "\na: failed\n\n  old\n\n" TRAILER_A(RUN_1),
	  SECTION_A "\n" TRAILER_A(RUN_2) },
	{ "trailers of others, also continued",
	  SECTION_A "\nReviewed-by: Ada\n" TRAILER_A(
		  RUN_1) "Tested-by: Bob\n  on a phone\n",
	  SECTION_A
	  "\nReviewed-by: Ada\nTested-by: Bob\n  on a phone\n" TRAILER_A(
		  RUN_1) },
	{ "a trailer without a section", "x\n\n" TRAILER_A(RUN_1),
	  "x\n\n" TRAILER_A(RUN_1) },
	{ "trailers that are none of ours", "Referee-Run: no-ulid a pass\n",
	  "Referee-Run: no-ulid a pass\n" },
	{ "not even text", "\xff\xfe\n\x01\n", "\xff\xfe\n\x01\n" },
};

Test(note_text, is_written_as_it_was_read)
{
	for (size_t i = 0; i < ARRAY_LEN(readings); i++) {
		char *once = reread(readings[i].text), *twice = reread(once);

		cr_assert(eq(str, once, (char *)readings[i].written), "%s",
			  readings[i].what);
		cr_assert(eq(str, twice, once), "%s again", readings[i].what);
		free(once);
		free(twice);
	}
}

Test(note_text, a_section_is_replaced_as_a_whole)
{
	static const char before[] = "hello\n\n" SECTION_A "\n" SECTION_B
				     "\n" TRAILER_A(RUN_1) TRAILER_B(RUN_1);
	struct err err = ERR_INIT;
	struct note_text note;
	char *after;

	note_text_parse(&note, before, strlen(before));
	must(note_text_put(&note, "b", "b: pass - new\nnot indented\n\n",
			   "Referee-Run: " RUN_2 " b pass " KEY " 0 USD",
			   &err));
	after = formatted(&note);
	cr_assert(eq(str, after,
		     "hello\n\n" SECTION_A
		     "\nb: pass - new\n  not indented\n\n" TRAILER_A(
			     RUN_1) "Referee-Run: " RUN_2 " b pass " KEY
				    " 0 USD\n"));
	free(after);
	note_text_release(&note);
}

static const struct {
	const char *section, *trailer;
} unfit[] = {
	{ "b: pass", "Referee-Run: " RUN_1 " a pass" },
	{ "a: pass", "Referee-Run: " RUN_1 " b pass" },
	{ "a: fine", "Referee-Run: " RUN_1 " a pass" },
	{ "a pass", "Referee-Run: " RUN_1 " a pass" },
	{ "", "Referee-Run: " RUN_1 " a pass" },
	{ "a: pass", "" },
	{ "a: pass", "Referee-Run: x a pass" },
	{ "a: pass", "Referee-Run: " RUN_1 " a pass\nhello" },
	{ "a: pass", "Referee-Run: " RUN_1 " a pass\nX-Y: z" },
};

Test(note_text, what_could_not_be_read_back_is_refused)
{
	for (size_t i = 0; i < ARRAY_LEN(unfit); i++) {
		struct note_text note = { 0 };
		struct err err = ERR_INIT;

		must_fail(ERR_INVALID,
			  note_text_put(&note, "a", unfit[i].section,
					unfit[i].trailer, &err));
		note_text_release(&note);
	}
}

static const struct {
	const char *ours, *theirs, *both;
} unions[] = {
	{ SECTION_A "\n" TRAILER_A(RUN_1), SECTION_B "\n" TRAILER_B(RUN_2),
	  SECTION_A "\n" SECTION_B "\n" TRAILER_A(RUN_1) TRAILER_B(RUN_2) },
	{ "a: failed\n\n" TRAILER_A(RUN_1), SECTION_A "\n" TRAILER_A(RUN_2),
	  SECTION_A "\n" TRAILER_A(RUN_2) },
	{ SECTION_A "\n" TRAILER_A(RUN_3), "a: failed\n\n" TRAILER_A(RUN_2),
	  SECTION_A "\n" TRAILER_A(RUN_3) },
	{ "hello\n", "hello\n\nyou\n", "hello\n\nyou\n" },
	{ "hello\n\nyou\n", "hello\n", "hello\n\nyou\n" },
	{ "hello\n", "you\n", "hello\n\nyou\n" },
	{ SECTION_A "\n" TRAILER_A(RUN_1) "X: 1\n",
	  SECTION_A "\n" TRAILER_A(RUN_1) "X: 1\nY: 2\n",
	  SECTION_A "\nX: 1\nY: 2\n" TRAILER_A(RUN_1) },
};

Test(note_text, both_sides_are_kept)
{
	for (size_t i = 0; i < ARRAY_LEN(unions); i++) {
		struct note_text ours, theirs;
		char *both;

		note_text_parse(&ours, unions[i].ours, strlen(unions[i].ours));
		note_text_parse(&theirs, unions[i].theirs,
				strlen(unions[i].theirs));
		note_text_unite(&ours, &theirs);
		both = formatted(&ours);
		cr_assert(eq(str, both, (char *)unions[i].both), "%zu", i);
		free(both);
		note_text_release(&ours);
		note_text_release(&theirs);
	}
}
