#include "core/clock.h"
#include "gateway/machine.h"

static struct json *add_line(struct asking *asking)
{
	struct json *line = json_add_object(asking->attempt_list);

	json_set_string(line, "service", asking->chain[asking->at].name);
	return line;
}

/* What was not said is left out: it is not the same as 0. */
static void set_said(struct json *line, const char *name, int64_t value)
{
	if (value >= 0)
		json_set_int(line, name, value);
}

void attempt_add_sent(struct asking *asking)
{
	const struct service_result *result = &asking->result;
	const struct usage *usage = &result->reply.usage;
	struct json *line = add_line(asking);

	json_set_string(line, "model",
			result->reply.model ? result->reply.model
					    : asking->model);
	json_set_int(line, "attempt", asking->attempts);
	json_set_string(
		line, "status",
		result->fault == FAULT_NONE ? "ok" : fault_name(result->fault));
	if (result->status)
		json_set_int(line, "http", result->status);
	if (result->fault != FAULT_NONE)
		json_set_string(line, "message", result->message);
	if (asking->ticket.is_probe)
		json_set_bool(line, "probe", true);
	if (asking->bad_answer || asking->ask.is_repair)
		json_set_bool(line, "repair", true);
	if (asking->batch_id)
		json_set_string(line, "batch", asking->batch_id);
	json_set_int(line, "waited_ms", asking->waited_ms);
	json_set_int(line, "ms", clock_mono_ms() - asking->sent_ms);
	set_said(line, "input_tokens", usage->input_tokens);
	set_said(line, "cached_tokens", usage->cached_tokens);
	set_said(line, "cache_write_tokens", usage->cache_write_tokens);
	set_said(line, "output_tokens", usage->output_tokens);
	json_set_int(line, "cost_nusd", asking->line.cost_nusd);
	if (asking->line.cost_unknown)
		json_set_bool(line, "cost_unknown", true);
	if (result->reply.request_id)
		json_set_string(line, "request_id", result->reply.request_id);
	if (result->reply.raw_usage)
		json_set(line, "usage", json_copy(result->reply.raw_usage));
}

void attempt_add_skipped(struct asking *asking, enum fault fault,
			 const char *why)
{
	struct json *line = add_line(asking);

	json_set_string(line, "status", "skipped");
	json_set_string(line, "fault", fault_name(fault));
	json_set_string(line, "message", why);
}

void attempt_add_cached(struct asking *asking)
{
	struct json *line = add_line(asking);

	json_set_string(line, "model", asking->model);
	json_set_string(line, "status", "ok");
	json_set_string(line, "cache", "hit");
	json_set_int(line, "cost_nusd", 0);
}
