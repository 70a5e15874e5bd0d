/*
 * Requests by ref: an engineer asks for a workflow on a commit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/poll_look.h"
#include "app/stored.h"
#include "core/alloc.h"
#include "core/random.h"
#include "store/requests.h"
#include "store/runs.h"

/* Not made by any definition. */
#define NO_DEFINITION "0000000000000000"

/* What is judged: the commit against the target, or against its parent where
 * the target has it already. */
static int add_change(struct poll_change **out, struct look *look,
		      const struct run_request *request, struct err *err)
{
	bool is_behind;
	struct oid base;

	if (look_tip(&base, look, look->target, err) < 0 ||
	    repo_is_ancestor(&is_behind, look->repo, &request->commit, &base,
			     err) < 0)
		return -1;
	if (is_behind && look_parent(&base, look, &request->commit, err) < 0)
		return -1;
	if (poll_change_add(out, look->project, &base, &request->commit,
			    look->target, err) < 0)
		return -1;
	(*out)->place = xstrf("request %s/%s", request->workflow,
			      request->name);
	(*out)->request = xstrdup(request->ref);
	return 0;
}

/* There is no such workflow: whoever asked reads so in the note on the commit,
 * and the request goes. */
static int refuse(struct look *look, const struct run_request *request,
		  const struct poll_change *change, const char *why,
		  struct err *err)
{
	struct run_record record = {
		.workflow = xstrdup(request->workflow),
		.title = xstrdup(request->workflow),
		.definition = NO_DEFINITION,
		.event = xstrdup(trigger_name(EVENT_MANUAL, PULL_ANY)),
		.verdict = VERDICT_FAILED,
		.reason = xstrdup(why),
		.started_at_ms = look->project->now_ms,
		.epoch = project_lock_epoch(look->project->lock),
	};
	const struct run_record *records[] = { &record };
	int ret;

	ulid_new(record.id);
	snprintf(record.change_key, sizeof(record.change_key), "%s",
		 change->changeset.change_key);
	oid_format(record.base, &change->changeset.base);
	oid_format(record.head, &change->changeset.head);
	ret = runs_put(look->repo, records, 1, err);
	if (!ret)
		ret = stored_put_notes(look->repo, &request->commit, records, 1,
				       err);
	if (!ret)
		ret = mirror_serve(look->project->mirror, request->ref, err);
	run_record_release(&record);
	return ret;
}

/* Whatever is stored, it runs. */
static int look_at_request(struct look *look, const struct run_request *request,
			   struct err *err)
{
	struct poll_change *change;
	const struct workflow *workflow;
	struct err failure = ERR_INIT;

	if (add_change(&change, look, request, err) < 0)
		return -1;
	/* Shipped ones too. Nothing else is looked at after the requests. */
	workflow = definitions_named(change->definitions, request->workflow,
				     look->project->settings, err);
	if (!workflow) {
		if (!look->project->dry_run &&
		    refuse(look, request, change, err->msg, &failure) < 0)
			*err = failure;
		poll_change_drop(look->project);
		return -1;
	}
	poll_change_use(change, workflow, trigger_name(EVENT_MANUAL, PULL_ANY),
			"asked for");
	change->workflows[0].is_forced = true;
	return 0;
}

int look_at_requests(struct look *look, struct err *err)
{
	struct request_list list;

	if (requests_list(&list, look->repo, err) < 0)
		return -1;
	for (size_t i = 0; i < list.len; i++) {
		const char *ref = list.items[i].ref;
		struct err why = ERR_INIT;

		if (mirror_has_served(look->project->mirror, ref))
			continue;
		if (look_at_request(look, &list.items[i], &why) < 0)
			look_tell(look, ref, &why);
	}
	request_list_release(&list);
	return 0;
}
