/*
 * What GitHub answers. Read with suspicion: a member that we need and that is
 * missing is an error, one that may be null may also be missing.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "core/text.h"
#include "forge/github.h"

#define TEXT_MAX   (256 * KIB)
#define LABELS_MAX 200

/* A copy, valid and bounded; NULL stays NULL. */
static char *copy(const struct json *at, const char *path)
{
	const char *text = json_string_or(at, path, NULL);

	return text ? text_utf8(text, text_cut(text, strlen(text), TEXT_MAX))
		    : NULL;
}

static char *copy_id(const struct json *at, const char *path)
{
	struct err ignored = ERR_INIT;
	char *id = NULL;

	return json_id(&id, at, path, &ignored) == 0 ? id : NULL;
}

static int64_t time_of(const struct json *at, const char *path)
{
	int64_t ms = 0;

	return clock_parse(&ms, json_string_or(at, path, "")) ? ms : 0;
}

static int need_oid(char out[OID_HEX_SIZE], const struct json *at,
		    const char *path, struct err *err)
{
	const char *text;
	struct oid oid;

	if (json_string(&text, at, path, err) < 0)
		return -1;
	if (!oid_parse(&oid, text))
		return err_set(err, ERR_PROTOCOL, "%s: a commit expected",
			       path);
	oid_format(out, &oid);
	return 0;
}

static void read_labels(struct strvec *out, const struct json *labels)
{
	size_t count = 0;

	for (const struct json *at = json_first(labels);
	     at && count < LABELS_MAX; at = json_next(at), count++) {
		const char *name = json_string_or(at, "name", NULL);

		if (name)
			strvec_add(out, name);
	}
}

static void read_sides(struct forge_pull *pull, const struct json *at)
{
	const char *base = json_string_or(at, "base.repo.full_name", NULL);

	pull->head_ref = copy(at, "head.ref");
	pull->base_ref = copy(at, "base.ref");
	pull->head_repository = copy(at, "head.repo.full_name");
	/* A repository that is gone cannot be the project's own. */
	pull->is_fork = !pull->head_repository || !base ||
			strcasecmp(pull->head_repository, base) != 0;
}

static int read_pull(struct forge_answer *out, const struct json *at,
		     struct err *err)
{
	struct forge_pull *pull = forge_answer_pull(out);
	const char *state = json_string_or(at, "state", "open");
	struct oid merged;

	if (json_int(&pull->number, at, "number", err) < 0 ||
	    need_oid(pull->head, at, "head.sha", err) < 0 ||
	    need_oid(pull->base, at, "base.sha", err) < 0)
		return -1;
	if (pull->number <= 0)
		return err_set(err, ERR_PROTOCOL, "number: not a pull's");
	read_sides(pull, at);
	if (!pull->base_ref)
		return err_set(err, ERR_PROTOCOL,
			       "base.ref: a string expected");
	pull->title = copy(at, "title");
	pull->body = copy(at, "body");
	pull->url = copy(at, "html_url");
	pull->author = copy(at, "user.login");
	pull->author_id = copy_id(at, "user.id");
	pull->updated_ms = time_of(at, "updated_at");
	pull->is_draft = json_bool_or(at, "draft", false);
	pull->is_closed = strcmp(state, "closed") == 0;
	pull->is_merged = json_string_or(at, "merged_at", NULL) != NULL;
	/* Newer versions of the API have none. */
	if (pull->is_merged &&
	    oid_parse(&merged, json_string_or(at, "merge_commit_sha", "")))
		oid_format(pull->merge_commit, &merged);
	read_labels(&pull->labels, json_find(at, "labels"));
	return 0;
}

/* The number at the end of ".../pulls/12"; 0 if it is an issue's. */
static int64_t pull_of(const struct json *at)
{
	const char *url = json_string_or(at, "html_url", "");
	const char *part = strstr(url, "/pull/");

	if (!part)
		return 0;
	return strtoll(part + strlen("/pull/"), NULL, 10);
}

static int read_comment(struct forge_answer *out, const struct json *at,
			struct err *err)
{
	struct forge_comment *comment = forge_answer_comment(out);

	if (json_id(&comment->id, at, "id", err) < 0)
		return -1;
	comment->pull = pull_of(at);
	comment->author = copy(at, "user.login");
	comment->author_id = copy_id(at, "user.id");
	comment->body = copy(at, "body");
	if (!comment->body)
		comment->body = xstrdup("");
	comment->head = copy(at, "commit_id");
	comment->path = copy(at, "path");
	comment->state = copy(at, "state");
	for (char *ch = comment->state; ch && *ch; ch++)
		if (*ch >= 'A' && *ch <= 'Z')
			*ch = (char)(*ch - 'A' + 'a');
	comment->updated_ms = time_of(at, "updated_at");
	if (!comment->updated_ms)
		comment->updated_ms = time_of(at, "submitted_at");
	comment->has_reactions = json_int_or(at, "reactions.total_count", 1) >
				 0;
	return 0;
}

