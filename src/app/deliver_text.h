#ifndef APP_DELIVER_TEXT_H
#define APP_DELIVER_TEXT_H

#include "app/deliver.h"

/** \file
 * What is posted: texts, and which finding goes to which line. Pure.
 */

/** A finding that the forge can show at its lines. */
struct deliver_line {
	const struct finding *finding;
	int line, start_line; /* the last and the first; the same: one line */
	bool is_whole;        /* all of the finding's lines */
};

struct deliver_choice {
	struct deliver_line *lines;
	size_t line_count;
	const struct finding **rest; /* not said yet and without a line */
	size_t rest_count;
};

/** What the run's review has to say: nothing that was posted before, was
 * dismissed or is below the workflow's floor. */
void deliver_choose(struct deliver_choice *out,
		    const struct deliver_input *input,
		    const struct deliver_run *run);
void deliver_choice_release(struct deliver_choice *choice);

/* Markers, by which our own texts are found again. The caller frees them. */
char *deliver_summary_marker(const struct run_record *record);
char *deliver_review_marker(const struct run_record *record);
/** Sets the fingerprint that a remark of ours is marked with; false: none. */
bool deliver_marked_finding(char out[FINGERPRINT_SIZE], const char *text);

/* Texts; the caller frees them. */
char *deliver_summary_text(const struct deliver_input *input,
			   const struct deliver_run *run);
char *deliver_review_text(const struct deliver_run *run,
			  const struct deliver_choice *choice, bool with_lines);
char *deliver_line_text(const struct deliver_line *line);
/** "attention - 1 major, 2 minor" */
char *deliver_outcome(const struct run_record *record);

enum forge_state deliver_state(enum verdict verdict);

#endif /* APP_DELIVER_TEXT_H */
