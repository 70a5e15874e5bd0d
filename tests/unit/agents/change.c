#include "change.h"

#include "unit.h"

#include <stdlib.h>

void change_init(struct change *change, const char *before, const char *after)
{
	struct err err = ERR_INIT;
	struct oid base, head;

	*change = (struct change){ 0 };
	sandbox_init(&change->sandbox);
	sandbox_run(&change->sandbox, "git init -q -b main .");
	sandbox_run(&change->sandbox, "%s", before);
	sandbox_run(&change->sandbox, "git add -A && git commit -q -m before");
	sandbox_run(&change->sandbox, "%s", after);
	sandbox_run(&change->sandbox, "git add -A && git commit -q -m after");
	repo_setup();
	must(repo_open(&change->repo, change->sandbox.dir, &err));
	must(repo_resolve(&base, change->repo, "HEAD^", &err));
	must(repo_resolve(&head, change->repo, "HEAD", &err));
	must(changeset_make(&change->changeset, change->repo, &base, &head,
			    NULL, &err));
	must(sources_load(&change->sources, change->repo, &change->changeset,
			  NULL, &err));
}

void change_release(struct change *change)
{
	sources_free(change->sources);
	changeset_release(&change->changeset);
	repo_free(change->repo);
	repo_teardown();
	sandbox_release(&change->sandbox);
}
