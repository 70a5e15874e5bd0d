/*
 * A person's word on a finding, and the notes that change with it.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "app/known.h"
#include "app/stored.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/log.h"
#include "repo/refs.h"
#include "store/pulls.h"

#define DISMISS_TRIES 10

void known_dismissed_release(struct known_dismissed *dismissed)
{
	free(dismissed->title);
	free(dismissed->path);
	memset(dismissed, 0, sizeof(*dismissed));
}

/* One of each fingerprint, borrowed from the states. */
static void gather(struct known_list *out, const struct pull_list *states)
{
	for (size_t i = 0; i < states->len; i++) {
		const struct known_list *known = &states->items[i].findings;

		for (size_t j = 0; j < known->len; j++) {
			if (known_list_find(out, known->items[j].fingerprint))
				continue;
			ARRAY_GROW(out->items, out->len, out->cap);
			out->items[out->len++] = known->items[j];
		}
	}
}

/* The same remark in a state that may know it by another name. */
static struct known_finding *find_in(struct known_list *known,
				     const struct known_finding *wanted)
{
	for (size_t i = 0; i < known->len; i++)
		if (!strcmp(known->items[i].fingerprint, wanted->fingerprint))
			return &known->items[i];
	for (size_t i = 0; i < known->len; i++)
		if (known_finding_is_same(&known->items[i], wanted))
			return &known->items[i];
	return NULL;
}

struct dismissing {
	struct pull_list states;
	struct pull_state **touched;
	size_t count;
	struct strvec heads; /* commits whose notes may show it */
};

static void dismissing_release(struct dismissing *work)
{
	pull_list_release(&work->states);
	free(work->touched);
	strvec_release(&work->heads);
	memset(work, 0, sizeof(*work));
}

static void add_head(struct dismissing *work, const char *head)
{
	if (head && *head && !strvec_has(&work->heads, head))
		strvec_add(&work->heads, head);
}

static void add_heads(struct dismissing *work, struct repo *repo,
		      const struct pull_state *state,
		      const struct known_finding *known)
{
	struct err unused = ERR_INIT;
	char tip[OID_HEX_SIZE];
	struct oid commit;

	for (size_t i = 0; i < known->event_count; i++)
		add_head(work, known->history[i].head);
	add_head(work, state->head);
	for (size_t i = 0; i < state->workflow_count; i++)
		add_head(work, state->workflows[i].head);
	if (state->branch) {
		char *ref = xstrf(HEADS "%s", state->branch);

		if (!ref_read(&commit, repo, ref, &unused)) {
			oid_format(tip, &commit);
			add_head(work, tip);
		}
		free(ref);
	}
}

/* In every state that knows it. Fixed everywhere is ERR_INVALID. */
static int say_it(struct known_dismissed *out, struct dismissing *work,
		  struct repo *repo, const struct known_finding *wanted,
		  const struct finding_event *word, struct err *err)
{
	struct err last = ERR_INIT;

	work->touched = xcalloc(work->states.len, sizeof(*work->touched));
	out->was_dismissed = true;
	for (size_t i = 0; i < work->states.len; i++) {
		struct pull_state *state = &work->states.items[i];
		struct known_finding *known = find_in(&state->findings, wanted);
		bool was_open = known && known->state == FINDING_OPEN;

		if (!known ||
		    known_finding_dismiss(known, word->by, word->reason,
					  word->at_ms, &last) < 0)
			continue;
		out->was_dismissed &= !was_open;
		work->touched[work->count++] = state;
		add_heads(work, repo, state, known);
	}
	if (work->count)
		return 0;
	*err = last;
	return -1;
}

static int dismiss_once(struct known_dismissed *out, struct dismissing *work,
			struct repo *repo, const char *prefix,
			const struct finding_event *word, struct err *err)
{
	struct known_list all = { 0 };
	struct known_finding wanted;
	size_t at;
	int ret = -1;

	if (pull_states_list(&work->states, repo, err) < 0)
		return -1;
	gather(&all, &work->states);
	if (!known_list_resolve(&at, &all, prefix, err)) {
		assert(at < all.len && all.items);
		wanted = all.items[at];
		memcpy(out->fingerprint, wanted.fingerprint, FINGERPRINT_SIZE);
		out->title = xstrdup(wanted.title ? wanted.title : "");
		out->path = wanted.path ? xstrdup(wanted.path) : NULL;
		ret = say_it(out, work, repo, &wanted, word, err);
	}
	free(all.items);
	if (!ret)
		ret = pull_states_save(repo, work->touched, work->count, err);
	return ret;
}

/* The note of one commit, if it has one; what goes wrong is told and leaves it
 * as it is: the word is said. */
static bool renew_note(struct repo *repo, const char *head)
{
	struct strvec missing = STRVEC_INIT;
	const struct run_record **records = NULL;
	struct run_list list = { 0 };
	struct err err = ERR_INIT;
	struct oid commit;
	int ret = -1;

	if (!oid_parse(&commit, head) ||
	    stored_runs(&list, &missing, repo, &commit, &err) < 0 ||
	    known_hide_list(repo, &list, &err) < 0)
		goto out;
	records = xcalloc(list.len, sizeof(*records));
	for (size_t i = 0; i < list.len; i++)
		records[i] = &list.items[i];
	ret = stored_put_notes(repo, &commit, records, list.len, &err);
out:
	if (err.code != ERR_OK && err.code != ERR_NOT_FOUND)
		log_warn("the note on %.10s stays as it is: %s", head, err.msg);
	free(records);
	strvec_release(&missing);
	run_list_release(&list);
	return !ret;
}

int known_dismiss(struct known_dismissed *out, struct repo *repo,
		  const char *prefix, const char *by, const char *reason,
		  struct err *err)
{
	struct dismissing work = { 0 };
	char *who = xstrdup(by), *why = xstrdup(reason);
	const struct finding_event word = { .at_ms = clock_wall_ms(),
					    .by = who,
					    .reason = why };
	int ret;

	*out = (struct known_dismissed){ 0 };
	for (int tries = 1;; tries++) {
		ret = dismiss_once(out, &work, repo, prefix, &word, err);
		if (!ret || err->code != ERR_CONFLICT || tries == DISMISS_TRIES)
			break;
		*err = (struct err)ERR_INIT;
		dismissing_release(&work);
		known_dismissed_release(out);
	}
	for (size_t i = 0; !ret && i < work.heads.len; i++)
		out->notes += renew_note(repo, work.heads.v[i]);
	if (ret < 0)
		known_dismissed_release(out);
	dismissing_release(&work);
	free(who);
	free(why);
	return ret;
}
