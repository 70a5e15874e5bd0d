#include "unit.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "io/child.h"

enum { SECOND = 1000 };

TestSuite(child, .timeout = 60);

/* A child that is a shell script, for short. */
struct script {
	const char *argv[4];
	struct child_command command;
};

static void script_init(struct script *script, const char *text)
{
	*script = (struct script){ .argv = { "/bin/sh", "-c", text, NULL } };
	script->command.argv = script->argv;
	script->command.timeout_ms = 20 * SECOND;
}

/* How a child ended, whichever way it was run. */
struct ending {
	int count;
	enum err_code code;
	int exit_status, signal;
	char *output, *error;
};

static void keep(struct ending *end, const struct child_result *result,
		 const struct err *err)
{
	end->count++;
	if (err) {
		end->code = err->code;
		return;
	}
	end->exit_status = result->exit_status;
	end->signal = result->signal;
	end->output = xmemdup(result->output.ptr, result->output.len);
	end->error = xmemdup(result->error.ptr, result->error.len);
}

static void on_done(struct child_result *result, const struct err *err,
		    void *payload)
{
	keep(payload, result, err);
}

static void ending_release(struct ending *end)
{
	free(end->output);
	free(end->error);
}

static void run_blocking(struct ending *end,
			 const struct child_command *command)
{
	struct err err = ERR_INIT;
	struct child_result result;
	int ret = child_run(&result, command, NULL, &err);

	keep(end, &result, ret < 0 ? &err : NULL);
	child_result_release(&result);
}

static void run_on_loop(struct ending *end, const struct child_command *command)
{
	struct err err = ERR_INIT;
	struct loop *loop;

	must(loop_new(&loop, &err));
	must(child_start(NULL, loop, command, on_done, end, &err));
	cr_assert(eq(int, end->count, 0));
	loop_run(loop);
	loop_free(loop);
}

typedef void run_fn(struct ending *end, const struct child_command *command);
static run_fn *const ways[] = { run_blocking, run_on_loop };

Test(child, ends_as_the_program_does)
{
	static const struct {
		const char *text;
		int exit_status, signal;
		const char *output, *error;
	} cases[] = {
		{ "echo out; echo err >&2", 0, 0, "out\n", "err\n" },
		{ "exit 3", 3, 0, "", "" },
		{ "kill -9 $$", -1, SIGKILL, "", "" },
		{ "cat; echo end", 0, 0, "some inputend\n", "" },
		{ "exec <&-; echo not read", 0, 0, "not read\n", "" },
		{ "exec >&- 2>&-; sleep 0.1; exit 5", 5, 0, "", "" },
		{ "head -c 300000 /dev/zero | wc -c | tr -d ' '", 0, 0,
		  "300000\n", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases) * 2; i++) {
		struct ending end = { 0 };
		struct script script;

		script_init(&script, cases[i / 2].text);
		script.command.input = "some input";
		script.command.input_len = 10;
		ways[i % 2](&end, &script.command);
		cr_assert(eq(int, end.count, 1));
		cr_assert(eq(int, end.code, ERR_OK), "%s", cases[i / 2].text);
		cr_assert(eq(int, end.exit_status, cases[i / 2].exit_status));
		cr_assert(eq(int, end.signal, cases[i / 2].signal));
		cr_assert(eq(str, end.output, (char *)cases[i / 2].output));
		cr_assert(eq(str, end.error, (char *)cases[i / 2].error));
		ending_release(&end);
	}
}

Test(child, sees_only_what_is_named)
{
	struct secret *key = secret_new("env:KEY", "the-value");
	struct child_variable variables[] = {
		{ .name = "PLAIN", .value = "a b" },
		{ .name = "KEY", .secret = key },
	};
	const char *const argv[] = { "env", NULL };
	struct child_command command = { .argv = argv,
					 .variables = variables,
					 .variable_count = 2,
					 .timeout_ms = 20 * SECOND };

	setenv("LEAKED", "1", 1);
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct ending end = { 0 };

		ways[i](&end, &command);
		cr_assert(eq(str, end.output, "PLAIN=a b\nKEY=the-value\n"));
		ending_release(&end);
	}
	secret_free(key);
}

Test(child, has_three_descriptors_fresh_signals_and_its_directory)
{
	int extra = dup(1); /* one without close-on-exec */

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct ending end = { 0 };
		struct script script;

		/* ls has the folder itself open as 3. Of the signals, the
		 * ones up to 28: the C library keeps some for itself. */
		script_init(&script, "pwd; ls /proc/self/fd; sed -nE "
				     "'s/^Sig(Blk|Ign).*(.{7})$/\\1 \\2/p' "
				     "/proc/self/status");
		script.command.directory = "/";
		ways[i](&end, &script.command);
		cr_assert(eq(str, end.output,
			     "/\n0\n1\n2\n3\nBlk 0000000\nIgn 0000000\n"));
		ending_release(&end);
	}
	close(extra);
}

