/*
 * A forge and the calls to it: a wish becomes a request, its pages an answer.
 */
#include "forge/forge.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "forge/internal.h"
#include "io/file.h"
#include "io/redirect.h"

/** One wish under way. */
struct forge_call {
	struct exchange exchange;
	struct token_waiter waiter;
	const struct forge_wish *wish;
	struct forge_answer answer;
	bool is_changed; /* a page was not as remembered */
	long pages;
	char *first_url; /* of the page under way, before redirects */
	char *etag;
	forge_done_fn *done;
	void *payload;
};

static void call_end(struct forge_call *call, const struct err *err)
{
	if (!err && call->exchange.request.is_conditional) {
		call->answer.is_unchanged = !call->is_changed;
		etags_save(call->exchange.forge->etags);
	}
	call->done(err ? NULL : &call->answer, err, call->payload);
	forge_answer_release(&call->answer);
	forge_request_release(&call->exchange.request);
	free(call->first_url);
	free(call->etag);
	free(call);
}

static void call_fail(struct forge_call *call, struct err *err)
{
	refusal_prefix(err, &call->exchange);
	call_end(call, err);
}

/* The same URL gives the same page: ask only whether it is. */
static void send_page(struct forge_call *call)
{
	struct forge *forge = call->exchange.forge;
	struct etag_page page = { 0 };

	free(call->first_url);
	free(call->etag);
	call->etag = NULL;
	call->first_url = xstrdup(call->exchange.request.url);
	if (call->exchange.request.is_conditional &&
	    etags_find(&page, forge->etags, call->first_url, forge->token))
		call->etag = xstrdup(page.etag);
	call->exchange.etag = call->etag;
	exchange_start(&call->exchange);
}

static int parse_page(struct forge_call *call, const char *body, size_t len,
		      struct err *err)
{
	struct json *doc = NULL;
	int status = -1;

	/* Some answers are no more than their status. */
	if (!len)
		body = "{}", len = 2;
	if (json_parse(&doc, body, len, err) < 0) {
		err->code = ERR_PROTOCOL;
		err_prefix(err, "its answer is not what it should be");
		goto out;
	}
	call->answer.act = call->wish->act;
	status = call->exchange.forge->ops->parse(&call->answer, call->wish,
						  doc, err);
out:
	json_free(doc);
	return status;
}

/* Takes the URL over. */
static void next_page(struct forge_call *call, char *url)
{
	struct forge *forge = call->exchange.forge;
	struct err err = ERR_INIT;

	if (++call->pages >= forge->ops->page_max)
		err_set(&err, ERR_TOO_LARGE, "more than %ld pages",
			forge->ops->page_max);
	else if (url_check(url, &err) == 0 && !url_same_origin(url, forge->api))
		err_set(&err, ERR_PROTOCOL, "its next page is on another host");
	if (err.code != ERR_OK) {
		free(url);
		call_fail(call, &err);
		return;
	}
	free(call->exchange.request.url);
	call->exchange.request.url = url;
	send_page(call);
}

static void next_cursor(struct forge_call *call)
{
	struct forge *forge = call->exchange.forge;
	char *cursor = call->answer.cursor;
	struct err err = ERR_INIT;

	call->answer.cursor = NULL;
	forge_request_release(&call->exchange.request);
	if (++call->pages >= forge->ops->page_max)
		err_set(&err, ERR_TOO_LARGE, "more than %ld pages",
			forge->ops->page_max);
	else if (forge->ops->build(&call->exchange.request, &forge->site,
				   call->wish, cursor, &err) == 0)
		send_page(call);
	if (err.code != ERR_OK)
		call_fail(call, &err);
	free(cursor);
}

static void on_reply(struct exchange *exchange, struct http_reply *reply,
		     const struct err *failure)
{
	struct forge_call *call = exchange->payload;
	struct forge *forge = exchange->forge;
	struct etag_page page = { 0 };
	struct err err = ERR_INIT;
	char *next = NULL;

	if (failure) {
		call_end(call, failure);
		return;
	}
	if (reply->status == 304 &&
	    !etags_find(&page, forge->etags, call->first_url, forge->token)) {
		err_set(&err, ERR_PROTOCOL, "unchanged since what?");
		call_fail(call, &err);
		return;
	}
	if (reply->status != 304) {
		call->is_changed = true;
		page.body = reply->body.ptr;
		page.link = http_reply_header(reply, "link");
		page.etag = http_reply_header(reply, "etag");
	}
	if (parse_page(call, page.body,
		       reply->status == 304 ? strlen(page.body)
					    : reply->body.len,
		       &err) < 0) {
		call_fail(call, &err);
		return;
	}
	next = link_next(page.link);
	if (exchange->request.is_conditional && reply->status != 304 &&
	    page.etag)
		etags_put(forge->etags, call->first_url, forge->token, &page);
	if (next)
		next_page(call, next);
	else if (call->answer.cursor)
		next_cursor(call);
	else
		call_end(call, NULL);
}

