#include "unit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/text.h"
#include "io/child.h"
#include "io/sandbox.h"

enum { SECOND = 1000, MIB = 1024 * 1024 };

/* Of ours, not of the sandbox: what it must not see. */
#define PLANTED "planted-in-our-environment"

TestSuite(sandbox, .timeout = 60);

/* All words on one line. */
static char *words_of(const struct sandbox *sandbox)
{
	struct strvec argv = STRVEC_INIT;
	struct buf out;

	sandbox_add_words(&argv, sandbox);
	buf_init(&out, MIB);
	for (size_t i = 0; i < argv.len; i++)
		buf_addf(&out, "%s%s", i ? " " : "", argv.v[i]);
	strvec_release(&argv);
	return buf_detach(&out);
}

static void has(const char *text, const char *wanted)
{
	cr_expect(strstr(text, wanted) != NULL, "no '%s' in: %s", wanted, text);
}

static void hasnt(const char *text, const char *unwanted)
{
	cr_expect(strstr(text, unwanted) == NULL, "'%s' in: %s", unwanted,
		  text);
}

Test(sandbox, words_say_what_may_be_reached)
{
	const struct sandbox sandbox = { .directory = "/some/where" };
	char *words = words_of(&sandbox);

	cr_assert(strncmp(words, "bwrap ", 6) == 0);
	has(words, " --unshare-all ");
	has(words, " --die-with-parent ");
	has(words, " --new-session ");
	has(words, " --ro-bind /usr /usr ");
	has(words, " --tmpfs /tmp ");
	has(words, " --bind /some/where /work --remount-ro / --chdir /work ");
	hasnt(words, "--share-net");
	hasnt(words, "/home");
	hasnt(words, "/root");
	hasnt(words, "/var");
	hasnt(words, "/etc /etc");
	/* One place that may be written to. */
	cr_expect(strstr(strstr(words, " --bind ") + 1, " --bind ") == NULL);
	free(words);
}

Test(sandbox, without_a_directory_it_starts_in_tmp)
{
	const struct sandbox sandbox = { 0 };
	char *words = words_of(&sandbox);

	has(words, " --chdir /tmp ");
	hasnt(words, " --bind ");
	free(words);
}

Test(sandbox, limits_are_those_that_are_set)
{
	struct sandbox sandbox = { 0 };
	char *words = words_of(&sandbox);
	const char *limits = strstr(words, " -- prlimit ");

	cr_assert(limits != NULL);
	must_say(" -- prlimit --core=0 --", limits);
	free(words);
	sandbox.limits = (struct sandbox_limits){ .processes = 7,
						  .memory_bytes = 1LL << 40,
						  .cpu_seconds = 9,
						  .file_bytes = 10 };
	words = words_of(&sandbox);
	limits = strstr(words, " -- prlimit ");
	must_say(" -- prlimit --core=0 --nproc=7 --data=1099511627776 --cpu=9 "
		 "--fsize=10 --",
		 limits);
	free(words);
}

/* A script in a sandbox with a folder of its own. */
struct jail {
	char *dir;
	struct sandbox sandbox;
	int64_t timeout_ms;
	size_t max_output_bytes;
	struct child_result result;
	struct err err;
	int ret;
};

static void jail_init(struct jail *jail)
{
	char template[] = "/tmp/referee-sandbox-XXXXXX";
	struct err err = ERR_INIT;

	if (sandbox_check(NULL, &err) < 0)
		cr_skip("%s", err.msg);
	cr_assert(mkdtemp(template) != NULL);
	*jail = (struct jail){ .dir = xstrdup(template),
			       .timeout_ms = 30 * SECOND };
	jail->sandbox.directory = jail->dir;
	setenv("REFEREE_PLANTED", PLANTED, 1);
}

static void jail_release(struct jail *jail)
{
	char *line = xstrf("rm -rf '%s'", jail->dir);

	child_result_release(&jail->result);
	cr_expect(eq(int, system(line), 0)); /* NOLINT: a path of ours */
	free(line);
	free(jail->dir);
}

static void jail_run(struct jail *jail, const char *script)
{
	static const struct child_variable variables[] = {
		{ "PATH", "/usr/bin:/bin", NULL },
		{ "NAMED", "yes", NULL },
	};
	struct child_command command = {
		.variables = variables,
		.variable_count = ARRAY_LEN(variables),
		.directory = "/",
		.timeout_ms = jail->timeout_ms,
		.max_output_bytes = jail->max_output_bytes,
	};
	struct strvec argv = STRVEC_INIT;

	sandbox_add_words(&argv, &jail->sandbox);
	strvec_add(&argv, "sh");
	strvec_add(&argv, "-c");
	strvec_add(&argv, script);
	command.argv = (const char *const *)argv.v;
	jail->err = (struct err)ERR_INIT;
	jail->ret = child_run(&jail->result, &command, NULL, &jail->err);
	strvec_release(&argv);
}

