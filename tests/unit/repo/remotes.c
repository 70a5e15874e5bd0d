#include "remotes.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/alloc.h"
#include "unit.h"

/* Three commits on main, one on a topic branch, a tag, a pull's ref. */
static const char history[] =
	"git init -q --bare remote.git && git init -q work && cd work && "
	"for i in 1 2 3; do echo $i >file && mkdir -p d$i/e && "
	"echo text$i >d$i/e/f && git add . && git commit -qm commit$i || exit; "
	"done && git tag -am tagged v1 && git checkout -qb topic && "
	"echo topic >topic && git add . && git commit -qm topic && "
	"git push -q ../remote.git main topic v1 topic:refs/pull/7/head";

void remotes_init(struct remotes *remotes, bool with_ssh)
{
	const char *arguments[3] = { NULL };
	char *log;

	*remotes = (struct remotes){ 0 };
	sandbox_init(&remotes->box);
	repo_setup();
	sandbox_run(&remotes->box, "%s", history);
	remotes->path = sandbox_path(&remotes->box, "remote.git");
	log = sandbox_path(&remotes->box, "log");
	arguments[0] = remotes->box.dir;
	arguments[1] = log;
	server_start(&remotes->server, "git_server.py", arguments);
	remotes_clear_ours(remotes);
	if (with_ssh)
		remotes->has_sshd = sshd_start(&remotes->sshd, &remotes->box);
	free(log);
}

void remotes_clear_ours(struct remotes *remotes)
{
	struct err err = ERR_INIT;
	char *ours = sandbox_path(&remotes->box, "ours.git");

	repo_free(remotes->repo);
	sandbox_run(&remotes->box, "rm -rf ours.git");
	must(repo_init_bare(&remotes->repo, ours, &err));
	free(ours);
}

void remotes_release(struct remotes *remotes)
{
	repo_free(remotes->repo);
	server_stop(&remotes->server);
	sshd_stop(&remotes->sshd);
	sandbox_release(&remotes->box);
	repo_teardown();
	free(remotes->path);
}

char *remotes_http_url(const struct remotes *remotes, const char *mode)
{
	return xstrf("http://127.0.0.1:%d/%s/remote.git",
		     remotes->server.ports[0], mode);
}

static char *ssh_url(struct remotes *remotes, struct remote_options *options)
{
	const struct passwd *user = getpwuid(getuid());

	if (!remotes->has_sshd || !user)
		return NULL;
	options->ssh_command = remotes->sshd.ssh_command;
	return xstrf("ssh://%s@127.0.0.1:%d%s", user->pw_name,
		     remotes->sshd.port, remotes->path);
}

char *remotes_url(struct remotes *remotes, enum way way,
		  struct remote_options *options)
{
	*options = (struct remote_options){ .timeout_ms = 30000 };
	switch (way) {
	case WAY_PATH:
		return xstrdup(remotes->path);
	case WAY_HTTP:
		return remotes_http_url(remotes, "plain");
	case WAY_HTTP_V0:
		return remotes_http_url(remotes, "v0");
	case WAY_SSH:
		return ssh_url(remotes, options);
	default:
		return NULL;
	}
}

struct oid remotes_oid(const struct remotes *remotes, const char *revision)
{
	char *hex = sandbox_output(
		&remotes->box, "git -C remote.git rev-parse '%s'", revision);
	struct oid id;

	if (!oid_parse(&id, hex))
		cr_fatal("%s is %s", revision, hex);
	free(hex);
	return id;
}

void remotes_run(const struct remotes *remotes, const char *commands)
{
	sandbox_run(&remotes->box, "cd remote.git && %s", commands);
}
