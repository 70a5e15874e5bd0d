/*
 * Who we are there: a token as configured, or one of an app's installation,
 * which lasts an hour and is renewed before it ends.
 */
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/sign.h"
#include "forge/internal.h"
#include "io/work.h"

#define RENEW_MS      (5L * 60 * 1000)
#define JWT_SECONDS   540 /* at most 600 are taken    */
#define JWT_BACK_S    60  /* their clock may be late  */
#define INSTALLATIONS "the app's installation"

static void tell(struct forge *forge, const struct err *err)
{
	struct token_waiter *at = forge->waiters;

	forge->waiters = NULL;
	forge->is_fetching = false;
	while (at) {
		/* It may be gone afterwards. */
		struct token_waiter *next = at->next;

		at->go(err, at->payload);
		at = next;
	}
}

static void set_token(struct forge *forge, struct secret *token,
		      int64_t ends_ms)
{
	if (forge->token) {
		struct old_token *old = xcalloc(1, sizeof(*old));

		old->token = forge->token;
		DL_APPEND(forge->old, old);
	}
	forge->token = token;
	forge->token_ends_ms = ends_ms;
}

static void ask_as_app(struct forge *forge);

static void fail(struct forge *forge, const struct err *err)
{
	struct err told = *err;

	err_prefix(&told, "project %s", forge->project->name);
	tell(forge, &told);
}

static void on_app_reply(struct exchange *exchange, struct http_reply *reply,
			 const struct err *err)
{
	struct forge *forge = exchange->forge;
	struct err bad = ERR_INIT;
	struct secret *token = NULL;
	struct json *doc = NULL;
	int64_t ends_ms = 0;
	int status;

	forge_request_release(&exchange->request);
	if (err) {
		tell(forge, err);
		return;
	}
	status = json_parse(&doc, reply->body.ptr, reply->body.len, &bad);
	if (status == 0)
		status = forge->ops->parse_token(
			&token, &ends_ms, &forge->installation, doc, &bad);
	json_free(doc);
	if (status < 0) {
		refusal_prefix(&bad, exchange);
		tell(forge, &bad);
		return;
	}
	forge->site.installation = forge->installation;
	if (!token) {
		ask_as_app(forge);
		return;
	}
	set_token(forge, token, ends_ms);
	tell(forge, NULL);
}

/* The app's number first if it is not configured, then a token of it. */
static void ask_as_app(struct forge *forge)
{
	int64_t now_s = clock_wall_ms() / 1000;
	const struct jwt_claims claims = {
		.issuer = forge->project->app_id,
		.issued_s = now_s - JWT_BACK_S,
		.expires_s = now_s + JWT_SECONDS,
	};
	struct exchange *call = &forge->app_call;
	struct err err = ERR_INIT;

	secret_free(forge->jwt);
	forge->jwt = NULL;
	if (sign_jwt(&forge->jwt, forge->key, &claims, &err) < 0) {
		fail(forge, &err);
		return;
	}
	*call = (struct exchange){ .forge = forge,
				   .what = INSTALLATIONS,
				   .done = on_app_reply };
	forge->ops->build_token(&call->request, &forge->site);
	exchange_start(call);
}

static const struct secret_ref *wanted(const struct forge *forge)
{
	return forge->site.is_app ? &forge->project->private_key
				  : &forge->project->token;
}

static void load(void *payload, struct cancel *cancel)
{
	struct forge *forge = payload;

	(void)cancel;
	forge->load_err = (struct err)ERR_INIT;
	if (secret_ref_get(&forge->loaded, wanted(forge), &forge->load_err) < 0)
		forge->loaded = NULL;
}

static void on_loaded(const struct err *err, void *payload)
{
	struct forge *forge = payload;

	if (err || !forge->loaded) {
		fail(forge, err ? err : &forge->load_err);
		return;
	}
	if (forge->site.is_app) {
		forge->key = forge->loaded;
		forge->loaded = NULL;
		ask_as_app(forge);
		return;
	}
	set_token(forge, forge->loaded, INT64_MAX);
	forge->loaded = NULL;
	tell(forge, NULL);
}

void token_get(struct forge *forge, struct token_waiter *waiter)
{
	struct err err = ERR_INIT;

	DL_APPEND(forge->waiters, waiter);
	if (forge->is_fetching)
		return;
	forge->is_fetching = true;
	if (wanted(forge)->source == SECRET_NONE ||
	    (forge->token && forge->token_ends_ms - RENEW_MS > clock_wall_ms()))
		tell(forge, NULL);
	else if (forge->key)
		ask_as_app(forge);
	else if (work_start(NULL, forge->loop, load, on_loaded, forge, &err) <
		 0)
		fail(forge, &err);
}

void token_forget(struct forge *forge)
{
	forge->token_ends_ms = 0;
}

void token_release(struct forge *forge)
{
	while (forge->old) {
		struct old_token *first = forge->old;

		DL_DELETE(forge->old, first);
		secret_free(first->token);
		free(first);
	}
	secret_free(forge->token);
	secret_free(forge->key);
	secret_free(forge->jwt);
}
