/*
 * GitHub's REST API, github.com and GitHub Enterprise Server: wishes become
 * requests. What has no REST form goes to GraphQL. Its answers are read in
 * github_parse.c.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "core/text.h"
#include "forge/github.h"

#define API_VERSION    "2022-11-28"
#define PAGE           "per_page=100"
#define STATUS_TEXT    140
#define TITLE_MAX      250
#define GRAPHQL_SUFFIX "/v3"

static const char *const headers[] = { "Accept", "application/vnd.github+json",
				       "X-GitHub-Api-Version", API_VERSION,
				       NULL };

static void start_url(struct buf *url, const struct forge_site *site)
{
	char *owner = xstrdup(site->repository);
	char *name = strchr(owner, '/');

	if (name)
		*name++ = '\0';
	buf_init(url, LIMIT_HTTP_URL_BYTES);
	buf_addf(url, "%s/repos/", site->api);
	forge_url_segment(url, owner);
	buf_addch(url, '/');
	forge_url_segment(url, name ? name : "");
	free(owner);
}

/* .../api/v3 of a server of one's own has .../api/graphql beside it. */
static char *graphql_url(const struct forge_site *site)
{
	size_t len = strlen(site->api);
	size_t suffix = strlen(GRAPHQL_SUFFIX);

	if (len > suffix &&
	    strcmp(site->api + len - suffix, GRAPHQL_SUFFIX) == 0)
		len -= suffix;
	return xstrf("%.*s/graphql", (int)len, site->api);
}

char *github_fit(const char *text)
{
	size_t len = strlen(text), cut;
	struct buf out;
	bool is_fenced = false;

	if (len <= GITHUB_BODY_MAX)
		return text_utf8(text, len);
	buf_init(&out, len + 64);
	cut = text_cut(text, len, GITHUB_BODY_MAX);
	buf_add(&out, text, cut);
	for (const char *at = out.ptr; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, "```", 3) == 0)
			is_fenced = !is_fenced;
	}
	buf_addstr(&out, is_fenced ? "\n```\n" : "\n");
	buf_addstr(&out, "\n_Cut here: the rest is in the commit's note._\n");
	return buf_detach(&out);
}

static void set_body(struct json *object, const char *text)
{
	char *fit = github_fit(text ? text : "");

	json_set_string(object, "body", fit);
	free(fit);
}

static void set_short(struct json *object, const char *name, const char *text,
		      size_t max)
{
	char *clean = text_clean(text ? text : "", false);

	clean[text_cut(clean, strlen(clean), max)] = '\0';
	json_set_string(object, name, clean);
	free(clean);
}

static struct json *review(const struct forge_review *from)
{
	struct json *doc = json_new_object();
	struct json *lines = json_set_array(doc, "comments");

	json_set_string(doc, "commit_id", from->head);
	json_set_string(doc, "event", "COMMENT");
	set_body(doc, from->text);
	for (size_t i = 0; i < from->count; i++) {
		const struct forge_line *line = &from->lines[i];
		struct json *to = json_add_object(lines);

		json_set_string(to, "path", line->path);
		json_set_int(to, "line", line->line);
		json_set_string(to, "side", "RIGHT");
		if (line->start_line && line->start_line < line->line) {
			json_set_int(to, "start_line", line->start_line);
			json_set_string(to, "start_side", "RIGHT");
		}
		set_body(to, line->text);
	}
	return doc;
}

static struct json *status(const struct forge_status *from)
{
	static const char *const states[] = {
		[FORGE_SUCCESS] = "success",
		[FORGE_FAILURE] = "failure",
		[FORGE_ERROR] = "error",
		[FORGE_PENDING] = "pending",
	};
	struct json *doc = json_new_object();

	json_set_string(doc, "state", states[from->state]);
	json_set_string(doc, "context", from->context);
	set_short(doc, "description", from->text, STATUS_TEXT);
	if (from->url)
		json_set_string(doc, "target_url", from->url);
	return doc;
}

static void add_annotation(struct json *to, const struct forge_annotation *from)
{
	const char *level = from->severity >= SEVERITY_MAJOR   ? "failure"
			    : from->severity == SEVERITY_MINOR ? "warning"
							       : "notice";

	json_set_string(to, "path", from->path);
	json_set_int(to, "start_line", from->line);
	json_set_int(to, "end_line", from->end_line);
	json_set_string(to, "annotation_level", level);
	set_short(to, "title", from->title, TITLE_MAX);
	set_short(to, "message", from->text && *from->text ? from->text : "-",
		  LIMIT_FINDING_BODY);
}

