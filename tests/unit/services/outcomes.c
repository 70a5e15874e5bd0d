#include "unit.h"

#include "outcomes.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/json.h"
#include "core/secret.h"
#include "gateway/gateway.h"
#include "gateway/price.h"
#include "services/kinds.h"

#define PLANTED "sk-planted-0123456789"

/* Enough questions that five faults in a row are among them. */
#define QUESTIONS 6

/* The other service: nothing said, nothing to pay. */
#define SPARE                                                                  \
	"{\"model\":\"gpt-6.1-sol\",\"choices\":[{\"finish_reason\":\"stop\"," \
	"\"message\":{\"content\":\"{}\"}}],\"usage\":{\"prompt_tokens\":0,"   \
	"\"completion_tokens\":0}}"

const struct outcome_status outcome_statuses[] = {
	{ 300, 399, FAULT_ENVELOPE, 1, NEXT, NOTHING },
	{ 401, 401, FAULT_AUTH, 1, NEXT, KEY_OPEN },
	{ 402, 402, FAULT_QUOTA, 1, NEXT, KEY_OPEN },
	{ 403, 403, FAULT_AUTH, 1, NEXT, KEY_OPEN },
	{ 404, 405, FAULT_MODEL, 1, NEXT, NOTHING },
	{ 407, 407, FAULT_AUTH, 1, NEXT, KEY_OPEN },
	{ 408, 409, FAULT_SERVER, 3, NEXT, NOTHING },
	{ 410, 410, FAULT_MODEL, 1, NEXT, NOTHING },
	{ 413, 413, FAULT_TOO_LARGE, 1, END, NOTHING },
	{ 421, 421, FAULT_SERVER, 3, NEXT, NOTHING },
	{ 423, 425, FAULT_SERVER, 3, NEXT, NOTHING },
	{ 429, 429, FAULT_RATE, 3, NEXT, NOTHING },
	{ 451, 451, FAULT_REFUSED, 1, NEXT, NOTHING },
	{ 499, 499, FAULT_SERVER, 3, NEXT, NOTHING },
	{ 400, 499, FAULT_REQUEST, 1, END, NOTHING },
	{ 501, 501, FAULT_MODEL, 1, NEXT, NOTHING },
	{ 503, 503, FAULT_OVERLOADED, 3, NEXT, LEFT_ALONE },
	{ 511, 511, FAULT_CONNECT, 3, NEXT, LEFT_ALONE },
	{ 529, 529, FAULT_OVERLOADED, 3, NEXT, LEFT_ALONE },
	{ 500, 599, FAULT_SERVER, 3, NEXT, LEFT_ALONE },
};
const size_t outcome_status_count = ARRAY_LEN(outcome_statuses);

/* One row with all that lives as long as it does. */
struct stage {
	const struct outcome_kind *kind;
	const struct outcome_row *row;
	char *body; /* the row's, with its quotes */
	struct json *options;
	struct service one, spare;
	struct loop *loop;
	struct http *http;
	struct gateway *gateway;
	int reserved, settled; /* lines of the ledger */
	int64_t settled_nusd;
};

/* How one question ended. */
struct ending {
	int calls, requests;
	int64_t cost_nusd;
	int all_requests; /* to the other one, too */
	enum fault fault;
	char *message, *service;
	struct json *attempts;
};

static char *with_quotes(const char *text, size_t len)
{
	char *out = xmemdup(text, len);

	for (size_t i = 0; i < len; i++)
		if (out[i] == '\'')
			out[i] = '"';
	return out;
}

static void script(struct fake_reply *out, const struct fake_request *request,
		   size_t number UNUSED, void *payload)
{
	struct stage *stage = payload;
	const struct fake_reply *reply = &stage->row->reply;
	const char *good = NULL;
	int step = 0;

	if (strncmp(request->url, "http://spare", 12) == 0) {
		*out = (struct fake_reply)SAYS(200, SPARE);
		return;
	}
	if (stage->kind->good)
		good = stage->kind->good(request, &step);
	if (good && step != stage->row->step) {
		*out = (struct fake_reply)SAYS(200, good);
		return;
	}
	*out = *reply;
	out->body = stage->body;
}

static int load_key(struct secret **out, const void *payload UNUSED,
		    struct err *err UNUSED)
{
	*out = secret_new("env:PLANTED", PLANTED);
	return 0;
}

static int reserve(void *payload, const struct spending_line *line,
		   struct err *err UNUSED)
{
	struct stage *stage = payload;

	cr_assert(line->reserved_nusd > 0);
	stage->reserved++;
	return 0;
}

static int settle(void *payload, const struct spending_line *line,
		  struct err *err UNUSED)
{
	struct stage *stage = payload;

	stage->settled++;
	stage->settled_nusd += line->cost_nusd;
	return 0;
}

static int begin(void *payload UNUSED, int64_t since_ms UNUSED,
		 books_change_fn *tell UNUSED, void *tell_payload UNUSED,
		 struct err *err UNUSED)
{
	return 0;
}

