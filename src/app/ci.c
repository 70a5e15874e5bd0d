#include "app/ci.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/log.h"
#include "io/file.h"

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static char *copy_or_null(const char *text)
{
	return text && *text ? xstrdup(text) : NULL;
}

/* `name` between the other two; NULL: there is none. */
static void add(struct strvec *revisions, const char *before, const char *name,
		const char *behind)
{
	if (name)
		strvec_take(revisions, xstrf("%s%s%s", before, name, behind));
}

/* All zeroes: the branch is new, there is nothing before. */
static const char *commit(const char *id)
{
	return id && id[strspn(id, "0")] ? id : NULL;
}

/* What GitHub says happened, the caller's; NULL: it cannot be read. */
static struct json *read_event(void)
{
	const char *path = variable("GITHUB_EVENT_PATH");
	struct err err = ERR_INIT;
	struct json *event = NULL;
	struct buf text;

	if (!path)
		return NULL;
	buf_init(&text, LIMIT_REPLY_BYTES);
	if (file_read(&text, path, &err) < 0 ||
	    json_parse(&event, text.ptr, text.len, &err) < 0)
		log_warn("GITHUB_EVENT_PATH: %s", err.msg);
	buf_release(&text);
	return event;
}

/* Jobs of a pull check out the merge of head into base; those of
 * pull_request_target check out the base. */
static void read_github_pull(struct ci_change *out, const char *sha,
			     const struct json *event)
{
	const char *name = variable("GITHUB_EVENT_NAME");
	bool is_merge = !name || !strcmp(name, "pull_request");
	const struct json *pull = json_get(event, "pull_request");
	const struct json *labels = json_get(pull, "labels"), *at;

	add(&out->bases, "refs/remotes/origin/", out->base_branch, "");
	add(&out->bases, "", json_string_or(pull, "base.sha", NULL), "");
	add(&out->heads, "", json_string_or(pull, "head.sha", NULL), "");
	if (is_merge) {
		add(&out->bases, "", sha, "^1");
		add(&out->heads, "", sha, "^2");
	}
	out->title = copy_or_null(json_string_or(pull, "title", NULL));
	out->description = copy_or_null(json_string_or(pull, "body", NULL));
	out->author = copy_or_null(json_string_or(pull, "user.login", NULL));
	out->draft = json_bool_or(pull, "draft", false);
	for (at = json_first(labels); at; at = json_next(at))
		strvec_add(&out->labels, json_string_or(at, "name", ""));
}

static bool read_github(struct ci_change *out)
{
	const char *sha = variable("GITHUB_SHA");
	struct json *event;

	if (!sha)
		return false;
	event = read_event();
	out->base_branch = copy_or_null(variable("GITHUB_BASE_REF"));
	if (out->base_branch) {
		read_github_pull(out, sha, event);
	} else {
		add(&out->heads, "", sha, "");
		add(&out->bases, "",
		    commit(json_string_or(event, "before", NULL)), "");
		add(&out->bases, "", sha, "^");
		out->base_branch = copy_or_null(variable("GITHUB_REF_NAME"));
	}
	json_free(event);
	return true;
}

static void read_gitlab_pull(struct ci_change *out, const char *sha,
			     const char *base)
{
	const char *draft = variable("CI_MERGE_REQUEST_DRAFT");
	/* Only set, and not the merge's, in pipelines of merged results. */
	const char *source = variable("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA");

	out->base_branch =
		copy_or_null(variable("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"));
	add(&out->bases, "refs/remotes/origin/", out->base_branch, "");
	add(&out->bases, "", variable("CI_MERGE_REQUEST_TARGET_BRANCH_SHA"),
	    "");
	add(&out->bases, "", base, "");
	add(&out->heads, "", source ? source : sha, "");
	out->title = copy_or_null(variable("CI_MERGE_REQUEST_TITLE"));
	out->description =
		copy_or_null(variable("CI_MERGE_REQUEST_DESCRIPTION"));
	if (variable("CI_MERGE_REQUEST_LABELS"))
		strvec_split(&out->labels, variable("CI_MERGE_REQUEST_LABELS"),
			     ',');
	out->draft = draft && !strcmp(draft, "true");
}

static bool read_gitlab(struct ci_change *out)
{
	const char *sha = variable("CI_COMMIT_SHA");
	const char *base = variable("CI_MERGE_REQUEST_DIFF_BASE_SHA");

	if (!sha)
		return false;
	if (base) {
		read_gitlab_pull(out, sha, base);
	} else {
		add(&out->heads, "", sha, "");
		add(&out->bases, "", commit(variable("CI_COMMIT_BEFORE_SHA")),
		    "");
		add(&out->bases, "", sha, "^");
		out->base_branch = copy_or_null(variable("CI_COMMIT_BRANCH"));
	}
	return true;
}

int ci_change_read(struct ci_change *out, struct err *err)
{
	*out = (struct ci_change){ 0 };
	if (read_gitlab(out) || read_github(out))
		return 0;
	return err_set(err, ERR_INVALID,
		       "--ci: neither GITHUB_SHA nor CI_COMMIT_SHA is set; "
		       "this is no job of GitHub or GitLab");
}

void ci_change_release(struct ci_change *change)
{
	strvec_release(&change->bases);
	strvec_release(&change->heads);
	strvec_release(&change->labels);
	free(change->base_branch);
	free(change->title);
	free(change->description);
	free(change->author);
	*change = (struct ci_change){ 0 };
}