/* It ended by itself with that status; says what it said. */
static void jail_ended(const struct jail *jail, int status)
{
	cr_assert(eq(int, jail->ret, 0), "%s", jail->err.msg);
	cr_assert(eq(int, jail->result.exit_status, status), "%s%s",
		  jail->result.output.ptr, jail->result.error.ptr);
}

/* Scripts that must fail, or say only what is said here. */
Test(sandbox, what_can_be_reached)
{
	static const struct {
		const char *script, *output;
	} cases[] = {
		/* The system is read-only, and there is little of it. */
		{ "touch /x /usr/x /etc/x /bin/x /proc/x 2>&1 | grep -c "
		  "'Read-only\\|denied\\|No such file'",
		  "5\n" },
		{ "cd / && ls -d home root var boot srv 2>/dev/null", "" },
		{ "cat /etc/passwd /etc/shadow /etc/hosts 2>/dev/null", "" },
		/* No network: not even an address of our own. */
		{ "tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '",
		  "lo\n" },
		{ "cat /proc/net/route | wc -l", "1\n" },
		/* Nobody else's processes, and no environment but what is
		 * named. */
		{ "ls -d /proc/[0-9]* | wc -l | grep -qx '[0-9]' && echo few",
		  "few\n" },
		{ "env | grep -v '^PWD=\\|^OLDPWD=\\|^SHLVL=\\|^_=' | sort",
		  "NAMED=yes\nPATH=/usr/bin:/bin\n" },
		{ "cat /proc/*/environ | tr '\\0' '\\n' | grep -c PLANTED",
		  "0\n" },
		/* What may be written to. */
		{ "echo a >/tmp/x && cat /tmp/x", "a\n" },
		{ "echo a >/dev/shm/x && cat /dev/shm/x", "a\n" },
		{ "echo a >x && cat /work/x", "a\n" },
		{ "(echo a >/dev/x) 2>/dev/null || echo no", "no\n" },
		{ "df --output=size /tmp /dev/shm | tail -n 2 | tr -d ' '",
		  "1048576\n1048576\n" },
		{ "ln -s /proc/1/root/etc/shadow l && cat l 2>/dev/null", "" },
		{ "ulimit -c", "0\n" },
		/* No way to become more. */
		{ "mount -t tmpfs x /work 2>/dev/null && echo mounted", "" },
		{ "mount -o remount,rw,bind /usr 2>/dev/null && echo writable",
		  "" },
		{ "grep '^Cap[EPI]' /proc/self/status | cut -d: -f2 | tr -d "
		  "'\\t' | sort -u",
		  "0000000000000000\n" },
	};
	struct jail jail;

	jail_init(&jail);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		jail_run(&jail, cases[i].script);
		cr_assert(eq(int, jail.ret, 0), "%s", jail.err.msg);
		cr_expect(strcmp(jail.result.output.ptr, cases[i].output) == 0,
			  "%s: %s%s", cases[i].script, jail.result.output.ptr,
			  jail.result.error.ptr);
		child_result_release(&jail.result);
	}
	jail_release(&jail);
}

Test(sandbox, our_own_files_and_servers_are_out_of_reach)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct jail jail;
	char *script;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert(bind(fd, (struct sockaddr *)&address, size) == 0);
	cr_assert(listen(fd, 1) == 0);
	cr_assert(getsockname(fd, (struct sockaddr *)&address, &size) == 0);
	jail_init(&jail);
	/* The test may be one of a shell that cannot do it: bash can. */
	script = xstrf("bash -c 'exec 3<>/dev/tcp/127.0.0.1/%d' 2>/dev/null "
		       "&& echo connected; ls %s 2>/dev/null; ls -A /tmp",
		       ntohs(address.sin_port), jail.dir);
	jail_run(&jail, script);
	jail_ended(&jail, 0);
	must_say("", jail.result.output.ptr);
	free(script);
	close(fd);
	jail_release(&jail);
}

Test(sandbox, one_file_is_bounded)
{
	struct stat st;
	struct jail jail;
	char *path;

	jail_init(&jail);
	jail.sandbox.limits.file_bytes = 4 * MIB;
	jail_run(&jail, "dd if=/dev/zero of=big bs=1M count=1024 2>/dev/null");
	cr_assert(eq(int, jail.ret, 0), "%s", jail.err.msg);
	cr_assert(ne(int, jail.result.exit_status, 0));
	path = xstrf("%s/big", jail.dir);
	cr_assert(stat(path, &st) == 0);
	cr_assert(le(long, (long)st.st_size, 4L * MIB));
	free(path);
	jail_release(&jail);
}

