#ifndef APP_DELIVER_STEPS_H
#define APP_DELIVER_STEPS_H

#include "app/deliver.h"
#include "app/deliver_text.h"

/* A delivery under way, and its steps; of deliver*.c alone. */

enum step {
	STEP_HEAD, /* is it still what was judged? */
	STEP_WHO,
	/* For each run: */
	STEP_FIND_REVIEW,
	STEP_DROP, /* our reviews that nobody can see */
	STEP_REVIEW,
	STEP_LINES, /* which remark became which comment */
	STEP_FIND_COMMENT,
	STEP_COMMENT,
	STEP_STATUS,
	STEP_NEXT_RUN,
	/* For each finding that is fixed: */
	STEP_THREADS,
	STEP_RESOLVE,
	STEP_END,
};

struct deliver {
	struct deliver_input input;
	struct loop *loop;
	enum step step;
	size_t run;
	struct deliver_choice choice;
	bool has_choice;
	bool is_plain;          /* the review goes without remarks on lines */
	bool was_looked_for;    /* the review, after a post that failed     */
	char *review_id;        /* of this run, once it is there            */
	char *user, *user_id;   /* we */
	struct strvec pending;  /* reviews to drop */
	struct strvec threads;  /* to resolve, and */
	struct strvec resolved; /* the fingerprints they are of */
	struct strvec texts;    /* of the wish under way */
	struct forge_line *lines;
	struct forge_annotation *notes;
	struct forge_review review;
	struct forge_status status;
	struct forge_check check;
	struct forge_wish wish;
	bool is_dirty; /* the state is to be saved */
	bool is_over;
	struct err failure; /* the first */
	struct deliver_result result;
	deliver_done_fn *done;
	void *payload;
};

/* Of a review: which remark became which comment is not known yet. */
#define UNREAD "unread"

/* What there is to be posted, as far as is remembered (deliver_wants.c). */
bool deliver_wants_comment(const struct deliver *deliver,
			   const struct deliver_run *run);
bool deliver_wants_status(const struct deliver *deliver,
			  const struct deliver_run *run);
/* Needs to know who we are. */
bool deliver_wants_account(const struct deliver *deliver);
bool deliver_wants_resolving(const struct deliver *deliver);
/* Said on a line, fixed or dismissed since, and not yet closed there: of the
 * i-th entry of what was posted. */
bool deliver_is_to_resolve(const struct deliver *deliver, size_t i);
/* The review is there, its remarks are UNREAD; NULL: they are not. */
const struct posted *deliver_unread_review(const struct deliver *deliver,
					   const struct deliver_run *run);
/* A status says how a head fared: state, text, head. The caller frees it. */
char *deliver_status_words(const struct deliver *deliver,
			   const struct deliver_run *run);
void deliver_digest(char out[SHA256_HEX_SIZE], const char *text);

/* A step first looks whether there is anything to do for it. */
struct deliver_step {
	/* True if a call is to be made; the wish is set then. */
	bool (*start)(struct deliver *deliver);
	void (*take)(struct deliver *deliver, struct forge_answer *answer);
	/* True if that is dealt with. */
	bool (*failed)(struct deliver *deliver, const struct err *err);
};

extern const struct deliver_step deliver_steps[];

/* What belongs to the present run alone. */
void deliver_forget_run(struct deliver *deliver);

/* Counts a post; false when the hour has had enough of them. */
bool deliver_count_post(struct deliver *deliver);

/* Did the forge refuse just this? Else it is in trouble. */
bool deliver_is_refusal(const struct err *err);

/* Whoever's right to work here has run out must not post. */
bool deliver_has_time(struct deliver *deliver);

#endif /* APP_DELIVER_STEPS_H */