static struct json *check(const struct forge_check *from, const char *head)
{
	/* Whatever is completed without being a failure counts as green. */
	static const char *const ends[] = {
		[FORGE_SUCCESS] = "success",
		[FORGE_FAILURE] = "failure",
		[FORGE_ERROR] = "failure",
	};
	bool is_done = from->state != FORGE_PENDING;
	struct json *doc = json_new_object();
	struct json *output, *notes;
	char *fit = github_fit(from->text ? from->text : "");

	json_set_string(doc, "name", from->name);
	json_set_string(doc, "head_sha", head);
	json_set_string(doc, "status", is_done ? "completed" : "queued");
	if (is_done)
		json_set_string(doc, "conclusion", ends[from->state]);
	output = json_set_object(doc, "output");
	set_short(output, "title", from->title, TITLE_MAX);
	json_set_string(output, "summary", fit);
	notes = json_set_array(output, "annotations");
	for (size_t i = 0; i < from->count && i < FORGE_NOTES_MAX; i++)
		add_annotation(json_add_object(notes), &from->notes[i]);
	free(fit);
	return doc;
}

static struct json *stacked(const struct forge_stacked *from)
{
	struct json *doc = json_new_object();

	set_short(doc, "title", from->title, TITLE_MAX);
	json_set_string(doc, "head", from->head_ref);
	json_set_string(doc, "base", from->base_ref);
	set_body(doc, from->text);
	return doc;
}

static struct json *threads(const struct forge_site *site, int64_t number,
			    const char *cursor)
{
	struct json *doc = json_new_object();
	struct json *values = json_set_object(doc, "variables");
	const char *name = strchr(site->repository, '/');
	char *owner = xmemdup(site->repository, strcspn(site->repository, "/"));

	json_set_string(doc, "query",
			"query($owner:String!,$name:String!,$number:Int!,"
			"$after:String){repository(owner:$owner,name:$name){"
			"pullRequest(number:$number){reviewThreads(first:100,"
			"after:$after){pageInfo{hasNextPage endCursor}nodes{id "
			"isResolved comments(first:1){nodes{databaseId}}}}}}}");
	json_set_string(values, "owner", owner);
	json_set_string(values, "name", name ? name + 1 : "");
	json_set_int(values, "number", number);
	json_set_string(values, "after", cursor);
	free(owner);
	return doc;
}

static struct json *resolve(const char *id)
{
	struct json *doc = json_new_object();

	json_set_string(doc, "query",
			"mutation($id:ID!){resolveReviewThread("
			"input:{threadId:$id}){thread{id isResolved}}}");
	json_set_string(json_set_object(doc, "variables"), "id", id);
	return doc;
}

static struct json *with_text(const struct forge_wish *wish)
{
	struct json *doc = json_new_object();

	if (wish->act == FORGE_REACT || wish->act == FORGE_REACT_LINE)
		json_set_string(doc, "content", wish->text);
	else
		set_body(doc, wish->text);
	return doc;
}

static struct json *body_of(const struct forge_site *site,
			    const struct forge_wish *wish, const char *cursor)
{
	switch (wish->act) {
	case FORGE_REVIEW:
		return review(wish->review);
	case FORGE_ADD_COMMENT:
	case FORGE_EDIT_COMMENT:
	case FORGE_REACT:
	case FORGE_REACT_LINE:
		return with_text(wish);
	case FORGE_STATUS:
		return status(wish->status);
	case FORGE_CHECK:
		return check(wish->check, wish->head);
	case FORGE_THREADS:
		return threads(site, wish->pull, cursor);
	case FORGE_RESOLVE:
		return resolve(wish->id);
	case FORGE_OPEN_PULL:
		return stacked(wish->stacked);
	default:
		return NULL;
	}
}

/* What each act needs in its path: %N the pull, %I an id, %H the head, %T the
 * text, %S the time. */
static const struct {
	const char *method, *path;
	bool is_conditional, is_repeatable;
} routes[FORGE_ACT_COUNT] = {
	[FORGE_PULLS] = { "GET",
			  "/pulls?state=open&sort=updated&direction=desc&" PAGE,
			  true, true },
	[FORGE_PULL] = { "GET", "/pulls/%N", false, true },
	[FORGE_COMMENTS] = { "GET",
			     "/issues/comments?sort=updated&direction=asc&" PAGE
			     "%S",
			     true, true },
	[FORGE_LINE_COMMENTS] = { "GET", "/pulls/%N/comments?" PAGE, false,
				  true },
	[FORGE_PULL_COMMENTS] = { "GET", "/issues/%N/comments?" PAGE, false,
				  true },
	[FORGE_REVIEWS] = { "GET", "/pulls/%N/reviews?" PAGE, false, true },
	[FORGE_REVIEW_LINES] = { "GET", "/pulls/%N/reviews/%I/comments?" PAGE,
				 false, true },
	[FORGE_PERMISSION] = { "GET", "/collaborators/%T/permission", false,
			       true },
	[FORGE_REVIEW] = { "POST", "/pulls/%N/reviews", false, false },
	[FORGE_DROP_REVIEW] = { "DELETE", "/pulls/%N/reviews/%I", false, true },
	[FORGE_ADD_COMMENT] = { "POST", "/issues/%N/comments", false, false },
	[FORGE_EDIT_COMMENT] = { "PATCH", "/issues/comments/%I", false, true },
	[FORGE_STATUS] = { "POST", "/statuses/%H", false, true },
	[FORGE_CHECK] = { "POST", "/check-runs", false, true },
	[FORGE_REACT] = { "POST", "/issues/comments/%I/reactions", false,
			  true },
	[FORGE_REACT_LINE] = { "POST", "/pulls/comments/%I/reactions", false,
			       true },
	[FORGE_REACTIONS] = { "GET", "/pulls/comments/%I/reactions?" PAGE,
			      false, true },
	[FORGE_STATUSES] = { "GET", "/commits/%H/status?" PAGE, true, true },
	[FORGE_CHECKS] = { "GET", "/commits/%H/check-runs?" PAGE, true, true },
	[FORGE_OPEN_PULL] = { "POST", "/pulls", false, false },
};