Test(sandbox, memory_is_bounded)
{
	struct jail jail;

	jail_init(&jail);
	jail.sandbox.limits.memory_bytes = 64 * MIB;
	jail_run(&jail, "dd if=/dev/zero of=/dev/null bs=256M count=1 2>&1");
	jail_ended(&jail, 1);
	child_result_release(&jail.result);
	/* It is the limit that does it. */
	jail.sandbox.limits.memory_bytes = 0;
	jail_run(&jail, "dd if=/dev/zero of=/dev/null bs=256M count=1 2>&1");
	jail_ended(&jail, 0);
	jail_release(&jail);
}

Test(sandbox, computing_is_bounded)
{
	struct jail jail;

	jail_init(&jail);
	jail.sandbox.limits.cpu_seconds = 1;
	jail_run(&jail, "while :; do :; done");
	cr_assert(eq(int, jail.ret, 0), "%s", jail.err.msg);
	cr_assert(ne(int, jail.result.exit_status, 0));
	jail_release(&jail);
}

Test(sandbox, output_is_bounded)
{
	struct jail jail;

	jail_init(&jail);
	jail.max_output_bytes = MIB;
	jail_run(&jail, "head -c 1073741824 /dev/zero");
	cr_assert(eq(int, jail.ret, -1));
	cr_assert(eq(int, jail.err.code, ERR_TOO_LARGE), "%s", jail.err.msg);
	jail_release(&jail);
}

Test(sandbox, who_ignores_the_end_is_ended)
{
	struct jail jail;

	jail_init(&jail);
	jail.timeout_ms = 1 * SECOND;
	jail_run(&jail, "trap '' TERM INT HUP; while :; do sleep 1; done");
	cr_assert(eq(int, jail.ret, -1));
	cr_assert(eq(int, jail.err.code, ERR_TIMEOUT), "%s", jail.err.msg);
	jail_release(&jail);
}

/* Ends when the last process that could write to it does. */
static void jail_is_empty(int fifo)
{
	struct pollfd wait = { .fd = fifo, .events = POLLIN };
	char byte;

	cr_assert(eq(int, poll(&wait, 1, 20 * SECOND), 1),
		  "somebody still runs");
	cr_assert(eq(int, (int)read(fifo, &byte, 1), 0));
}

/* Also when the sandbox itself does not end by itself. */
Test(sandbox, nobody_outlives_it)
{
	static const char *const scripts[] = {
		"exec 3>fifo; setsid sh -c 'trap \"\" TERM HUP; sleep 1000' "
		">/dev/null 2>&1 & exit 0",
		"exec 3>fifo; setsid sh -c 'trap \"\" TERM HUP; sleep 1000' & "
		"sleep 1000",
	};

	for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
		struct jail jail;
		char *path;
		int fifo;

		jail_init(&jail);
		path = xstrf("%s/fifo", jail.dir);
		cr_assert(mkfifo(path, 0600) == 0);
		fifo = open(path, O_RDONLY | O_NONBLOCK);
		cr_assert(ge(int, fifo, 0));
		jail.timeout_ms = i ? 1 * SECOND : 30 * SECOND;
		jail_run(&jail, scripts[i]);
		cr_assert(eq(int, jail.ret, i ? -1 : 0), "%s", jail.err.msg);
		jail_is_empty(fifo);
		close(fifo);
		free(path);
		jail_release(&jail);
	}
}

/* The kernel spares root. */
Test(sandbox, processes_are_bounded)
{
	struct jail jail;

	if (geteuid() == 0)
		cr_skip("root has no limit of processes");
	jail_init(&jail);
	jail.sandbox.limits.processes = 1;
	jail_run(&jail, "(true) && echo forked");
	must_say("", jail.result.output.ptr);
	jail_release(&jail);
}

/* A `bwrap` that is a script, or none, on a search path of its own. */
static void check_with(const char *script, const char *wanted)
{
	char template[] = "/tmp/referee-sandbox-XXXXXX";
	struct err err = ERR_INIT;
	char *path;

	cr_assert(mkdtemp(template) != NULL);
	path = xstrf("%s/bwrap", template);
	if (script) {
		FILE *out = fopen(path, "w");

		cr_assert(out != NULL);
		fprintf(out, "#!/bin/sh\n%s\n", script);
		fclose(out);
		cr_assert(chmod(path, 0700) == 0);
	}
	setenv("PATH", template, 1);
	cr_assert(eq(int, sandbox_check(NULL, &err), -1));
	cr_expect(eq(int, err.code, ERR_UNAVAILABLE));
	has(err.msg, wanted);
	hasnt(err.msg, "\x1b");
	unlink(path);
	rmdir(template);
	free(path);
}

Test(sandbox, where_bubblewrap_is_missing_that_is_said)
{
	check_with(NULL, "bubblewrap (bwrap) is not installed, and nothing of "
			 "a change is run without it");
}

Test(sandbox, where_it_may_not_make_namespaces_that_is_said)
{
	check_with("printf 'bwrap: \\033[1mNo permissions to create a new "
		   "namespace\\n' >&2; exit 1",
		   "bubblewrap cannot make a sandbox here (in a container it "
		   "has to be allowed to make user namespaces): bwrap: ");
}