static void on_token(const struct err *err, void *payload)
{
	struct forge_call *call = payload;

	if (err)
		call_end(call, err);
	else
		send_page(call);
}

static void begin(const struct err *err, void *payload)
{
	struct forge_call *call = payload;

	if (err)
		call_end(call, err);
	else
		token_get(call->exchange.forge, &call->waiter);
}

int forge_start(struct forge *forge, const struct forge_wish *wish,
		forge_done_fn *done, void *payload, struct err *err)
{
	struct forge_call *call;

	if (!forge_can(forge, wish->act))
		return err_set(err, ERR_INVALID,
			       "project %s: forge = %s: %s: "
			       "there is no such thing",
			       forge->project->name,
			       forge_kind_names[forge->project->forge],
			       forge_act_name(wish->act));
	call = xcalloc(1, sizeof(*call));
	call->wish = wish;
	call->done = done;
	call->payload = payload;
	call->waiter.go = on_token;
	call->waiter.payload = call;
	call->exchange.forge = forge;
	call->exchange.what = forge_act_name(wish->act);
	call->exchange.pull = wish->pull;
	call->exchange.done = on_reply;
	call->exchange.payload = call;
	if (forge->ops->build(&call->exchange.request, &forge->site, wish, NULL,
			      err) == 0 &&
	    loop_timer_start(NULL, forge->loop, 0, begin, call, err) == 0)
		return 0;
	refusal_prefix(err, &call->exchange);
	forge_request_release(&call->exchange.request);
	free(call);
	return -1;
}

bool forge_can(const struct forge *forge, enum forge_act act)
{
	return forge->ops && forge->ops->can(&forge->site, act);
}

static struct etags *open_etags(const struct forge_options *options,
				struct err *err)
{
	char *folder = xstrf("%s/forge", options->state_dir);
	char *path = xstrf("%s/%s.json", folder, options->project->name);
	struct etags *etags = NULL;

	if (file_make_dirs(folder, 0700, err) == 0)
		etags = etags_open(path);
	free(path);
	free(folder);
	return etags;
}

int forge_new(struct forge **out, const struct forge_options *options,
	      struct err *err)
{
	const struct project_settings *project = options->project;
	struct forge *forge = xcalloc(1, sizeof(*forge));

	forge->loop = options->loop;
	forge->http = options->http;
	forge->project = project;
	forge->settings = options->settings;
	if (forge_kind_find(&forge->ops, project->forge, err) < 0)
		goto fail;
	if (forge->ops && (!project->api || !project->repository)) {
		err_set(err, ERR_INVALID,
			"forge = %s needs `api` and `repository`",
			forge_kind_names[project->forge]);
		goto fail;
	}
	if (forge->ops) {
		size_t len = strlen(project->api);

		while (len && project->api[len - 1] == '/')
			len--;
		forge->api = xmemdup(project->api, len);
		forge->site = (struct forge_site){
			.api = forge->api,
			.repository = project->repository,
			.is_app = project->app_id != NULL,
			.installation = project->installation_id,
		};
		forge->etags = open_etags(options, err);
		if (!forge->etags)
			goto fail;
	}
	*out = forge;
	return 0;
fail:
	err_prefix(err, "project %s", project->name);
	forge_free(forge);
	return -1;
}

void forge_free(struct forge *forge)
{
	if (!forge)
		return;
	token_release(forge);
	etags_free(forge->etags);
	free(forge->api);
	free(forge->installation);
	free(forge);
}

struct token_call {
	struct token_waiter waiter;
	struct forge *forge;
	forge_token_fn *done;
	void *payload;
};

static void lend_token(const struct err *err, void *payload)
{
	struct token_call *call = payload;
	const struct forge *forge = call->forge;

	call->done(err ? NULL : forge->token,
		   forge->ops ? forge->ops->git_user : NULL, err,
		   call->payload);
	free(call);
}

static void begin_token(const struct err *err, void *payload)
{
	struct token_call *call = payload;

	if (err)
		lend_token(err, call);
	else
		token_get(call->forge, &call->waiter);
}

int forge_token(struct forge *forge, forge_token_fn *done, void *payload,
		struct err *err)
{
	struct token_call *call = xcalloc(1, sizeof(*call));

	call->waiter.go = lend_token;
	call->waiter.payload = call;
	call->forge = forge;
	call->done = done;
	call->payload = payload;
	if (loop_timer_start(NULL, forge->loop, 0, begin_token, call, err) == 0)
		return 0;
	free(call);
	return -1;
}