static int add_part(struct buf *url, char what, const struct forge_wish *wish,
		    struct err *err)
{
	const char *text = what == 'I'   ? wish->id
			   : what == 'H' ? wish->head
					 : wish->text;
	char since[CLOCK_TEXT_SIZE];

	if (what == 'N' && wish->pull > 0) {
		buf_addf(url, "%lld", (long long)wish->pull);
		return 0;
	}
	if (what == 'S') {
		if (!wish->since_ms)
			return 0;
		clock_format(since, wish->since_ms);
		buf_addf(url, "&since=%s", since);
		return 0;
	}
	if (what == 'N' || !text || !*text || strcmp(text, ".") == 0 ||
	    strcmp(text, "..") == 0)
		return err_set(err, ERR_INVALID,
			       "no number or name is given of what is meant");
	forge_url_segment(url, text);
	return 0;
}

static int route_url(struct buf *url, const char *path,
		     const struct forge_wish *wish, struct err *err)
{
	for (; *path; path++) {
		if (*path != '%')
			buf_addch(url, *path);
		else if (add_part(url, *++path, wish, err) < 0)
			return -1;
	}
	return buf_check(url, "the URL", err);
}

static void set_request_body(struct forge_request *out, struct json *doc)
{

	buf_init(&out->body, LIMIT_REQUEST_BYTES);
	if (!doc)
		return;
	json_print_to(&out->body, doc);
	json_free(doc);
}

static int build(struct forge_request *out, const struct forge_site *site,
		 const struct forge_wish *wish, const char *cursor,
		 struct err *err)
{
	struct buf url;

	*out = (struct forge_request){ .is_repeatable = true };
	if (wish->act == FORGE_WHO) {
		out->method = "GET";
		out->auth = site->is_app ? AUTH_APP : AUTH_TOKEN;
		out->url = xstrf("%s/%s", site->api,
				 site->is_app ? "app" : "user");
	} else if (wish->act == FORGE_THREADS || wish->act == FORGE_RESOLVE) {
		out->method = "POST";
		out->url = graphql_url(site);
	} else {
		out->method = routes[wish->act].method;
		out->is_conditional = routes[wish->act].is_conditional;
		out->is_repeatable = routes[wish->act].is_repeatable;
		start_url(&url, site);
		if (route_url(&url, routes[wish->act].path, wish, err) < 0) {
			buf_release(&url);
			return -1;
		}
		out->url = buf_detach(&url);
	}
	set_request_body(out, body_of(site, wish, cursor));
	return buf_check(&out->body, "what is to be posted", err);
}

static void build_token(struct forge_request *out,
			const struct forge_site *site)
{
	struct buf url;

	*out = (struct forge_request){ .auth = AUTH_APP,
				       .is_repeatable = true };
	if (site->installation) {
		out->method = "POST";
		buf_init(&url, LIMIT_HTTP_URL_BYTES);
		buf_addf(&url, "%s/app/installations/", site->api);
		forge_url_segment(&url, site->installation);
		buf_addstr(&url, "/access_tokens");
	} else {
		out->method = "GET";
		start_url(&url, site);
		buf_addstr(&url, "/installation");
	}
	out->url = buf_detach(&url);
	buf_init(&out->body, LIMIT_REQUEST_BYTES);
}

static bool can(const struct forge_site *site, enum forge_act act)
{
	return act != FORGE_CHECK || site->is_app;
}

const struct forge_ops github_forge = {
	.can = can,
	.build = build,
	.parse = github_parse,
	.build_token = build_token,
	.parse_token = github_parse_token,
	.headers = headers,
	.git_user = "x-access-token",
	.page_max = 100,
};
