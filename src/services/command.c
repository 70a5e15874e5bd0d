/*
 * Any program: the prompt on its standard input, the answer on its standard
 * output. Its exit status says what went wrong, in the words of sysexits.h
 * where it knows them. It gets no environment but a search path, what it is
 * asked for, and what the configuration names.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"
#include "io/child.h"
#include "io/loop.h"
#include "io/sandbox.h"
#include "services/kinds.h"

#define SEARCH_PATH "/usr/local/bin:/usr/bin:/bin"

/* More of what it says when it fails is of no use. */
#define COMPLAINT_MAX 200

struct service_call {
	struct child *child;
	service_done_fn *done;
	void *payload;
};

static const struct {
	int status;
	enum fault fault;
} exits[] = {
	{ EX_USAGE, FAULT_REQUEST },      { EX_DATAERR, FAULT_REQUEST },
	{ EX_NOINPUT, FAULT_REQUEST },    { EX_NOUSER, FAULT_AUTH },
	{ EX_NOHOST, FAULT_CONNECT },     { EX_UNAVAILABLE, FAULT_OVERLOADED },
	{ EX_SOFTWARE, FAULT_SERVER },    { EX_OSERR, FAULT_SERVER },
	{ EX_IOERR, FAULT_SERVER },       { EX_TEMPFAIL, FAULT_SERVER },
	{ EX_PROTOCOL, FAULT_ENVELOPE },  { EX_NOPERM, FAULT_AUTH },
	{ EX_CONFIG, FAULT_UNSUPPORTED }, { 126, FAULT_UNSUPPORTED },
	{ 127, FAULT_UNSUPPORTED },
};

static enum fault exit_fault(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(exits); i++)
		if (exits[i].status == status)
			return exits[i].fault;
	return FAULT_SERVER;
}

static enum fault error_fault_of(const struct err *err)
{
	switch (err->code) {
	case ERR_TIMEOUT:
		return FAULT_TIMEOUT;
	case ERR_CANCELLED:
		return FAULT_CANCELLED;
	case ERR_NOT_FOUND:
		return FAULT_UNSUPPORTED;
	case ERR_TOO_LARGE:
		return FAULT_ENVELOPE;
	default:
		return FAULT_SERVER;
	}
}

/* The end of what it said, which is where the reason is. */
static char *last_words(const struct buf *error)
{
	size_t from = error->len > COMPLAINT_MAX ? error->len - COMPLAINT_MAX
						 : 0;

	return text_clean(error->ptr + from, false);
}

static void read_result(struct service_result *out,
			const struct child_result *child)
{
	char *said = last_words(&child->error);

	out->status = child->exit_status;
	if (child->signal)
		service_result_fail(out, FAULT_SERVER, "ended by signal %d: %s",
				    child->signal, said);
	else if (child->exit_status)
		service_result_fail(out, exit_fault(child->exit_status),
				    "exit status %d: %s", child->exit_status,
				    said);
	else if (!child->output.len)
		service_result_fail(out, FAULT_ENVELOPE, "no answer: %s", said);
	else if (!text_is_utf8(child->output.ptr, child->output.len))
		service_result_fail(out, FAULT_ENVELOPE,
				    "the answer is no text");
	else
		buf_add(&out->reply.text, child->output.ptr, child->output.len);
	free(said);
}

static void on_end(struct child_result *child, const struct err *err,
		   void *payload)
{
	struct service_call *call = payload;
	struct service_result result;

	service_result_init(&result);
	if (err)
		service_result_fail(&result, error_fault_of(err), "%s",
				    err->msg);
	else
		read_result(&result, child);
	call->done(&result, call->payload);
	service_result_release(&result);
	free(call);
}

static void write_prompt(struct buf *out, const struct chat *chat)
{
	const struct prompt *prompt = chat->prompt;
	const char *const parts[] = { prompt->system, prompt->change,
				      prompt->about, prompt->task };
	char *complaint;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (!parts[i])
			continue;
		buf_addstr(out, parts[i]);
		buf_addstr(out, "\n\n");
	}
	if (!chat->bad_answer)
		return;
	complaint = service_complaint(chat);
	buf_addf(out, "%s\n\n%s\n", chat->bad_answer, complaint);
	free(complaint);
}