static int read_reaction(struct forge_answer *out, const struct json *at,
			 struct err *err)
{
	struct forge_reaction *reaction = forge_answer_reaction(out);
	const char *what;

	if (json_string(&what, at, "content", err) < 0)
		return -1;
	reaction->what = xstrdup(what);
	reaction->author = copy(at, "user.login");
	reaction->author_id = copy_id(at, "user.id");
	return 0;
}

typedef int read_fn(struct forge_answer *out, const struct json *at,
		    struct err *err);

static int read_list(struct forge_answer *out, const struct json *doc,
		     read_fn *read, struct err *err)
{
	const struct json *list;

	if (json_array(&list, doc, "", err) < 0)
		return -1;
	for (const struct json *at = json_first(list); at; at = json_next(at))
		if (read(out, at, err) < 0)
			return -1;
	return 0;
}

static int read_permission(struct forge_answer *out, const struct json *doc,
			   struct err *err)
{
	const char *role = json_string_or(doc, "role_name", "");
	const char *name;

	if (json_string(&name, doc, "permission", err) < 0)
		return -1;
	/* `permission` calls maintain write and triage read; a role of their
	 * own is as much as the permission it is built on. */
	if (strcmp(role, "maintain") == 0)
		name = role;
	out->permission = PERMISSION_NONE;
	for (int i = 0; permission_names[i]; i++)
		if (strcmp(name, permission_names[i]) == 0)
			out->permission = (enum permission)i;
	return 0;
}

static int read_who(struct forge_answer *out, const struct json *doc,
		    struct err *err)
{
	const char *slug = json_string_or(doc, "slug", NULL);
	const char *login;

	if (slug) {
		/* Nobody else can have a name with a bracket. */
		out->user = xstrf("%.100s[bot]", slug);
		return 0;
	}
	if (json_string(&login, doc, "login", err) < 0 ||
	    json_id(&out->user_id, doc, "id", err) < 0)
		return -1;
	out->user = xstrdup(login);
	return 0;
}

/* GraphQL says 200 whatever happened. */
static int graphql_check(const struct json *doc, struct err *err)
{
	const struct json *first = json_first(json_find(doc, "errors"));
	const char *type = json_string_or(first, "type", "");
	char *clean;

	if (!first)
		return 0;
	clean = text_clean(json_string_or(first, "message", "no message"),
			   false);
	err_set(err,
		strcmp(type, "NOT_FOUND") == 0   ? ERR_NOT_FOUND
		: strcmp(type, "FORBIDDEN") == 0 ? ERR_AUTH
						 : ERR_INVALID,
		"refused (%.300s)", clean);
	free(clean);
	return -1;
}

static int read_threads(struct forge_answer *out, const struct json *doc,
			struct err *err)
{
	const struct json *list, *nodes;

	if (graphql_check(doc, err) < 0 ||
	    json_object(&list, doc, "data.repository.pullRequest.reviewThreads",
			err) < 0 ||
	    json_array(&nodes, list, "nodes", err) < 0)
		return -1;
	for (const struct json *at = json_first(nodes); at;
	     at = json_next(at)) {
		struct forge_thread *thread = forge_answer_thread(out);

		if (json_id(&thread->id, at, "id", err) < 0)
			return -1;
		thread->comment_id = copy_id(at, "comments.nodes.0.databaseId");
		thread->is_resolved = json_bool_or(at, "isResolved", false);
	}
	if (json_bool_or(list, "pageInfo.hasNextPage", false))
		out->cursor = copy(list, "pageInfo.endCursor");
	return 0;
}

static struct forge_signal *add_signal(struct forge_answer *out,
				       const char *name, const char *word,
				       enum forge_signal_state state)
{
	struct forge_signal *signal = forge_answer_signal(out);

	signal->name = text_clean(name, false);
	signal->word = text_clean(word, false);
	signal->state = state;
	return signal;
}

static int read_status(struct forge_answer *out, const struct json *at,
		       struct err *err)
{
	struct forge_signal *signal;
	const char *context, *word;

