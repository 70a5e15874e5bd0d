#include "sandbox.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "unit.h"

#define OUTPUT_MAX_BYTES (64UL * 1024 * 1024)

static const char *const environment[][2] = {
	{ "LC_ALL", "C" },
	{ "TZ", "UTC" },
	{ "GIT_CONFIG_NOSYSTEM", "1" },
	{ "GIT_AUTHOR_NAME", "Ada" },
	{ "GIT_AUTHOR_EMAIL", "ada@example.org" },
	{ "GIT_COMMITTER_NAME", "Ada" },
	{ "GIT_COMMITTER_EMAIL", "ada@example.org" },
};

static const char *const unwanted[] = { "GIT_DIR", "GIT_WORK_TREE",
					"GIT_INDEX_FILE", "XDG_CONFIG_HOME",
					"GIT_CONFIG_GLOBAL" };

void sandbox_init(struct sandbox *sandbox)
{
	char template[] = "/tmp/referee-test-XXXXXX";

	if (!mkdtemp(template))
		cr_fatal("mkdtemp failed");
	sandbox->dir = xstrdup(template);
	setenv("HOME", sandbox->dir, 1);
	for (size_t i = 0; i < ARRAY_LEN(environment); i++)
		setenv(environment[i][0], environment[i][1], 1);
	for (size_t i = 0; i < ARRAY_LEN(unwanted); i++)
		unsetenv(unwanted[i]);
	/* Nothing is to be tidied up behind our back while we remove it. */
	sandbox_run(sandbox, "git config --global init.defaultBranch main && "
			     "git config --global gc.auto 0");
}

void sandbox_release(struct sandbox *sandbox)
{
	char *dir = sandbox->dir;

	sandbox_run(sandbox, "chmod -R u+rwX . && cd / && rm -rf '%s'", dir);
	free(dir);
	sandbox->dir = NULL;
}

static char *run(const struct sandbox *sandbox, const char *commands)
{
	char *line = xstrf("exec 2>&1; cd '%s' || exit; %s", sandbox->dir,
			   commands);
	FILE *in = popen(line, "r"); /* NOLINT: a shell is what we want */
	struct buf out;
	char bytes[4096];
	size_t len;
	int status;

	if (!in)
		cr_fatal("popen failed");
	buf_init(&out, OUTPUT_MAX_BYTES);
	while ((len = fread(bytes, 1, sizeof(bytes), in)) > 0)
		buf_add(&out, bytes, len);
	status = pclose(in);
	free(line);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		cr_fatal("%s: status %d\n%s", commands, status, out.ptr);
	while (out.len && out.ptr[out.len - 1] == '\n')
		buf_truncate(&out, out.len - 1);
	return buf_detach(&out);
}

static char *format(const char *fmt, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, fmt, args) < 0)
		abort();
	return text;
}

void sandbox_run(const struct sandbox *sandbox, const char *fmt, ...)
{
	char *commands;
	va_list args;

	va_start(args, fmt);
	commands = format(fmt, args);
	va_end(args);
	free(run(sandbox, commands));
	free(commands);
}

char *sandbox_output(const struct sandbox *sandbox, const char *fmt, ...)
{
	char *commands, *out;
	va_list args;

	va_start(args, fmt);
	commands = format(fmt, args);
	va_end(args);
	out = run(sandbox, commands);
	free(commands);
	return out;
}

char *sandbox_path(const struct sandbox *sandbox, const char *name)
{
	return xstrf("%s/%s", sandbox->dir, name);
}
