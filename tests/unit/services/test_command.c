#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/secret.h"
#include "io/loop.h"
#include "io/sandbox.h"
#include "services/kinds.h"

struct ending {
	int calls;
	enum fault fault;
	char *text, *message;
	struct loop *loop;
};

static void on_end(struct service_result *result, void *payload)
{
	struct ending *ending = payload;

	ending->calls++;
	ending->fault = result->fault;
	ending->text = strdup(result->reply.text.ptr);
	ending->message = strdup(result->message);
}

static struct prompt prompt = { "system", "change", "about", "task" };

/* Runs `script` with sh as the service that `made` is otherwise. */
static struct ending run_as(const struct service *made, const char *script,
			    int64_t timeout_ms)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	struct service service = *made;
	struct chat chat = { .agent = "lint-agent",
			     .answer = ANSWER_FINDINGS,
			     .model = "m",
			     .prompt = &prompt };
	struct service_host host = { .timeout_ms = timeout_ms };
	struct service_call *call;
	struct ending ending = { 0 };
	struct err err = ERR_INIT;
	struct secret *key = secret_new("env:K", "sk-planted");

	service.name = "c";
	service.ops = &command_service;
	service.argv = argv;
	must(loop_new(&host.loop, &err));
	host.key = key;
	must(service.ops->start(&call, &service, &chat, &host, on_end, &ending,
				&err));
	cr_assert(eq(int, ending.calls, 0));
	loop_run(host.loop);
	loop_free(host.loop);
	secret_free(key);
	cr_assert(eq(int, ending.calls, 1));
	return ending;
}

static struct ending run(const char *script, int64_t timeout_ms,
			 const char *const *environment)
{
	return run_as(&(struct service){ .environment = environment }, script,
		      timeout_ms);
}

static void release(struct ending *ending)
{
	free(ending->text);
	free(ending->message);
}

Test(command, gets_the_prompt_and_gives_the_answer)
{
	struct ending ending = run("cat; echo $REFEREE_AGENT", 10000, NULL);

	cr_assert_eq(ending.fault, FAULT_NONE, "%s", ending.message);
	cr_assert_str_eq(ending.text, "system\n\nchange\n\nabout\n\ntask\n\n"
				      "lint-agent\n");
	release(&ending);
}

Test(command, says_by_its_exit_status_what_went_wrong)
{
	static const struct {
		const char *script;
		enum fault fault;
		const char *message;
	} cases[] = {
		{ "echo no money >&2; exit 1", FAULT_SERVER, "no money" },
		{ "exit 64", FAULT_REQUEST, "64" },
		{ "exit 69", FAULT_OVERLOADED, "69" },
		{ "exit 75", FAULT_SERVER, "75" },
		{ "exit 77", FAULT_AUTH, "77" },
		{ "exit 127", FAULT_UNSUPPORTED, "127" },
		{ "kill -9 $$", FAULT_SERVER, "signal 9" },
		{ ":", FAULT_ENVELOPE, "no answer" },
		{ "printf '\\377\\376'", FAULT_ENVELOPE, "no text" },
		{ "head -c 9000000 /dev/zero | tr '\\0' x", FAULT_ENVELOPE,
		  "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ending ending = run(cases[i].script, 10000, NULL);

		cr_assert_eq(ending.fault, cases[i].fault, "%s: %s: %s",
			     cases[i].script, fault_name(ending.fault),
			     ending.message);
		cr_assert(strstr(ending.message, cases[i].message) != NULL,
			  "%s: %s", cases[i].script, ending.message);
		release(&ending);
	}
}

Test(command, is_ended_when_its_time_is_over)
{
	struct ending ending = run("sleep 30", 300, NULL);

	cr_assert_eq(ending.fault, FAULT_TIMEOUT);
	release(&ending);
}

Test(command, sees_no_key_but_where_the_configuration_says_so)
{
	static const char *const environment[] = { "VENDOR_KEY=${key}", "A=b",
						   "PATH=/bin:/c", NULL };
	struct ending ending;

	setenv("ANTHROPIC_API_KEY", "sk-of-another", 1);
	ending = run("env", 10000, NULL);
	cr_assert(strstr(ending.text, "sk-") == NULL, "%s", ending.text);
	release(&ending);
	ending = run("echo $VENDOR_KEY $A $PATH", 10000, environment);
	cr_assert_str_eq(ending.text, "sk-planted b /bin:/c\n");
	release(&ending);
}

Test(command, is_shut_in_where_that_is_wanted)
{
	char dir[] = "/tmp/referee-command-XXXXXX", script[200];
	struct service service = { .sandbox = true, .work_dir = dir };
	struct ending ending;
	struct err err = ERR_INIT;

	if (sandbox_check(NULL, &err) < 0)
		cr_skip_test("%s", err.msg);
	cr_assert(mkdtemp(dir) != NULL);
	snprintf(script, sizeof(script),
		 "touch made; pwd; test -e /etc/passwd || test -e %s || "
		 "echo alone",
		 dir);
	ending = run_as(&service, script, 10000);
	cr_assert_str_eq(ending.text, "/work\nalone\n", "%s", ending.message);
	release(&ending);
	snprintf(script, sizeof(script), "rm %s/made && rmdir %s", dir, dir);
	cr_assert(eq(int, system(script), 0));
}

Test(command, that_does_not_exist_is_said_to)
{
	const char *const argv[] = { "/nonexistent/program", NULL };
	struct service service = { .name = "c",
				   .ops = &command_service,
				   .argv = argv };
	struct chat chat = { .agent = "a", .model = "m", .prompt = &prompt };
	struct service_host host = { .timeout_ms = 1000 };
	struct service_call *call;
	struct ending ending = { 0 };
	struct err err = ERR_INIT;

	must(loop_new(&host.loop, &err));
	must_fail(ERR_NOT_FOUND,
		  service.ops->start(&call, &service, &chat, &host, on_end,
				     &ending, &err));
	loop_free(host.loop);
	cr_assert(eq(int, ending.calls, 0));
}