static void end(void *payload UNUSED)
{
}

static const struct spending_ops spending = {
	.begin = begin, .end = end, .reserve = reserve, .settle = settle
};

static void open_stage(struct stage *stage, const struct outcome_kind *kind,
		       const struct outcome_row *row)
{
	static const struct price price = { .base = { .input = 1000,
						      .output = 2000 } };
	const char *body = row->reply.body ? row->reply.body : "";
	struct err err = ERR_INIT;

	*stage = (struct stage){ .kind = kind, .row = row };
	stage->body = with_quotes(
		body, row->reply.body_len ? row->reply.body_len : strlen(body));
	if (kind->options)
		must(json_parse(&stage->options, kind->options,
				strlen(kind->options), &err));
	stage->one = (struct service){
		.name = "one",
		.ops = kind->ops,
		.url = "http://one",
		.load_key = load_key,
		.fallback = "spare",
		.models = { kind->ops == &anthropic_service ? "claude-opus-5-5"
							    : "gpt-6.1-sol" },
		.price = kind->options ? &price : NULL,
		.options = stage->options,
		.timeout_ms = 60000,
	};
	stage->spare = (struct service){ .name = "spare",
					 .ops = &openai_service,
					 .url = "http://spare",
					 .models = { "gpt-6.1-sol" } };
	fake_reset(script, stage);
	must(loop_new(&stage->loop, &err));
	must(http_new(&stage->http, stage->loop, NULL, &err));
	must(gateway_new(&stage->gateway, stage->loop, stage->http,
			 &(struct gateway_options){
				 .spending = &spending,
				 .spending_payload = stage,
			 },
			 &err));
	must(gateway_add_service(stage->gateway, &stage->one, &err));
	must(gateway_add_service(stage->gateway, &stage->spare, &err));
}

static void close_stage(struct stage *stage)
{
	gateway_free(stage->gateway);
	http_free(stage->http);
	loop_free(stage->loop);
	json_free(stage->options);
	free(stage->body);
	fake_done();
}

static int is_json(const char *text, size_t len, void *payload UNUSED,
		   struct err *err)
{
	struct json *doc = NULL;
	int status = json_parse(&doc, text, len, err);

	if (status == 0 && !json_is_object(doc))
		status = err_set(err, ERR_PROTOCOL, "an object expected");
	json_free(doc);
	return status;
}

static void on_end(const struct outcome *outcome, void *payload)
{
	struct ending *ending = payload;

	*ending = (struct ending){
		.calls = ending->calls + 1,
		.fault = outcome->fault,
		.message = xstrdup(outcome->err.msg),
		.service = xstrdup(outcome->service),
		.attempts = attempts_json(outcome->attempts,
					  outcome->attempt_count),
		.cost_nusd = outcome->cost_nusd,
		.all_requests = outcome->requests,
	};
	for (size_t i = 0; i < outcome->attempt_count; i++)
		if (outcome->attempts[i].kind == ATTEMPT_SENT &&
		    strcmp(outcome->attempts[i].service, "one") == 0)
			ending->requests++;
}

static struct ending ask(struct stage *stage)
{
	static struct prompt prompt = { "system", "change", "about", "task" };
	static const struct chat chat = {
		.agent = "a",
		.prompt = &prompt,
		.max_tokens = 1000,
		.temperature = 0.3,
		.project_url = "https://github.com/acme/wallet",
		.head_ref = "topic/x",
	};
	static const char *const services[] = { "one" };
	struct ask question = { .chat = &chat,
				.services = services,
				.service_count = 1,
				.check = is_json };
	struct ending ending = { 0 };
	struct err err = ERR_INIT;

	must(gateway_ask(NULL, stage->gateway, &question, on_end, &ending,
			 &err));
	loop_run(stage->loop);
	cr_assert_eq(ending.calls, 1);
	return ending;
}

static void release(struct ending *ending)
{
	free(ending->message);
	free(ending->service);
	json_free(ending->attempts);
}

/* The attempts of "one": how each ended, and what it cost. */
static void check_attempts(const struct outcome_row *row,
			   const struct ending *ending)
{
	const char *wanted = row->fault ? fault_name(row->fault) : "ok";
	const struct json *at = json_first(ending->attempts);
	char *all = json_print(ending->attempts);

	cr_assert(strstr(all, PLANTED) == NULL, "%s: %s", row->name, all);
	cr_assert(row->end != NEXT || !row->message ||
			  strstr(all, row->message) != NULL,
		  "%s: %s", row->name, all);
	for (; at; at = json_next(at)) {
		int64_t cost = json_int_or(at, "cost_nusd", -2);
		bool unknown = json_bool_or(at, "cost_unknown", false);

		if (strcmp(json_string_or(at, "service", ""), "one") != 0)
			continue;
		cr_assert_str_eq(json_string_or(at, "status", ""), wanted,
				 "%s: %s", row->name, all);
		cr_assert_eq(unknown, row->cost_nusd == WORST, "%s: %s",
			     row->name, all);
		cr_assert(row->cost_nusd == WORST ? cost > 0
						  : cost == row->cost_nusd,
			  "%s: %lld: %s", row->name, (long long)cost, all);
	}
	free(all);
}

