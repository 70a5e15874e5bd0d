/*
 * Pulls as the forge has them: those that moved are brought in, and looked at.
 */
#include <stdlib.h>
#include <string.h>

#include "app/poll_look.h"
#include "core/alloc.h"
#include "core/log.h"
#include "repo/object.h"

/* Those to be looked at. Texts are borrowed from the answers. */
struct arrivals {
	struct pull_subject *items;
	size_t len, cap;
	struct strvec places;
	struct strvec refspecs;
};

static void add_refspec(struct arrivals *arrivals, char *refspec)
{
	if (strvec_has(&arrivals->refspecs, refspec))
		free(refspec);
	else
		strvec_take(&arrivals->refspecs, refspec);
}

static void fill(struct pull_subject *out, const struct forge_pull *pull)
{
	*out = (struct pull_subject){
		.seen = { .base = pull->base_ref,
			  .title = pull->title,
			  .author = pull->author,
			  .labels = (const char *const *)pull->labels.v,
			  .label_count = pull->labels.len,
			  .is_draft = pull->is_draft,
			  .is_closed = pull->is_closed },
		.pull = pull,
	};
}

static void add(struct look *look, struct arrivals *arrivals,
		const struct forge_pull *pull)
{
	const struct pull_state *state = poll_find_state(look->project,
							 pull->number, NULL);
	struct pull_subject subject;

	/* What we offer ourselves is not judged. */
	if (!pull->is_fork && pull->head_ref &&
	    !strncmp(pull->head_ref, GENERATED_BRANCHES,
		     strlen(GENERATED_BRANCHES)))
		return;
	fill(&subject, pull);
	if (!oid_parse(&subject.head, pull->head) ||
	    (state && look_is_quiet(look, state, &subject)) ||
	    (!state && pull->is_closed) ||
	    poll_is_unreadable(look->project, pull->number, NULL))
		return;
	strvec_take(&arrivals->places, xstrf("#%lld", (long long)pull->number));
	subject.place = arrivals->places.v[arrivals->places.len - 1];
	ARRAY_GROW(arrivals->items, arrivals->len, arrivals->cap);
	arrivals->items[arrivals->len++] = subject;
	if (!object_exists(look->repo, &subject.head))
		add_refspec(arrivals,
			    xstrf("+refs/pull/%lld/head:" PULL_HEADS "%lld",
				  (long long)pull->number,
				  (long long)pull->number));
	if (pull->base_ref)
		add_refspec(arrivals, xstrf("+" HEADS "%s:" HEADS "%s",
					    pull->base_ref, pull->base_ref));
}

/* A pull that the forge does not know any more. */
static void forget(struct look *look, int64_t number)
{
	struct pull_state *state = poll_find_state(look->project, number, NULL);

	if (!state)
		return;
	log_info("project '%s': pull %lld is gone",
		 look->project->project->name, (long long)number);
	state->is_closed = true;
	look_touch(look, state);
}

static void collect(struct look *look, struct arrivals *arrivals)
{
	const struct poll_project *project = look->project;

	for (size_t i = 0; i < project->question_count; i++) {
		const struct poll_question *question = project->questions[i];
		const struct forge_answer *answer = &question->answer;

		if (question->act != FORGE_PULLS && question->act != FORGE_PULL)
			continue;
		if (question->is_missing && question->act == FORGE_PULL)
			forget(look, question->pull);
		for (size_t j = 0; j < answer->pull_count; j++)
			add(look, arrivals, &answer->pulls[j]);
	}
}

/* All at once; where one is not there, each alone. */
static void fetch(struct look *look, const struct strvec *refspecs)
{
	struct mirror *mirror = look->project->mirror;
	const char *const *items = (const char *const *)refspecs->v;
	struct err err = ERR_INIT;

	if (!refspecs->len ||
	    mirror_fetch(mirror, items, refspecs->len, &err) == 0)
		return;
	for (size_t i = 0; err.code == ERR_NOT_FOUND && i < refspecs->len;
	     i++) {
		struct err why = ERR_INIT;

		if (mirror_fetch(mirror, &items[i], 1, &why) < 0)
			log_info("project '%s': %s",
				 look->project->project->name, why.msg);
	}
	if (err.code != ERR_NOT_FOUND)
		look_tell(look, "fetching pulls", &err);
}

static int look_at(struct look *look, const struct pull_subject *subject,
		   struct err *err)
{
	if (!subject->seen.base)
		return err_set(err, ERR_PROTOCOL,
			       "the forge does not say where it goes");
	if (!object_exists(look->repo, &subject->head))
		return err_set(err, ERR_NOT_FOUND,
			       "its head %s cannot be fetched; the next poll "
			       "tries again",
			       subject->pull->head);
	return look_at_pull(look, subject, err);
}

void look_at_forge_pulls(struct look *look)
{
	struct arrivals arrivals = { 0 };

	collect(look, &arrivals);
	fetch(look, &arrivals.refspecs);
	for (size_t i = 0; i < arrivals.len; i++) {
		struct err err = ERR_INIT;

		if (look_at(look, &arrivals.items[i], &err) < 0)
			look_tell(look, arrivals.items[i].place, &err);
	}
	free(arrivals.items);
	strvec_release(&arrivals.places);
	strvec_release(&arrivals.refspecs);
}
