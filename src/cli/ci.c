#include "cli/ci.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* All zeroes: the branch is new, there is nothing before. */
static bool is_commit(const char *id)
{
	return id && id[strspn(id, "0")];
}

static bool read_github(struct ci_change *out)
{
	const char *sha = variable("GITHUB_SHA");
	const char *base = variable("GITHUB_BASE_REF");
	const char *event = variable("GITHUB_EVENT_NAME");

	if (!sha)
		return false;
	if (base) {
		/* A pull_request job checks out the merge of head into base. */
		bool is_merge = event && !strcmp(event, "pull_request");

		out->base = xstrf("refs/remotes/origin/%s", base);
		out->head = xstrf("%s%s", sha, is_merge ? "^2" : "");
	} else {
		out->base = xstrf("%s^", sha);
		out->head = xstrdup(sha);
	}
	return true;
}

static bool read_gitlab(struct ci_change *out)
{
	const char *sha = variable("CI_COMMIT_SHA");
	const char *base = variable("CI_MERGE_REQUEST_DIFF_BASE_SHA");
	const char *source = variable("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA");
	const char *before = variable("CI_COMMIT_BEFORE_SHA");

	if (!sha)
		return false;
	/* Only set, and not the merge's, in pipelines of merged results. */
	out->head = xstrdup(source ? source : sha);
	if (base)
		out->base = xstrdup(base);
	else if (is_commit(before))
		out->base = xstrdup(before);
	else
		out->base = xstrf("%s^", sha);
	return true;
}

int ci_change_read(struct ci_change *out, struct err *err)
{
	if (read_gitlab(out) || read_github(out))
		return 0;
	return err_set(
		err, ERR_INVALID,
		"--ci: neither GITHUB_SHA nor CI_COMMIT_SHA is set; this "
		"is no job of GitHub or GitLab");
}

void ci_change_release(struct ci_change *change)
{
	free(change->base);
	free(change->head);
}