static void check_first(const struct outcome_row *row,
			const struct ending *ending)
{
	bool has_answer = row->end != END;

	cr_assert_eq(ending->fault, has_answer ? FAULT_NONE : row->fault,
		     "%s: %s: %s", row->name, fault_name(ending->fault),
		     ending->message);
	cr_assert_str_eq(ending->service, row->end == NEXT ? "spare" : "one",
			 "%s", row->name);
	cr_assert_eq(ending->requests, row->tries, "%s: %d requests: %s",
		     row->name, ending->requests, ending->message);
	cr_assert(has_answer || !row->message ||
			  strstr(ending->message, row->message) != NULL,
		  "%s: %s", row->name, ending->message);
	/* Who is told of it, and in what words. */
	cr_assert(has_answer || strncmp(ending->message, "one: ", 5) == 0,
		  "%s: %s", row->name, ending->message);
	check_attempts(row, ending);
}

/* What is remembered shows by how often it is asked later. */
static void check_later(struct stage *stage, const struct ending *first)
{
	const struct outcome_row *row = stage->row;
	int asked = first->requests;

	for (int i = 1; i < QUESTIONS; i++) {
		struct ending ending = ask(stage);

		asked += ending.requests;
		if (row->after == TOLD_TO_WAIT)
			cr_assert_str_eq(ending.service, "spare", "%s",
					 row->name);
		release(&ending);
	}
	if (row->after == KEY_OPEN || row->after == TOLD_TO_WAIT)
		cr_assert_eq(asked, first->requests, "%s: %d", row->name,
			     asked);
	else if (row->after == LEFT_ALONE)
		cr_assert_eq(asked, 5, "%s: %d", row->name, asked);
	else
		cr_assert(asked > 5, "%s: %d", row->name, asked);
}

static void check_row(const struct outcome_kind *kind,
		      const struct outcome_row *row)
{
	struct stage stage;
	struct ending first;

	open_stage(&stage, kind, row);
	first = ask(&stage);
	check_first(row, &first);
	/* Whatever the kind of service, every request is in the ledger. */
	cr_assert_eq(stage.reserved, first.all_requests, "%s", row->name);
	cr_assert_eq(stage.settled, first.all_requests, "%s", row->name);
	cr_assert_eq(stage.settled_nusd, first.cost_nusd, "%s", row->name);
	check_later(&stage, &first);
	release(&first);
	close_stage(&stage);
}

void outcomes_check(const struct outcome_kind *kind,
		    const struct outcome_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_row(kind, &rows[i]);
}

void outcomes_check_statuses(const struct outcome_kind *kind,
			     const struct outcome_status *rows, size_t count)
{
	for (int status = 300; status < 600; status++) {
		const struct outcome_status *at = rows;
		struct outcome_row row;
		char *name = xstrf("status %d", status);

		while (at < rows + count &&
		       (status < at->from || status > at->to))
			at++;
		cr_assert(at < rows + count, "%d", status);
		row = (struct outcome_row){
			.name = name,
			.reply = SAYS(status, "{'what':'ever'}"),
			.fault = at->fault,
			.tries = at->tries,
			.end = at->end,
			.after = at->after,
		};
		check_row(kind, &row);
		free(name);
	}
}

/* The transport is the same for all of them. */
static const struct outcome_row no_reply[] = {
	{ "no connection",
	  { .error = ERR_UNAVAILABLE, .is_unsent = true, .after_ms = 10 },
	  FAULT_CONNECT,
	  3,
	  NEXT,
	  LEFT_ALONE,
	  0,
	  ": one; see `url`, `proxy` and the network",
	  0 },
	{ "connection that breaks",
	  { .error = ERR_UNAVAILABLE, .after_ms = 10 },
	  FAULT_CONNECT,
	  3,
	  NEXT,
	  LEFT_ALONE,
	  WORST,
	  "one",
	  0 },
	{ "certificate",
	  { .error = ERR_PROTOCOL, .is_unsent = true, .after_ms = 10 },
	  FAULT_CONNECT,
	  1,
	  NEXT,
	  LEFT_ALONE,
	  0,
	  "`ca_file`",
	  0 },
	{ "not HTTP",
	  { .error = ERR_PROTOCOL, .after_ms = 10 },
	  FAULT_ENVELOPE,
	  3,
	  NEXT,
	  NOTHING,
	  WORST,
	  "one",
	  0 },
	{ "nothing in time",
	  { .hangs = true },
	  FAULT_TIMEOUT,
	  3,
	  NEXT,
	  LEFT_ALONE,
	  WORST,
	  "see `timeout`",
	  0 },
};

void outcomes_check_no_reply(const struct outcome_kind *kind)
{
	outcomes_check(kind, no_reply, ARRAY_LEN(no_reply));
}