/* Does the configuration set it? */
static bool is_set(const struct service *service, const char *name)
{
	const char *const *line = service->environment;
	size_t len = strlen(name);

	for (; line && *line; line++)
		if (strncmp(*line, name, len) == 0 && (*line)[len] == '=')
			return true;
	return false;
}

/* "NAME=value" of the configuration; the key where the value is ${key}. */
static size_t set_variables(struct child_variable *out, size_t max,
			    struct strvec *names, const struct service *service,
			    const struct chat *chat, const struct secret *key)
{
	size_t count = 0;

	if (!is_set(service, "PATH"))
		out[count++] = (struct child_variable){ "PATH", SEARCH_PATH,
							NULL };
	if (!is_set(service, "LC_ALL"))
		out[count++] = (struct child_variable){ "LC_ALL", "C.UTF-8",
							NULL };
	out[count++] = (struct child_variable){ "REFEREE_AGENT", chat->agent,
						NULL };
	out[count++] = (struct child_variable){ "REFEREE_ANSWER",
						answer_kind_name(chat->answer),
						NULL };
	out[count++] = (struct child_variable){ "REFEREE_MODEL", chat->model,
						NULL };
	for (size_t i = 0;
	     service->environment && service->environment[i] && count < max;
	     i++) {
		const char *line = service->environment[i];
		size_t len = strcspn(line, "=");
		const char *value = line[len] ? line + len + 1 : "";
		bool is_key = strcmp(value, "${key}") == 0;

		if (is_key && !key)
			continue;
		strvec_take(names, xmemdup(line, len));
		out[count++] = (struct child_variable){
			names->v[names->len - 1],
			is_key ? NULL : value,
			is_key ? key : NULL,
		};
	}
	return count;
}

static void add_words(struct strvec *argv, const struct service *service)
{
	const struct sandbox sandbox = { .directory = service->work_dir };

	if (service->sandbox)
		sandbox_add_words(argv, &sandbox);
	for (size_t i = 0; service->argv[i]; i++)
		strvec_add(argv, service->argv[i]);
}

#define VARIABLES_MAX 64

/* NOLINTNEXTLINE(readability-function-size): as the vtable has it */
static int start(struct service_call **out, const struct service *service,
		 const struct chat *chat, const struct service_host *host,
		 service_done_fn *done, void *payload, struct err *err)
{
	struct child_variable variables[VARIABLES_MAX];
	struct strvec names = STRVEC_INIT, argv = STRVEC_INIT;
	struct child_command command = {
		.variables = variables,
		.directory = service->work_dir ? service->work_dir : "/",
		.timeout_ms = host->timeout_ms,
		.max_output_bytes = LIMIT_ANSWER_BYTES,
	};
	struct service_call *call = xcalloc(1, sizeof(*call));
	struct buf input;
	int status = -1;

	call->done = done;
	call->payload = payload;
	buf_init(&input, LIMIT_REQUEST_BYTES);
	write_prompt(&input, chat);
	if (buf_check(&input, "prompt", err) < 0)
		goto out;
	add_words(&argv, service);
	command.argv = (const char *const *)argv.v;
	command.variable_count = set_variables(variables, VARIABLES_MAX, &names,
					       service, chat, host->key);
	command.input = input.ptr;
	command.input_len = input.len;
	status = child_start(&call->child, host->loop, &command, on_end, call,
			     err);
out:
	buf_release(&input);
	strvec_release(&argv);
	strvec_release(&names);
	if (status < 0)
		free(call);
	else
		*out = call;
	return status;
}

static int show(struct buf *out, const struct service *service,
		const struct chat *chat, struct err *err UNUSED)
{
	for (size_t i = 0; service->argv && service->argv[i]; i++)
		buf_addf(out, "%s%s", i ? " " : "", service->argv[i]);
	buf_addstr(out, "\n\n");
	write_prompt(out, chat);
	return 0;
}

static void cancel(struct service_call *call)
{
	child_cancel(call->child);
}

const struct service_ops command_service = {
	.kind = "command",
	.start = start,
	.show = show,
	.cancel = cancel,
};
