/* Cursor's CLI in print mode: a child that is given the prompt. */
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/limits.h"
#include "core/strvec.h"
#include "services/cursor_internal.h"

#define SEARCH_PATH "/usr/local/bin:/usr/bin:/bin"

/* {"type":"result","is_error":false,"result":"..."} on its standard output. */
static void read_cli(struct service_call *call,
		     const struct child_result *child)
{
	struct service_result *out = &call->result;
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	const char *answer;

	out->status = child->exit_status;
	if (json_parse(&doc, child->output.ptr, child->output.len, &err) < 0 ||
	    json_string(&answer, doc, "result", &err) < 0)
		service_result_fail(
			out, child->exit_status ? FAULT_SERVER : FAULT_ENVELOPE,
			"exit status %d: %s", child->exit_status, err.msg);
	else if (child->exit_status || json_bool_or(doc, "is_error", true))
		service_result_fail(out, FAULT_SERVER, "exit status %d: %.200s",
				    child->exit_status, answer);
	else
		buf_addstr(&out->reply.text, answer);
	json_free(doc);
}

static void on_cli(struct child_result *child, const struct err *err,
		   void *payload)
{
	struct service_call *call = payload;

	call->child = NULL;
	if (!err)
		read_cli(call, child);
	else if (err->code == ERR_TIMEOUT)
		cursor_fail(call, FAULT_TIMEOUT, err->msg);
	else
		cursor_fail(call,
			    err->code == ERR_CANCELLED ? FAULT_CANCELLED
						       : FAULT_UNSUPPORTED,
			    err->msg);
	cursor_end(call);
}

int cursor_start_cli(struct service_call *call, const struct chat *chat,
		     struct err *err)
{
	const struct child_variable variables[] = {
		{ .name = "PATH", .value = SEARCH_PATH },
		{ .name = "HOME", .value = "/tmp" },
		{ .name = "CURSOR_API_KEY", .secret = call->host.key },
	};
	struct strvec argv = STRVEC_INIT;
	char *prompt = cursor_prompt(chat);
	int status;

	for (size_t i = 0; call->service->argv[i]; i++)
		strvec_add(&argv, call->service->argv[i]);
	strvec_add(&argv, "-p");
	strvec_add(&argv, "--output-format");
	strvec_add(&argv, "json");
	status = child_start(&call->child, call->host.loop,
			     &(struct child_command){
				     .argv = (const char *const *)argv.v,
				     .variables = variables,
				     .variable_count = call->host.key ? 3 : 2,
				     .directory = "/",
				     .input = prompt,
				     .input_len = strlen(prompt),
				     .timeout_ms = call->host.timeout_ms,
				     .max_output_bytes = LIMIT_REPLY_BYTES,
			     },
			     on_cli, call, err);
	strvec_release(&argv);
	free(prompt);
	return status;
}
