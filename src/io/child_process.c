#include "io/child_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"

/* What pipe() gave for one of the child's descriptors. */
struct pipe_ends {
	int ours, theirs;
};

/* 0 to 2 are the child's to be; ours must not be among them, even if we were
 * started without. */
static int move_up(int fd)
{
	int moved;

	if (fd > STDERR_FILENO)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(fd);
	return moved;
}

static int open_pipe(struct pipe_ends *ends, enum child_pipe which,
		     struct err *err)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) < 0)
		return err_set_errno(err, "pipe");
	ends->ours = move_up(which == PIPE_INPUT ? fd[1] : fd[0]);
	ends->theirs = move_up(which == PIPE_INPUT ? fd[0] : fd[1]);
	if (ends->ours < 0 || ends->theirs < 0 ||
	    fcntl(ends->ours, F_SETFL, O_NONBLOCK) < 0)
		return err_set_errno(err, "pipe");
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Signals as a fresh process has them: libraries and we change some. */
static void set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t all, none;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_setsigdefault(attributes, &all);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setpgroup(attributes, 0);
	posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP |
						     POSIX_SPAWN_SETSIGDEF |
						     POSIX_SPAWN_SETSIGMASK);
}

static void set_actions(posix_spawn_file_actions_t *actions,
			const struct pipe_ends *ends, const char *directory)
{
	for (int i = 0; i < PIPE_COUNT; i++)
		posix_spawn_file_actions_adddup2(actions, ends[i].theirs, i);
#ifdef HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP
	posix_spawn_file_actions_addclosefrom_np(actions, PIPE_COUNT);
#endif
	if (directory)
		posix_spawn_file_actions_addchdir_np(actions, directory);
}

/* "NAME=value" strings, as exec wants them. Wiped by free_environment(). */
static char **make_environment(const struct child_command *command)
{
	char **environment = xcalloc(command->variable_count + 1,
				     sizeof(*environment));

	for (size_t i = 0; i < command->variable_count; i++) {
		const struct child_variable *variable = &command->variables[i];

		environment[i] = xstrf("%s=%s", variable->name,
				       variable->secret
					       ? secret_reveal(variable->secret)
					       : variable->value);
	}
	return environment;
}

static void free_environment(char **environment)
{
	for (size_t i = 0; environment[i]; i++) {
		explicit_bzero(environment[i], strlen(environment[i]));
		free(environment[i]);
	}
	free(environment);
}