Test(child, is_ended_when_it_breaks_a_limit)
{
	static const struct {
		const char *text;
		enum err_code code;
		int64_t timeout_ms;
	} cases[] = {
		{ "sleep 60", ERR_TIMEOUT, 200 },
		{ "sleep 60 & sleep 60", ERR_TIMEOUT, 200 },
		{ "trap '' TERM; while :; do sleep 0.1; done", ERR_TIMEOUT,
		  200 },
		{ "cat /dev/zero", ERR_TOO_LARGE, 20 * SECOND },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases) * 2; i++) {
		struct ending end = { 0 };
		struct script script;
		int64_t started = clock_mono_ms();

		script_init(&script, cases[i / 2].text);
		script.command.timeout_ms = cases[i / 2].timeout_ms;
		script.command.max_output_bytes = 100000;
		ways[i % 2](&end, &script.command);
		cr_assert(eq(int, end.count, 1));
		cr_assert(eq(int, end.code, cases[i / 2].code));
		cr_assert(lt(i64, clock_mono_ms() - started, 8 * SECOND));
		ending_release(&end);
	}
}

static bool is_alive(int pid)
{
	return kill(pid, 0) == 0 || errno != ESRCH;
}

Test(child, leaves_nobody_of_its_group_behind)
{
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct ending end = { 0 };
		struct script script;
		int pid;

		script_init(&script, "sleep 60 & echo $!");
		ways[i](&end, &script.command);
		cr_assert(eq(int, end.exit_status, 0));
		pid = atoi(end.output);
		for (int tries = 0; is_alive(pid) && tries < 100; tries++)
			usleep(20000);
		cr_assert(not(is_alive(pid)));
		ending_release(&end);
	}
}

Test(child, does_not_wait_for_a_stranger_that_holds_its_pipes)
{
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct ending end = { 0 };
		struct script script;
		int64_t started = clock_mono_ms();

		script_init(&script,
			    "setsid sleep 7 & sleep 0.2; echo started");
		ways[i](&end, &script.command);
		cr_assert(eq(str, end.output, "started\n"));
		cr_assert(lt(i64, clock_mono_ms() - started, 5 * SECOND));
		ending_release(&end);
	}
}

Test(child, drops_what_standard_error_has_too_much_of)
{
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct ending end = { 0 };
		struct script script;

		script_init(&script, "head -c 300000 /dev/zero | tr '\\0' e "
				     ">&2; echo fine");
		script.command.max_error_bytes = 1000;
		ways[i](&end, &script.command);
		cr_assert(eq(str, end.output, "fine\n"));
		cr_assert(eq(sz, strlen(end.error), 1000));
		ending_release(&end);
	}
}

Test(child, says_what_cannot_be_run)
{
	static const char *const missing[] = { "no-such-program-here", NULL };
	static const char *const folder[] = { "/", NULL };
	static const char *const empty[] = { NULL };
	const struct child_variable odd = { .name = "A=B", .value = "x" };
	const struct {
		struct child_command command;
		enum err_code code;
	} cases[] = {
		{ { .argv = missing, .timeout_ms = 1000 }, ERR_NOT_FOUND },
		{ { .argv = folder, .timeout_ms = 1000 }, ERR_SYSTEM },
		{ { .argv = empty, .timeout_ms = 1000 }, ERR_INVALID },
		{ { .argv = missing }, ERR_INVALID },
		{ { .argv = missing,
		    .timeout_ms = 1,
		    .variables = &odd,
		    .variable_count = 1 },
		  ERR_INVALID },
	};
	struct loop *loop;
	struct err err = ERR_INIT;

	must(loop_new(&loop, &err));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct child_result result;
		struct ending end = { 0 };

		must_fail(cases[i].code,
			  child_run(&result, &cases[i].command, NULL, &err));
		child_result_release(&result);
		must_fail(cases[i].code,
			  child_start(NULL, loop, &cases[i].command, on_done,
				      &end, &err));
		loop_run(loop);
		cr_assert(eq(int, end.count, 0));
	}
	loop_free(loop);
}

Test(child, is_ended_with_the_loop_and_on_demand)
{
	struct err err = ERR_INIT;
	struct loop *loop;
	struct child *child;
	struct ending ends[2] = { { 0 } };
	struct script script;

	script_init(&script, "sleep 60");
	must(loop_new(&loop, &err));
	must(child_start(&child, loop, &script.command, on_done, &ends[0],
			 &err));
	child_cancel(child);
	cr_assert(eq(int, ends[0].count, 0));
	loop_run(loop);
	cr_assert(eq(int, ends[0].code, ERR_CANCELLED));
	must(child_start(NULL, loop, &script.command, on_done, &ends[1], &err));
	loop_free(loop);
	for (int i = 0; i < 2; i++)
		cr_assert(eq(int, ends[i].count, 1));
	cr_assert(eq(int, ends[1].code, ERR_CANCELLED));
}

