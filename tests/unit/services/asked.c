#include "asked.h"

#include <stdlib.h>

#include "core/buf.h"
#include "core/limits.h"
#include "repo/repo.h"
#include "unit.h"

static struct oid revision(struct asked *asked, const char *name)
{
	struct err err = ERR_INIT;
	struct oid id;

	must(repo_resolve(&id, asked->repo, name, &err));
	return id;
}

void asked_init(struct asked *asked, const char *base, const char *head)
{
	static const char *const commit =
		"git add -A && git commit -q --allow-empty -m change";
	struct err err = ERR_INIT;
	struct oid from, to;
	char *dir;

	*asked = (struct asked){ 0 };
	sandbox_init(&asked->box);
	repo_setup();
	sandbox_run(&asked->box,
		    "git init -q -b main work && cd work && set -e\n%s\n%s\n"
		    "git checkout -q -b topic\n%s\n%s",
		    base, commit, head, commit);
	dir = sandbox_path(&asked->box, "work");
	must(repo_open(&asked->repo, dir, &err));
	from = revision(asked, "main");
	to = revision(asked, "HEAD");
	oid_format(asked->trusted, &from);
	must(changeset_make(&asked->changes, asked->repo, &from, &to, NULL,
			    &err));
	free(dir);
}

void asked_release(struct asked *asked)
{
	json_free(asked->answer);
	changeset_release(&asked->changes);
	repo_free(asked->repo);
	repo_teardown();
	sandbox_release(&asked->box);
}

void asked_ask(struct asked *asked, const char *agent, enum answer_kind kind)
{
	struct offline_question question = {
		.agent = agent,
		.answer = kind,
		.changeset = &asked->changes,
		.repo = asked->repo,
		.trusted = asked->trusted,
	};
	struct err err = ERR_INIT;
	struct buf text;

	buf_init(&text, 4 * MIB);
	json_free(asked->answer);
	asked->answer = NULL;
	must(offline_answer(&text, &question, &err));
	must(json_parse(&asked->answer, text.ptr, text.len, &err));
	buf_release(&text);
}

char *asked_findings(const struct asked *asked)
{
	const struct json *at = json_first(json_get(asked->answer, "findings"));
	struct buf out;

	buf_init(&out, 1 * MIB);
	for (; at; at = json_next(at))
		buf_addf(&out, "%s %s:%d %s\n",
			 json_string_or(at, "severity", "?"),
			 json_string_or(at, "path", "?"),
			 (int)json_int_or(at, "line", -1),
			 json_string_or(at, "rule",
					json_string_or(at, "title", "?")));
	return buf_detach(&out);
}
