#include "app/poll_reply.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/fault.h"
#include "core/log.h"

#define OF_REVIEW "review:"

/* Each leads to the next; one that has nothing to do is left out. */
enum step { STEP_HELD, STEP_LOOK, STEP_REACT, STEP_COMMENT, STEP_SAID };

struct replying {
	struct poll_project *project;
	size_t at;
	enum step step;
	bool is_there; /* the comment */
	struct forge_wish wish;
	char *text; /* of the wish */
	struct forge_status status;
	struct forge_check check;
	poll_replied_fn *done;
	void *payload;
};

static void go_on(struct replying *replying);

static char *marker_of(const struct poll_reply *reply)
{
	return xstrf("<!-- referee:reply:%s -->", reply->comment);
}

static void next_reply(struct replying *replying)
{
	replying->at++;
	replying->step = STEP_HELD;
	replying->is_there = false;
}

static void look_for_ours(struct replying *replying,
			  const struct poll_reply *reply,
			  const struct forge_answer *answer)
{
	char *marker = marker_of(reply);

	for (size_t i = 0; i < answer->comment_count; i++)
		if (!strncmp(answer->comments[i].body, marker, strlen(marker)))
			replying->is_there = true;
	free(marker);
}

/* Somebody who deleted the comment wants no answer. */
static bool is_gone(const struct err *err)
{
	return err->code == ERR_NOT_FOUND || err->code == ERR_INVALID;
}

static void on_answer(struct forge_answer *answer, const struct err *err,
		      void *payload)
{
	struct replying *replying = payload;
	struct poll_project *project = replying->project;
	struct poll_reply *reply = project->replies[replying->at];

	free(replying->text);
	replying->text = NULL;
	if (err && !is_gone(err)) {
		log_error("%s", err->msg);
		project->problems++;
		next_reply(replying);
	} else {
		if (err)
			log_info("%s", err->msg);
		else if (replying->step == STEP_LOOK)
			look_for_ours(replying, reply, answer);
		replying->step++;
	}
	go_on(replying);
}

/* As a check run where results are such, so that they take its place. */
static void set_held(struct replying *replying, const struct poll_reply *reply)
{
	struct forge_wish *wish = &replying->wish;

	replying->text = xstrf("referee/%s", reply->held);
	replying->check = (struct forge_check){
		.name = replying->text,
		.state = FORGE_PENDING,
		.title = "waits for somebody who approves it",
		.text = reply->text,
	};
	replying->status = (struct forge_status){ .context = replying->text,
						  .state = FORGE_PENDING,
						  .text = reply->text };
	wish->act = forge_can(replying->project->forge, FORGE_CHECK)
			    ? FORGE_CHECK
			    : FORGE_STATUS;
	wish->check = &replying->check;
	wish->status = &replying->status;
}

static bool set_wish(struct replying *replying, const struct poll_reply *reply)
{
	struct forge_wish *wish = &replying->wish;
	bool is_review = reply->comment &&
			 !strncmp(reply->comment, OF_REVIEW, strlen(OF_REVIEW));
	char *marker;

	*wish = (struct forge_wish){ .pull = reply->state->number,
				     .head = reply->state->head };
	if (reply->held && replying->step != STEP_HELD)
		return false;
	switch (replying->step) {
	case STEP_HELD:
		if (reply->held)
			set_held(replying, reply);
		return reply->held != NULL;
	case STEP_LOOK:
		wish->act = FORGE_PULL_COMMENTS;
		return reply->text && reply->may_be_there;
	case STEP_REACT:
		wish->act = FORGE_REACT;
		wish->id = reply->comment;
		wish->text = reply->reaction;
		return !is_review;
	case STEP_COMMENT:
		if (!reply->text || replying->is_there)
			return false;
		marker = marker_of(reply);
		replying->text = xstrf("%s\n%s", marker, reply->text);
		free(marker);
		wish->act = FORGE_ADD_COMMENT;
		wish->text = replying->text;
		return true;
	case STEP_SAID:
		break;
	}
	return false;
}

static bool start(struct replying *replying)
{
	struct err err = ERR_INIT;

	fault_point("poll.reply");
	if (forge_start(replying->project->forge, &replying->wish, on_answer,
			replying, &err) == 0)
		return true;
	log_error("%s", err.msg);
	replying->project->problems++;
	free(replying->text);
	replying->text = NULL;
	next_reply(replying);
	return false;
}

static void go_on(struct replying *replying)
{
	struct poll_project *project = replying->project;

	while (replying->at < project->reply_count) {
		struct poll_reply *reply = project->replies[replying->at];

		if (replying->step == STEP_SAID) {
			reply->is_said = true;
			next_reply(replying);
		} else if (!set_wish(replying, reply)) {
			replying->step++;
		} else if (start(replying)) {
			return;
		}
	}
	replying->done(replying->payload);
	free(replying);
}

static void begin(const struct err *err, void *payload)
{
	struct replying *replying = payload;

	if (err)
		replying->at = replying->project->reply_count;
	go_on(replying);
}

int poll_reply(struct loop *loop, struct poll_project *project,
	       poll_replied_fn *done, void *payload, struct err *err)
{
	struct replying *replying = xcalloc(1, sizeof(*replying));

	replying->project = project;
	replying->done = done;
	replying->payload = payload;
	if (loop_timer_start(NULL, loop, 0, begin, replying, err) == 0)
		return 0;
	free(replying);
	return -1;
}
