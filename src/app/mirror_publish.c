/*
 * Branches of files that agents wrote, on the project's remote: put there,
 * looked at, taken away. None that others have added to is moved.
 */
#include <stdlib.h>
#include <string.h>

#include "app/generated.h"
#include "app/mirror_internal.h"
#include "core/alloc.h"
#include "core/fault.h"
#include "repo/push.h"

static char *published_ref(const char *ref)
{
	return xstrf(PUBLISHED "%s", ref + strlen(HEADS));
}

bool mirror_published(struct oid *out, const struct mirror *mirror,
		      const char *ref)
{
	char *seen = published_ref(ref);
	struct err none = ERR_INIT;
	bool found = ref_read(out, mirror->repo, seen, &none) == 0;

	free(seen);
	return found;
}

/* The branch of ours as it is on the remote; info->parent_count is 0 where it
 * is not there. ERR_CONFLICT: it may not be moved on. */
static int find_published(struct commit_info *info, struct mirror *mirror,
			  const char *ref, struct err *err)
{
	char *seen = published_ref(ref);
	char *refspec = xstrf("+%s:%s", ref, seen);
	const char *const refspecs[] = { refspec };
	struct oid theirs;
	int ret = mirror_fetch(mirror, refspecs, 1, err);

	*info = (struct commit_info){ 0 };
	if (ret < 0 && err->code == ERR_NOT_FOUND) {
		*err = (struct err)ERR_INIT;
		ret = 0;
	} else if (ret == 0) {
		ret = ref_read(&theirs, mirror->repo, seen, err);
		if (!ret)
			ret = commit_read(info, mirror->repo, &theirs, err);
		if (!ret && !generated_is_ours(info))
			ret = err_set(err, ERR_CONFLICT,
				      "%s has commits that are not referee's; "
				      "it is left as it is",
				      ref);
	}
	free(refspec);
	free(seen);
	return ret;
}

static int push_branch(struct mirror *mirror, struct push_ref *push,
		       const struct commit_info *known, struct err *err)
{
	const struct push_request request = {
		.url = mirror->project->url,
		.refs = push,
		.ref_count = 1,
		.known = known ? known->parents : NULL,
		.known_count = known ? known->parent_count : 0,
		.options = &mirror->options,
	};

	fault_point("mirror.publish");
	return repo_push(mirror->repo, &request, err);
}

/* The same files on the same head? */
static bool is_same(const struct commit_info *ours,
		    const struct commit_info *theirs)
{
	return theirs->parent_count && oid_equal(&ours->tree, &theirs->tree) &&
	       oid_equal(&ours->parents[0], &theirs->parents[0]);
}

int mirror_publish(struct mirror *mirror, const char *ref, struct oid *commit,
		   struct err *err)
{
	struct commit_info ours = { 0 }, theirs = { 0 };
	struct push_ref push = { .name = ref, .target = commit };
	int ret = -1;

	if (find_published(&theirs, mirror, ref, err) < 0 ||
	    commit_read(&ours, mirror->repo, commit, err) < 0)
		goto out;
	push.expected = theirs.parent_count ? &theirs.id : NULL;
	if (!is_same(&ours, &theirs)) {
		ret = push_branch(mirror, &push, &ours, err);
		goto out;
	}
	ret = oid_equal(commit, &theirs.id)
		      ? 0
		      : ref_move(mirror->repo, ref, commit, &theirs.id,
				 "as it was published", err);
	*commit = theirs.id;
out:
	commit_info_release(&ours);
	commit_info_release(&theirs);
	return ret;
}

int mirror_withdraw(struct mirror *mirror, const char *ref,
		    const struct oid *expected, struct err *err)
{
	struct push_ref push = { .name = ref, .expected = expected };

	return push_branch(mirror, &push, NULL, err);
}
