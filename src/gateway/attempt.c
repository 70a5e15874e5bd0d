#include "gateway/attempt.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "gateway/machine.h"

void attempt_release(struct attempt *attempt)
{
	free(attempt->message);
	free(attempt->model);
	free(attempt->batch);
	free(attempt->request_id);
	json_free(attempt->raw_usage);
	*attempt = (struct attempt){ 0 };
}

/* What was not said is left out: it is not the same as 0. */
static void set_said(struct json *line, const char *name, int64_t value)
{
	if (value >= 0)
		json_set_int(line, name, value);
}

static void set_text(struct json *line, const char *name, const char *text)
{
	if (text)
		json_set_string(line, name, text);
}

static void set_true(struct json *line, const char *name, bool value)
{
	if (value)
		json_set_bool(line, name, true);
}

static void fill_sent(struct json *line, const struct attempt *from)
{
	const struct usage *usage = &from->usage;

	json_set_string(line, "model", from->model);
	json_set_int(line, "attempt", from->number);
	json_set_string(line, "status",
			from->fault == FAULT_NONE ? "ok"
						  : fault_name(from->fault));
	if (from->status)
		json_set_int(line, "http", from->status);
	set_text(line, "message", from->message);
	set_true(line, "probe", from->is_probe);
	set_true(line, "repair", from->is_repair);
	set_text(line, "batch", from->batch);
	json_set_int(line, "waited_ms", from->waited_ms);
	json_set_int(line, "ms", from->duration_ms);
	set_said(line, "input_tokens", usage->input_tokens);
	set_said(line, "cached_tokens", usage->cached_tokens);
	set_said(line, "cache_write_tokens", usage->cache_write_tokens);
	set_said(line, "output_tokens", usage->output_tokens);
	json_set_int(line, "cost_nusd", from->cost_nusd);
	set_true(line, "cost_unknown", from->cost_unknown);
	set_text(line, "request_id", from->request_id);
	if (from->raw_usage)
		json_set(line, "usage", json_copy(from->raw_usage));
}

static void fill_skipped(struct json *line, const struct attempt *from)
{
	json_set_string(line, "status", "skipped");
	json_set_string(line, "fault", fault_name(from->fault));
	json_set_string(line, "message", from->message);
}

static void fill_cached(struct json *line, const struct attempt *from)
{
	json_set_string(line, "model", from->model);
	json_set_string(line, "status", "ok");
	json_set_string(line, "cache", "hit");
	json_set_int(line, "cost_nusd", 0);
}

struct json *attempt_json(const struct attempt *attempt)
{
	static void (*const fills[])(struct json *, const struct attempt *) = {
		[ATTEMPT_SENT] = fill_sent,
		[ATTEMPT_SKIPPED] = fill_skipped,
		[ATTEMPT_CACHED] = fill_cached,
	};
	struct json *line = json_new_object(), *agents;

	json_set_string(line, "service", attempt->service);
	fills[attempt->kind](line, attempt);
	if (!attempt->together)
		return line;
	agents = json_set_array(line, "together");
	for (size_t i = 0; i < attempt->together_count; i++)
		json_add_string(agents, attempt->together[i]);
	return line;
}

struct json *attempts_json(const struct attempt *attempts, size_t count)
{
	struct json *lines = json_new_array();

	for (size_t i = 0; i < count; i++)
		json_add(lines, attempt_json(&attempts[i]));
	return lines;
}

static struct attempt *add(struct asking *asking, enum attempt_kind kind)
{
	struct tried *tried = &asking->tried;
	struct attempt *attempt;

	ARRAY_GROW(tried->items, tried->len, tried->cap);
	attempt = &tried->items[tried->len++];
	*attempt = (struct attempt){
		.kind = kind,
		.service = asking->chain[asking->at].name,
	};
	return attempt;
}

static char *copy_or_null(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

void attempt_add_sent(struct asking *asking)
{
	struct service_result *result = &asking->result;
	struct chat_reply *reply = &result->reply;
	struct attempt *attempt = add(asking, ATTEMPT_SENT);

	attempt->fault = result->fault;
	if (result->fault != FAULT_NONE)
		attempt->message = xstrdup(result->message);
	attempt->model = copy_or_null(reply->model ? reply->model
						   : asking->model);
	attempt->number = asking->attempts;
	attempt->status = result->status;
	attempt->is_probe = asking->ticket.is_probe;
	attempt->is_repair = asking->bad_answer || asking->ask.is_repair;
	attempt->batch = copy_or_null(asking->batch_id);
	attempt->waited_ms = asking->waited_ms;
	attempt->duration_ms = clock_mono_ms() - asking->sent_ms;
	attempt->usage = reply->usage;
	attempt->cost_nusd = asking->line.cost_nusd;
	attempt->cost_unknown = asking->line.cost_unknown;
	attempt->request_id = copy_or_null(reply->request_id);
	attempt->raw_usage = reply->raw_usage;
	reply->raw_usage = NULL;
}

void attempt_add_skipped(struct asking *asking, enum fault fault,
			 const char *why)
{
	struct attempt *attempt = add(asking, ATTEMPT_SKIPPED);

	attempt->fault = fault;
	attempt->message = xstrdup(why);
}

void attempt_add_cached(struct asking *asking)
{
	add(asking, ATTEMPT_CACHED)->model = copy_or_null(asking->model);
}