static void *cancel_soon(void *payload)
{
	usleep(100000);
	cancel_request(payload);
	return NULL;
}

Test(child, stops_a_blocking_run_when_another_thread_asks)
{
	struct err err = ERR_INIT;
	struct cancel cancel = { 0 };
	struct child_result result;
	struct script script;
	pthread_t thread;

	script_init(&script, "echo said >&2; sleep 60");
	pthread_create(&thread, NULL, cancel_soon, &cancel);
	must_fail(ERR_CANCELLED,
		  child_run(&result, &script.command, &cancel, &err));
	cr_assert(eq(str, result.error.ptr, "said\n"));
	child_result_release(&result);
	pthread_join(thread, NULL);
}

Test(child, runs_many_at_once)
{
	struct err err = ERR_INIT;
	struct loop *loop;
	struct ending ends[40] = { { 0 } };
	struct script script;

	script_init(&script, "sleep 0.2; echo done");
	must(loop_new(&loop, &err));
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		must(child_start(NULL, loop, &script.command, on_done, &ends[i],
				 &err));
	loop_run(loop);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		cr_assert(eq(int, ends[i].count, 1));
		cr_assert(eq(str, ends[i].output, "done\n"));
		ending_release(&ends[i]);
	}
	loop_free(loop);
}

Test(child_stream, converses_about_more_than_pipes_hold)
{
	struct err err = ERR_INIT;
	struct child_stream *stream;
	const struct child_result *result;
	struct script script;
	char *sent = xcalloc(1, 1000000);
	char bytes[5000];
	size_t got, total = 0;

	script_init(&script, "read line; echo \"heard $line\"; "
			     "cat; echo gone >&2; exit 4");
	must(child_stream_open(&stream, &script.command, NULL, &err));
	must(child_stream_write(stream, "you\n", 4, &err));
	must(child_stream_read(&got, stream, bytes, 10, &err));
	cr_assert(eq(sz, got, 10));
	cr_assert(zero(memcmp(bytes, "heard you\n", 10)));
	must(child_stream_write(stream, sent, 1000000, &err));
	child_stream_close_input(stream);
	do {
		must(child_stream_read(&got, stream, bytes, sizeof(bytes),
				       &err));
		total += got;
	} while (got > 0);
	cr_assert(eq(sz, total, 1000000));
	must(child_stream_finish(&result, stream, &err));
	cr_assert(eq(int, result->exit_status, 4));
	cr_assert(eq(str, (char *)child_stream_error_text(stream), "gone\n"));
	child_stream_free(stream);
	free(sent);
}

Test(child_stream, reads_any_amount_with_little_memory)
{
	struct err err = ERR_INIT;
	struct child_stream *stream;
	const struct child_result *result;
	struct script script;
	char bytes[3000];
	size_t got, total = 0;

	script_init(&script, "head -c 20000000 /dev/zero");
	script.command.max_output_bytes = 50000;
	must(child_stream_open(&stream, &script.command, NULL, &err));
	do {
		must(child_stream_read(&got, stream, bytes, sizeof(bytes),
				       &err));
		total += got;
	} while (got > 0);
	cr_assert(eq(sz, total, 20000000));
	must(child_stream_finish(&result, stream, &err));
	cr_assert(eq(int, result->exit_status, 0));
	child_stream_free(stream);
}

Test(child_stream, ends_in_time_and_survives_a_deaf_child)
{
	struct err err = ERR_INIT;
	struct child_stream *stream;
	struct script script;
	char byte;
	char *much = xcalloc(1, 1000000);
	size_t got;

	script_init(&script, "sleep 60");
	script.command.timeout_ms = 200;
	must(child_stream_open(&stream, &script.command, NULL, &err));
	must_fail(ERR_TIMEOUT, child_stream_read(&got, stream, &byte, 1, &err));
	child_stream_free(stream);
	must(child_stream_open(&stream, &script.command, NULL, &err));
	must_fail(ERR_TIMEOUT, child_stream_write(stream, much, 1000000, &err));
	child_stream_free(stream);
	script_init(&script, "exit 0");
	must(child_stream_open(&stream, &script.command, NULL, &err));
	must(child_stream_write(stream, much, 1000000, &err));
	must(child_stream_read(&got, stream, &byte, 1, &err));
	cr_assert(eq(sz, got, 0));
	child_stream_free(stream);
	free(much);
}
