#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "code/rules_project.h"
#include "core/buf.h"
#include "core/limits.h"
#include "sandbox.h"

#define RULE                                                              \
	"rules: [{ id: own, title: t, languages: [swift], pattern: bad, " \
	"message: m, fix: f, severity: minor, category: c }]"

static const struct {
	const char *what, *commands, *said;
	size_t rules;
} projects[] = {
	{ "nothing there", ":", "", 0 },
	{ "rules",
	  "mkdir -p .referee/rules; echo '" RULE
	  "' | tee .referee/rules/a.yml >.referee/rules/b.yaml",
	  "", 1 },
	{ "other files are passed over",
	  "mkdir -p .referee/rules/x; echo : >.referee/rules/README.md; "
	  "echo : >.referee/rules/x/a.yml",
	  "", 0 },
	{ "links are not followed",
	  "mkdir -p .referee/rules; ln -s /etc/passwd .referee/rules/a.yml; "
	  "ln -s /etc/passwd .referee/baseline",
	  ".referee/baseline: not a file\n"
	  ".referee/rules/a.yml: not a file\n",
	  0 },
	{ "one bad file does not spoil the other",
	  "mkdir -p .referee/rules; echo 'x: 1' >.referee/rules/a.yml; echo "
	  "'" RULE "' >.referee/rules/b.yml; echo bad >.referee/baseline",
	  ".referee/baseline:1:1: 'RULE DIGEST PATH' expected\n"
	  ".referee/rules/a.yml:1:1: unknown key 'x'\n",
	  1 },
	{ "large files",
	  "mkdir -p .referee/rules; head -c 300000 /dev/zero | tr '\\0' ' ' "
	  ">.referee/rules/a.yml",
	  ".referee/rules/a.yml: over 262144 bytes\n", 0 },
	{ "many files",
	  "mkdir -p .referee/rules; for i in $(seq 101); do echo 'off: []' "
	  ">.referee/rules/$i.yml; done",
	  ".referee/rules: more than 100 files\n", 0 },
};

Test(rules_project, are_read_at_a_commit)
{
	for (size_t i = 0; i < ARRAY_LEN(projects); i++) {
		struct sandbox box;
		struct repo *repo;
		struct oid head;
		struct err err = ERR_INIT;
		struct rule_set *set = rule_set_new();
		struct mistakes mistakes = { 0 };
		struct buf out;
		char *dir;

		sandbox_init(&box);
		repo_setup();
		sandbox_run(&box,
			    "git init -q work && cd work && { %s\n} && git add "
			    "-A && git commit -q --allow-empty -m a && rm -rf "
			    ".referee",
			    projects[i].commands);
		dir = sandbox_path(&box, "work");
		must(repo_open(&repo, dir, &err));
		must(repo_head(&head, repo, &err));
		must(rule_set_add_project(set, repo, &head, &mistakes, &err));
		cr_expect(eq(int, err.code, ERR_OK), "%s", projects[i].what);
		buf_init(&out, 100000);
		mistakes_sort(&mistakes);
		mistakes_format(&out, &mistakes);
		cr_expect(strcmp(out.ptr, projects[i].said) == 0, "%s: %s",
			  projects[i].what, out.ptr);
		cr_expect(eq(sz, rule_set_len(set), projects[i].rules), "%s",
			  projects[i].what);
		buf_release(&out);
		mistakes_release(&mistakes);
		rule_set_free(set);
		repo_free(repo);
		repo_teardown();
		free(dir);
		sandbox_release(&box);
	}
}
