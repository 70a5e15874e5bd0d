/*
 * Referee's own refs on their way to the remote, and requests that are served
 * on their way out of it.
 */
#include <stdlib.h>

#include "app/mirror_internal.h"
#include "app/own_refs.h"
#include "core/alloc.h"
#include "core/fault.h"
#include "repo/push.h"

enum { PUSH_TRIES = 5 };

int mirror_serve(struct mirror *mirror, const char *request_ref,
		 struct err *err)
{
	return served_add(&mirror->served, mirror->repo, request_ref, err);
}

bool mirror_has_served(const struct mirror *mirror, const char *request_ref)
{
	return served_has(&mirror->served, request_ref);
}

/* One push in the making. */
struct pushing {
	struct oid ours[OWN_REF_COUNT], theirs[OWN_REF_COUNT];
	const struct own_ref *own[OWN_REF_COUNT];
	struct push_ref *refs;
	size_t own_count, count;
};

static int collect_own(struct pushing *out, const struct mirror *mirror,
		       struct err *err)
{
	for (size_t i = 0; i < OWN_REF_COUNT; i++) {
		size_t at = out->own_count;
		bool have_ours, have_theirs;

		if (own_ref_read(&have_ours, &out->ours[at], mirror->repo,
				 own_refs[i].ref, err) < 0 ||
		    own_ref_read(&have_theirs, &out->theirs[at], mirror->repo,
				 own_refs[i].seen, err) < 0)
			return -1;
		if (!have_ours || (have_theirs &&
				   oid_equal(&out->ours[at], &out->theirs[at])))
			continue;
		out->own[at] = &own_refs[i];
		out->refs[at] = (struct push_ref){
			.name = own_refs[i].ref,
			.expected = have_theirs ? &out->theirs[at] : NULL,
			.target = &out->ours[at],
		};
		out->own_count++;
	}
	out->count = out->own_count;
	return 0;
}

static void collect_served(struct pushing *out, const struct mirror *mirror)
{
	for (size_t i = 0; i < mirror->served.len; i++)
		out->refs[out->count++] = (struct push_ref){
			.name = mirror->served.items[i].ref,
			.expected = &mirror->served.items[i].id,
		};
}

bool mirror_has_news(const struct mirror *mirror)
{
	struct pushing pushing = { 0 };
	struct err ignored = ERR_INIT;
	bool has_news;

	if (!mirror_own_url(mirror))
		return mirror->served.len > 0;
	pushing.refs = xcalloc(OWN_REF_COUNT, sizeof(*pushing.refs));
	has_news = collect_own(&pushing, mirror, &ignored) < 0 ||
		   pushing.own_count || mirror->served.len;
	free(pushing.refs);
	return has_news;
}

/* They are there now as they are here. */
static int note_pushed(const struct mirror *mirror,
		       const struct pushing *pushing, struct err *err)
{
	for (size_t i = 0; i < pushing->own_count; i++)
		if (ref_move(mirror->repo, pushing->own[i]->seen,
			     pushing->refs[i].expected, &pushing->ours[i],
			     "referee: pushed", err) < 0)
			return -1;
	return 0;
}

static int push_own(struct mirror *mirror, struct err *err)
{
	struct pushing pushing = { 0 };
	struct push_request request = { .url = mirror_own_url(mirror),
					.options = &mirror->options };
	int ret = -1;

	pushing.refs = xcalloc(OWN_REF_COUNT + mirror->served.len,
			       sizeof(*pushing.refs));
	if (collect_own(&pushing, mirror, err) < 0)
		goto out;
	/* Requests go only after what was made of them is there. */
	if (mirror->project->notes == NOTES_PUSH)
		collect_served(&pushing, mirror);
	request.refs = pushing.refs;
	request.ref_count = pushing.count;
	fault_point("mirror.push");
	if (pushing.count && repo_push(mirror->repo, &request, err) < 0)
		goto out;
	ret = note_pushed(mirror, &pushing, err);
out:
	free(pushing.refs);
	return ret;
}

/* Where the results go elsewhere, or nowhere. */
static int push_served(struct mirror *mirror, struct err *err)
{
	struct pushing pushing = { 0 };
	struct push_request request = { .url = mirror->project->url,
					.options = &mirror->options };
	int ret;

	if (!mirror->served.len || mirror->project->notes == NOTES_PUSH)
		return 0;
	pushing.refs = xcalloc(mirror->served.len, sizeof(*pushing.refs));
	collect_served(&pushing, mirror);
	request.refs = pushing.refs;
	request.ref_count = pushing.count;
	ret = repo_push(mirror->repo, &request, err);
	free(pushing.refs);
	return ret;
}

int mirror_push(struct mirror *mirror, struct err *err)
{
	const char *own = mirror_own_url(mirror);

	for (int tries = 1; own; tries++) {
		if (push_own(mirror, err) == 0)
			break;
		if (err->code != ERR_CONFLICT || tries == PUSH_TRIES)
			return err_prefix(err, "pushing results");
		*err = (struct err)ERR_INIT;
		if (mirror_update(mirror, err) < 0)
			return err_prefix(err, "pushing results");
	}
	if (push_served(mirror, err) < 0)
		return err_prefix(err, "removing requests");
	served_forget(&mirror->served, mirror->repo);
	return 0;
}
