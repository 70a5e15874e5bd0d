#include "app/init.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "app/definitions.h"
#include "config/shipped.h"
#include "core/alloc.h"
#include "core/buf.h"
#include "core/limits.h"
#include "io/child.h"
#include "io/file.h"
#include "repo/remote.h"
#include "repo/repo.h"

enum { GIT_WAIT_MS = 10 * 1000 };

void init_result_release(struct init_result *result)
{
	strvec_release(&result->made);
	strvec_release(&result->kept);
}

/* Writes a file and its folders unless it is there. */
static int write_new(struct init_result *out, const char *path,
		     const struct buf *text, mode_t mode, struct err *err)
{
	char *folder = xstrdup(path);
	char *slash = strrchr(folder, '/');
	int ret = 0;

	if (file_exists(path)) {
		strvec_add(&out->kept, path);
		goto out;
	}
	if (slash)
		*slash = '\0';
	if (slash && file_make_dirs(folder, 0755, err) < 0)
		ret = -1;
	else
		ret = file_write_atomic(path, text->ptr, text->len, mode, err);
	if (ret == 0)
		strvec_add(&out->made, path);
out:
	free(folder);
	return ret;
}

/* The built-in review, to be changed: what it says is what applied before. */
static int write_workflow(struct init_result *out, const struct repo *repo,
			  struct err *err)
{
	const struct shipped_file *shipped =
		shipped_find("workflows/built-in/pr-review.yml");
	const char *body = shipped->text;
	char *path = xstrf("%s" WORKFLOWS_FOLDER "/pr-review.yml",
			   repo_work_dir(repo));
	struct buf text;
	int ret;

	while (*body == '#')
		body += strcspn(body, "\n") + 1;
	buf_init(&text, LIMIT_CONFIG_BYTES);
	buf_addstr(&text,
		   "# What referee does with a pull; referee-workflow(5) has "
		   "the words.\n"
		   "# It counts once it is on the default branch.\n");
	buf_addstr(&text, body);
	ret = write_new(out, path, &text, 0644, err);
	buf_release(&text);
	free(path);
	return ret;
}

/* A project's name from its folder: small letters, digits, '-' and '_'. */
static char *project_name(const struct repo *repo)
{
	char *name = xstrdup(repo_work_dir(repo));
	size_t len = strlen(name);
	char *start, *to;

	while (len && name[len - 1] == '/')
		name[--len] = '\0';
	start = strrchr(name, '/');
	start = start ? start + 1 : name;
	to = name;
	for (; *start; start++) {
		int c = tolower((unsigned char)*start);

		if (isalnum(c) && c < 128)
			*to++ = (char)c;
		else if (to > name && to[-1] != '-')
			*to++ = '-';
	}
	while (to > name && to[-1] == '-')
		to--;
	*to = '\0';
	if (!*name) {
		free(name);
		return xstrdup("app");
	}
	return name;
}

static const char config_head[] =
	"# referee.conf(5) has all of it; 'referee check' tells mistakes.\n"
	"[referee]\n"
	"service = offline          ; for agents that name none\n"
	"\n"
	"# [budget]\n"
	"# monthly = 100\n"
	"# per_run = 2\n"
	"\n"
	"# [service \"claude-api\"]\n"
	"# kind = anthropic\n"
	"# key = env:ANTHROPIC_API_KEY\n"
	"\n";

static int write_config(struct init_result *out, struct repo *repo,
			const char *path, struct err *err)
{
	char *url = repo_config(repo, "remote.origin.url");
	char *name = project_name(repo);
	struct err ignored = ERR_INIT;
	struct buf text;
	int ret;

	/* A URL that holds a password, or of a strange kind, is not kept. */
	if (url && remote_url_check(url, &ignored) < 0) {
		free(url);
		url = NULL;
	}
	buf_init(&text, LIMIT_CONFIG_BYTES);
	buf_addstr(&text, config_head);
	buf_addf(&text, "[project \"%s\"]\nurl = %s\n", name,
		 url ? url : repo_work_dir(repo));
	if (!url || remote_url_is_path(url))
		buf_addstr(&text, "forge = plain\npulls = topic/*\n");
	else
		buf_addstr(&text, "# token = env:GITHUB_TOKEN\n");
	ret = write_new(out, path, &text, 0600, err);
	buf_release(&text);
	free(name);
	free(url);
	return ret;
}

/* git itself does it: libgit2 leaks where a key has several values. */
static int git_config(struct child_result *out, const char *const *argv,
		      struct err *err)
{
	struct child_command command = { .argv = argv,
					 .timeout_ms = GIT_WAIT_MS };

	if (child_run(out, &command, NULL, err) < 0)
		return err_prefix(err, "git config");
	return 0;
}

/* Is `value` among the lines of `text`? */
static bool has_line(const char *text, const char *value)
{
	size_t len = strlen(value);

	for (const char *at = text; *at; at += strcspn(at, "\n")) {
		at += *at == '\n';
		if (!strncmp(at, value, len) && strchr("\n", at[len]))
			return true;
	}
	return false;
}

static int add_setting(struct init_result *out, struct repo *repo,
		       const char *key, const char *value, struct err *err)
{
	char *file = xstrf("%sconfig", repo_git_dir(repo));
	const char *get[] = { "git",       "config", "--file", file,
			      "--get-all", key,      NULL };
	const char *add[] = { "git",   "config", "--file", file,
			      "--add", key,      value,    NULL };
	struct child_result got = { 0 }, added = { 0 };
	int ret = git_config(&got, get, err);
	bool is_new = ret == 0 && !has_line(got.output.ptr, value);

	if (is_new)
		ret = git_config(&added, add, err);
	if (is_new && ret == 0 && added.exit_status)
		ret = err_set(err, ERR_SYSTEM, "%s: git config: %.*s", file,
			      (int)strcspn(added.error.ptr, "\n"),
			      added.error.ptr);
	if (ret == 0)
		strvec_take(is_new ? &out->made : &out->kept,
			    xstrf("git config %s %s", key, value));
	child_result_release(&added);
	child_result_release(&got);
	free(file);
	return ret;
}

/* The team's notes come with every fetch, beside our own, and are shown. With
 * patterns, since git fails to fetch, and warns at every log, where a ref that
 * is named whole does not exist yet. */
static int show_notes(struct init_result *out, struct repo *repo,
		      struct err *err)
{
	char *origin = repo_config(repo, "remote.origin.url");
	int ret = 0;

	if (origin)
		ret = add_setting(
			out, repo, "remote.origin.fetch",
			"+refs/notes/referee*:refs/notes/origin/referee*", err);
	free(origin);
	if (ret < 0 || add_setting(out, repo, "notes.displayRef",
				   "refs/notes/referee*", err) < 0)
		return -1;
	return add_setting(out, repo, "notes.displayRef",
			   "refs/notes/origin/referee*", err);
}

int init_project(struct init_result *out, const char *dir,
		 const char *config_path, struct err *err)
{
	struct repo *repo = NULL;
	int ret = -1;

	*out = (struct init_result){ STRVEC_INIT, STRVEC_INIT };
	if (repo_open(&repo, dir, err) < 0)
		goto out;
	if (!repo_work_dir(repo)) {
		err_set(err, ERR_INVALID,
			"a bare repository has no work tree to start in");
		goto out;
	}
	if (write_workflow(out, repo, err) < 0 ||
	    (config_path && write_config(out, repo, config_path, err) < 0) ||
	    show_notes(out, repo, err) < 0)
		goto out;
	ret = 0;
out:
	repo_free(repo);
	return ret;
}
