#include "app/poll_ask.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/log.h"

struct asking {
	struct poll_project *project;
	size_t at; /* the question under way */
	struct forge_wish wish;
	struct err failure; /* of the first question of all */
	bool is_in_trouble;
	poll_asked_fn *done;
	void *payload;
};

static void go_on(struct asking *asking);

static void finish(struct asking *asking)
{
	asking->done(asking->failure.code ? &asking->failure : NULL,
		     asking->payload);
	free(asking);
}

/* One thing that is not there does not keep back the others. */
static bool is_trouble(const struct err *err)
{
	return err->code != ERR_NOT_FOUND && err->code != ERR_INVALID &&
	       err->code != ERR_PROTOCOL && err->code != ERR_TOO_LARGE;
}

/* Opinions: a poll does without them. */
static bool is_courtesy(enum forge_act act)
{
	return act == FORGE_THREADS || act == FORGE_REACTIONS ||
	       act == FORGE_LINE_COMMENTS;
}

/* Who waits for them says so when it was too long. */
static bool is_awaited(enum forge_act act)
{
	return act == FORGE_STATUSES || act == FORGE_CHECKS;
}

static void fail(struct asking *asking, struct poll_question *question,
		 const struct err *err)
{
	if (!asking->at) {
		asking->failure = *err;
		return;
	}
	question->is_missing = err->code == ERR_NOT_FOUND;
	question->failure = xstrdup(err->msg);
	if (is_awaited(question->act)) {
		log_warn("%s", err->msg);
		return;
	}
	if (question->is_missing || is_courtesy(question->act)) {
		log_info("%s", err->msg);
		return;
	}
	if (is_trouble(err))
		asking->is_in_trouble = true;
	log_error("%s", err->msg);
	asking->project->problems++;
}

static void on_answer(struct forge_answer *answer, const struct err *err,
		      void *payload)
{
	struct asking *asking = payload;
	struct poll_question *question = asking->project->questions[asking->at];

	if (err) {
		fail(asking, question, err);
	} else {
		question->answer = *answer;
		*answer = (struct forge_answer){ 0 };
		question->is_answered = true;
	}
	asking->at++;
	go_on(asking);
}

static bool start(struct asking *asking, struct poll_question *question)
{
	struct err err = ERR_INIT;

	question->is_asked = true;
	asking->wish = (struct forge_wish){
		.act = question->act,
		.pull = question->pull,
		.id = question->id,
		.text = question->id,
		.head = question->id,
		.since_ms = question->since_ms,
	};
	if (forge_start(asking->project->forge, &asking->wish, on_answer,
			asking, &err) == 0)
		return true;
	fail(asking, question, &err);
	return false;
}

static void go_on(struct asking *asking)
{
	const struct poll_project *project = asking->project;

	for (; asking->at < project->question_count && !asking->failure.code &&
	       !asking->is_in_trouble;
	     asking->at++)
		if (!project->questions[asking->at]->is_asked &&
		    start(asking, project->questions[asking->at]))
			return;
	finish(asking);
}

static void begin(const struct err *err, void *payload)
{
	struct asking *asking = payload;

	if (err)
		asking->failure = *err;
	go_on(asking);
}

int poll_ask(struct loop *loop, struct poll_project *project,
	     poll_asked_fn *done, void *payload, struct err *err)
{
	struct asking *asking = xcalloc(1, sizeof(*asking));

	asking->project = project;
	asking->done = done;
	asking->payload = payload;
	if (loop_timer_start(NULL, loop, 0, begin, asking, err) == 0)
		return 0;
	free(asking);
	return -1;
}
