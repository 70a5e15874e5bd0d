#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "io/child_process.h"

/* A pipe tells of its own end, but not of the child's: looked at this often. */
enum { LOOK_MS = 100, LOOK_END_MS = 10 };

struct child_stream {
	struct child_process process;
	struct cancel *cancel;
	size_t output_at; /* what the reader has taken of the output */
	bool input_ends;
};

static int check_limits(const struct child_stream *stream, struct err *err)
{
	const struct child_process *process = &stream->process;

	if (cancel_is_wanted(stream->cancel))
		return err_set(err, ERR_CANCELLED, "cancelled");
	if (clock_mono_ms() - process->started_ms >= process->timeout_ms)
		return err_set(err, ERR_TIMEOUT, "not done in %lld ms",
			       (long long)process->timeout_ms);
	if (process->idle_ms > 0 &&
	    clock_mono_ms() - process->active_ms >= process->idle_ms)
		return err_set(err, ERR_TIMEOUT, "nothing came for %lld ms",
			       (long long)process->idle_ms);
	return 0;
}

static bool has_unread(const struct child_stream *stream)
{
	return stream->output_at < stream->process.result.output.len;
}

static bool is_output_full(const struct child_stream *stream)
{
	const struct buf *output = &stream->process.result.output;

	return output->max - output->len < 16384;
}

/* Moves whatever can be moved, waiting a little if there is nothing. A full
 * output is left in its pipe if somebody is going to read it. */
static int pump(struct child_stream *stream, bool has_reader, struct err *err)
{
	struct child_process *process = &stream->process;
	struct pollfd polled[PIPE_COUNT];
	bool is_open = process->fd[PIPE_OUTPUT] >= 0 ||
		       process->fd[PIPE_ERROR] >= 0;

	if (check_limits(stream, err) < 0)
		return -1;
	for (int i = 0; i < PIPE_COUNT; i++)
		polled[i] = (struct pollfd){ .fd = process->fd[i],
					     .events = POLLIN };
	polled[PIPE_INPUT].events = POLLOUT;
	if (process->input_at == process->input.len && !stream->input_ends)
		polled[PIPE_INPUT].fd = -1;
	if (has_reader && is_output_full(stream))
		polled[PIPE_OUTPUT].fd = -1;
	if (poll(polled, PIPE_COUNT, is_open ? LOOK_MS : LOOK_END_MS) < 0 &&
	    errno != EINTR)
		return err_set_errno(err, "poll");
	if (polled[PIPE_INPUT].fd >= 0 && polled[PIPE_INPUT].revents)
		child_process_write(process, stream->input_ends);
	for (int i = PIPE_OUTPUT; i < PIPE_COUNT; i++)
		if (polled[i].fd >= 0 && polled[i].revents &&
		    child_process_read(process, i, err) < 0)
			return -1;
	child_process_reap(process);
	return 0;
}

/* TERM, then KILL, for the whole group; returns when it has ended. */
static void end_now(struct child_process *process)
{
	int64_t until = clock_mono_ms() + CHILD_GRACE_MS;
	bool is_killed = false;

	if (!process->has_ended)
		child_process_signal(process, SIGTERM);
	while (!child_process_reap(process)) {
		if (!is_killed && clock_mono_ms() >= until) {
			child_process_signal(process, SIGKILL);
			is_killed = true;
		}
		poll(NULL, 0, LOOK_END_MS);
	}
}

int child_stream_open(struct child_stream **out,
		      const struct child_command *command,
		      struct cancel *cancel, struct err *err)
{
	struct child_stream *stream = xcalloc(1, sizeof(*stream));

	io_setup();
	stream->cancel = cancel;
	if (child_process_spawn(&stream->process, command, err) < 0) {
		child_stream_free(stream);
		return -1;
	}
	*out = stream;
	return 0;
}

void child_stream_free(struct child_stream *stream)
{
	if (!stream)
		return;
	end_now(&stream->process);
	child_process_release(&stream->process);
	free(stream);
}

int child_stream_write(struct child_stream *stream, const void *bytes,
		       size_t len, struct err *err)
{
	struct child_process *process = &stream->process;

	process->active_ms = clock_mono_ms();
	buf_add(&process->input, bytes, len);
	child_process_write(process, false);
	while (process->fd[PIPE_INPUT] >= 0 && process->input.len > 0)
		if (pump(stream, true, err) < 0)
			return -1;
	return 0;
}

void child_stream_close_input(struct child_stream *stream)
{
	stream->input_ends = true;
	child_process_write(&stream->process, true);
}

/* Forgets what the reader has taken. */
static void compact(struct child_stream *stream)
{
	struct buf *output = &stream->process.result.output;

	if (!has_unread(stream)) {
		buf_reset(output);
		stream->output_at = 0;
	}
}

int child_stream_read(size_t *got, struct child_stream *stream, void *bytes,
		      size_t size, struct err *err)
{
	struct child_process *process = &stream->process;
	size_t left;

	compact(stream);
	process->active_ms = clock_mono_ms(); /* not our own slowness */
	while (!has_unread(stream) && process->fd[PIPE_OUTPUT] >= 0 &&
	       !child_process_is_over(process))
		if (pump(stream, true, err) < 0)
			return -1;
	left = process->result.output.len - stream->output_at;
	*got = left < size ? left : size;
	memcpy(bytes, process->result.output.ptr + stream->output_at, *got);
	stream->output_at += *got;
	return 0;
}

int child_stream_finish(const struct child_result **result,
			struct child_stream *stream, struct err *err)
{
	child_stream_close_input(stream);
	while (!child_process_is_over(&stream->process)) {
		buf_reset(&stream->process.result.output);
		stream->output_at = 0;
		if (pump(stream, false, err) < 0)
			return -1;
	}
	buf_reset(&stream->process.result.output);
	*result = &stream->process.result;
	return 0;
}

const char *child_stream_error_text(const struct child_stream *stream)
{
	return stream->process.result.error.ptr;
}

/* A stream without a reader: everything is kept. */
int child_run(struct child_result *result, const struct child_command *command,
	      struct cancel *cancel, struct err *err)
{
	struct child_stream stream = { .cancel = cancel, .input_ends = true };
	struct child_process *process = &stream.process;
	int ret = -1;

	io_setup();
	if (child_process_spawn(process, command, err) < 0)
		goto out;
	child_process_write(process, true);
	while (!child_process_is_over(process)) {
		if (pump(&stream, false, err) < 0) {
			err_prefix(err, "%s", command->argv[0]);
			goto out;
		}
	}
	ret = 0;
out:
	end_now(process);
	*result = process->result;
	process->result = (struct child_result){ 0 };
	child_process_release(process);
	return ret;
}