	if (json_string(&context, at, "context", err) < 0 ||
	    json_string(&word, at, "state", err) < 0)
		return -1;
	signal = add_signal(out, context, word,
			    strcmp(word, "success") == 0   ? SIGNAL_PASSED
			    : strcmp(word, "pending") == 0 ? SIGNAL_PENDING
							   : SIGNAL_FAILED);
	signal->url = copy(at, "target_url");
	signal->changed_ms = time_of(at, "updated_at");
	return 0;
}

/* Of a check run that is completed. What has a name that is not known did not
 * pass, and will not say more. */
static enum forge_signal_state state_of(const char *conclusion)
{
	static const struct {
		const char *word;
		enum forge_signal_state state;
	} words[] = {
		{ "success", SIGNAL_PASSED },
		{ "failure", SIGNAL_FAILED },
		{ "timed_out", SIGNAL_FAILED },
		{ "startup_failure", SIGNAL_FAILED },
		{ "neutral", SIGNAL_NEUTRAL },
		{ "skipped", SIGNAL_NEUTRAL },
		{ "action_required", SIGNAL_PENDING },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].word, conclusion) == 0)
			return words[i].state;
	return SIGNAL_STOPPED;
}

static int read_check(struct forge_answer *out, const struct json *at,
		      struct err *err)
{
	const char *conclusion = json_string_or(at, "conclusion", "");
	struct forge_signal *signal;
	const char *name, *status;

	if (json_string(&name, at, "name", err) < 0 ||
	    json_string(&status, at, "status", err) < 0)
		return -1;
	if (strcmp(status, "completed") == 0)
		signal = add_signal(out, name, conclusion,
				    state_of(conclusion));
	else
		signal = add_signal(out, name, status, SIGNAL_PENDING);
	signal->url = copy(at, "details_url");
	if (!signal->url)
		signal->url = copy(at, "html_url");
	signal->changed_ms = time_of(at, "completed_at");
	if (!signal->changed_ms)
		signal->changed_ms = time_of(at, "started_at");
	return 0;
}

static int read_made(struct forge_answer *out, const struct json *doc,
		     const char *id, struct err *err)
{
	if (json_id(&out->id, doc, id, err) < 0)
		return -1;
	out->url = copy(doc, "html_url");
	return 0;
}

int github_parse(struct forge_answer *out, const struct forge_wish *wish,
		 const struct json *doc, struct err *err)
{
	switch (wish->act) {
	case FORGE_WHO:
		return read_who(out, doc, err);
	case FORGE_PULLS:
		return read_list(out, doc, read_pull, err);
	case FORGE_PULL:
		return read_pull(out, doc, err);
	case FORGE_COMMENTS:
	case FORGE_LINE_COMMENTS:
	case FORGE_PULL_COMMENTS:
	case FORGE_REVIEWS:
	case FORGE_REVIEW_LINES:
		return read_list(out, doc, read_comment, err);
	case FORGE_PERMISSION:
		return read_permission(out, doc, err);
	case FORGE_REACTIONS:
		return read_list(out, doc, read_reaction, err);
	case FORGE_THREADS:
		return read_threads(out, doc, err);
	case FORGE_RESOLVE:
		return graphql_check(doc, err);
	case FORGE_STATUSES:
		return read_list(out, json_find(doc, "statuses"), read_status,
				 err);
	case FORGE_CHECKS:
		return read_list(out, json_find(doc, "check_runs"), read_check,
				 err);
	case FORGE_DROP_REVIEW:
		return 0;
	case FORGE_OPEN_PULL:
		return read_made(out, doc, "number", err);
	case FORGE_REVIEW:
	case FORGE_ADD_COMMENT:
	case FORGE_EDIT_COMMENT:
	case FORGE_STATUS:
	case FORGE_CHECK:
	case FORGE_REACT:
	case FORGE_REACT_LINE:
		return read_made(out, doc, "id", err);
	}
	return err_set(err, ERR_INVALID, "unknown act %d", (int)wish->act);
}

int github_parse_token(struct secret **token, int64_t *expires_ms,
		       char **installation, const struct json *doc,
		       struct err *err)
{
	const char *value, *ends;

	/* The installation itself has an id, its token has none. */
	if (!json_find(doc, "token")) {
		free(*installation);
		*installation = NULL;
		return json_id(installation, doc, "id", err);
	}
	if (json_string(&value, doc, "token", err) < 0 ||
	    json_string(&ends, doc, "expires_at", err) < 0)
		return -1;
	if (!*value || !clock_parse(expires_ms, ends))
		return err_set(err, ERR_PROTOCOL,
			       "expires_at: a token and its end expected");
	*token = secret_new("the installation's token", value);
	return 0;
}