static int spawn(pid_t *pid, const struct child_command *command,
		 const struct pipe_ends *ends)
{
	posix_spawnattr_t attributes;
	posix_spawn_file_actions_t actions;
	char **environment = make_environment(command);
	char **argv;
	size_t count = 0;
	int code;

	while (command->argv[count])
		count++;
	argv = xcalloc(count + 1, sizeof(*argv));
	for (size_t i = 0; i < count; i++)
		argv[i] = xstrdup(command->argv[i]);
	posix_spawnattr_init(&attributes);
	set_attributes(&attributes);
	posix_spawn_file_actions_init(&actions);
	set_actions(&actions, ends, command->directory);
	code = posix_spawnp(pid, argv[0], &actions, &attributes, argv,
			    environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	free_environment(environment);
	for (size_t i = 0; i < count; i++)
		free(argv[i]);
	free(argv);
	return code;
}

static int set_spawn_error(struct err *err, int code, const char *program)
{
	if (code == ENOENT)
		return err_set(err, ERR_NOT_FOUND, "%s: no such program",
			       program);
	errno = code;
	return err_set_errno(err, "%s", program);
}

static int check_command(const struct child_command *command, struct err *err)
{
	if (!command->argv || !command->argv[0] || !*command->argv[0])
		return err_set(err, ERR_INVALID, "no program to run");
	if (command->timeout_ms <= 0)
		return err_set(err, ERR_INVALID, "%s: no time limit",
			       command->argv[0]);
	for (size_t i = 0; i < command->variable_count; i++) {
		const struct child_variable *variable = &command->variables[i];

		if (!*variable->name || strchr(variable->name, '=') ||
		    !variable->value == !variable->secret)
			return err_set(err, ERR_INVALID,
				       "%s: variable '%s' is wrong",
				       command->argv[0], variable->name);
	}
	return 0;
}

int child_process_spawn(struct child_process *process,
			const struct child_command *command, struct err *err)
{
	struct pipe_ends ends[PIPE_COUNT] = { { -1, -1 },
					      { -1, -1 },
					      { -1, -1 } };
	int code = 0;
	int ret = -1;

	*process = (struct child_process){
		.fd = { -1, -1, -1 },
		.has_ended = true,
		.started_ms = clock_mono_ms(),
		.timeout_ms = command->timeout_ms,
		.idle_ms = command->idle_ms,
	};
	process->active_ms = process->started_ms;
	buf_init(&process->input, SIZE_MAX / 2);
	buf_add(&process->input, command->input ? command->input : "",
		command->input ? command->input_len : 0);
	buf_init(&process->result.output, command->max_output_bytes
						  ? command->max_output_bytes
						  : LIMIT_CHILD_OUTPUT_BYTES);
	buf_init(&process->result.error, command->max_error_bytes
						 ? command->max_error_bytes
						 : CHILD_ERROR_BYTES);
	if (check_command(command, err) < 0)
		return -1;
	for (int i = 0; i < PIPE_COUNT; i++)
		if (open_pipe(&ends[i], i, err) < 0)
			goto out;
	code = spawn(&process->pid, command, ends);
	if (code) {
		set_spawn_error(err, code, command->argv[0]);
		goto out;
	}
	process->has_ended = false;
	ret = 0;
out:
	for (int i = 0; i < PIPE_COUNT; i++) {
		close_fd(&ends[i].theirs);
		process->fd[i] = ends[i].ours;
	}
	return ret;
}

void child_result_release(struct child_result *result)
{
	buf_release(&result->output);
	buf_release(&result->error);
}

void child_process_close(struct child_process *process, enum child_pipe which)
{
	close_fd(&process->fd[which]);
}

void child_process_release(struct child_process *process)
{
	for (int i = 0; i < PIPE_COUNT; i++)
		close_fd(&process->fd[i]);
	buf_release(&process->input);
	child_result_release(&process->result);
}

void child_process_write(struct child_process *process, bool close)
{
	struct buf *input = &process->input;

	while (process->fd[PIPE_INPUT] >= 0 && process->input_at < input->len) {
		ssize_t put = write(process->fd[PIPE_INPUT],
				    input->ptr + process->input_at,
				    input->len - process->input_at);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0 && errno == EAGAIN)
			return;
		if (put < 0) /* it does not want to read; that is no error */
			child_process_close(process, PIPE_INPUT);
		else
			process->input_at += (size_t)put;
		process->active_ms = clock_mono_ms();
	}
	buf_reset(input);
	process->input_at = 0;
	if (close)
		child_process_close(process, PIPE_INPUT);
}

/* Standard error is kept as far as there is room; output must fit. */
static int keep(struct child_process *process, enum child_pipe which,
		const char *bytes, size_t len, struct err *err)
{
	struct buf *error = &process->result.error;

	if (which == PIPE_OUTPUT) {
		buf_add(&process->result.output, bytes, len);
		return buf_check(&process->result.output, "the output", err);
	}
	if (len > error->max - error->len)
		len = error->max - error->len;
	buf_add(error, bytes, len);
	return 0;
}

int child_process_read(struct child_process *process, enum child_pipe which,
		       struct err *err)
{
	char chunk[16384];
	ssize_t got;

	do
		got = read(process->fd[which], chunk, sizeof(chunk));
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		return 0;
	if (got <= 0) {
		child_process_close(process, which);
		return 0;
	}
	process->active_ms = clock_mono_ms();
	return keep(process, which, chunk, (size_t)got, err);
}

void child_process_signal(const struct child_process *process, int number)
{
	kill(-process->pid, number);
}

bool child_process_reap(struct child_process *process)
{
	siginfo_t info = { 0 };
	int status;

	if (process->has_ended)
		return true;
	/* While it is not yet waited for, its group's number stays its own. */
	if (waitid(P_PID, (id_t)process->pid, &info,
		   WEXITED | WNOHANG | WNOWAIT) < 0 ||
	    info.si_pid == 0)
		return false;
	child_process_signal(process, SIGKILL);
	while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
		;
	process->has_ended = true;
	process->result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	process->result.exit_status = WIFEXITED(status) ? WEXITSTATUS(status)
							: -1;
	process->ended_ms = clock_mono_ms();
	process->result.elapsed_ms = process->ended_ms - process->started_ms;
	return true;
}

bool child_process_is_over(const struct child_process *process)
{
	if (!process->has_ended)
		return false;
	if (process->fd[PIPE_OUTPUT] < 0 && process->fd[PIPE_ERROR] < 0)
		return true;
	return clock_mono_ms() - process->ended_ms >= CHILD_LINGER_MS;
}
