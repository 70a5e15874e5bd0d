#include "sandbox.h"
#include "unit.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/log.h"
#include "store/pulls.h"

#define KEY "aabb000000000000000000000000000000000000000000000000000000000001"

static struct sandbox box;
static struct repo *repo;
static struct err err;
static int warnings;

static void count_warnings(const char *line, void *payload)
{
	(void)line;
	(void)payload;
	warnings++;
}

static void set_up(void)
{
	char *path;

	sandbox_init(&box);
	repo_setup();
	log_set_sink(count_warnings, NULL);
	path = sandbox_path(&box, "r.git");
	must(repo_init_bare(&repo, path, &err));
	free(path);
}

static void tear_down(void)
{
	sandbox_run(&box, "git -C r.git fsck --full --strict");
	repo_free(repo);
	repo_teardown();
	sandbox_release(&box);
}

TestSuite(pulls, .init = set_up, .fini = tear_down);

static char *formatted(const struct pull_state *state)
{
	struct buf out;

	buf_init(&out, 100000);
	pull_state_format(&out, state);
	return buf_detach(&out);
}

static void fill(struct pull_state *state)
{
	struct workflow_state *workflow = pull_state_workflow(state, "review");
	struct finding_list found = { 0 };
	struct finding *finding = finding_list_add(&found);
	struct life_context context = { .workflow = "review", .now_ms = 7 };

	workflow->progress = PROGRESS_FAILED;
	workflow->attempts = 2;
	workflow->retry_at_ms = 1700000000000;
	strcpy(workflow->change_key, KEY);
	pull_state_workflow(state, "tests")->progress = PROGRESS_DONE;
	pull_state_posted(state, "comment", "review")->id = xstrdup("123");
	pull_state_add_key(state, KEY);
	strvec_add(&state->labels, "needs-review");
	state->is_draft = true;
	state->last_comment = xstrdup("99007199254740993");
	state->title = xstrdup("Tïtle \"quoted\"");
	finding->path = xstrdup("a.swift");
	finding->title = xstrdup("t");
	finding->quote = xstrdup("let x");
	findings_fingerprint(&found);
	findings_unite(&state->findings, &found, &context);
	must(known_finding_dismiss(&state->findings.items[0], "ada", "why", 8,
				   &err));
	finding_list_release(&found);
}

static void save(struct pull_state *state)
{
	struct pull_state *const states[] = { state };

	must(pull_states_save(repo, states, 1, &err));
}

Test(pulls, come_back_as_they_were_saved)
{
	struct pull_state state, back;
	char *before, *after;

	must_fail(ERR_NOT_FOUND,
		  pull_state_load(&back, repo, 1234, NULL, &err));
	cr_assert(not(pull_states_exist(repo)));
	pull_state_init(&state, 1234, NULL);
	fill(&state);
	save(&state);
	must(pull_state_load(&back, repo, 1234, NULL, &err));
	cr_assert(pull_states_exist(repo));
	before = formatted(&state);
	after = formatted(&back);
	cr_assert(eq(str, after, before));
	cr_assert(eq(str,
		     pull_state_find_posted(&back, "comment", "review")->id,
		     "123"));
	cr_assert(eq(int, back.findings.items[0].state, FINDING_DISMISSED));
	free(before);
	free(after);
	pull_state_release(&state);
	pull_state_release(&back);
	sandbox_run(&box, "git -C r.git show refs/referee/pulls:pulls/12/"
			  "1234.json | grep -q ada");
}

Test(pulls, branches_have_their_own)
{
	struct pull_state state, back;

	pull_state_init(&state, 0, "topic/50% more");
	save(&state);
	must(pull_state_load(&back, repo, 0, "topic/50% more", &err));
	cr_assert(eq(str, back.branch, "topic/50% more"));
	pull_state_release(&state);
	pull_state_release(&back);
	sandbox_run(&box, "git -C r.git cat-file -e 'refs/referee/pulls:"
			  "branches/topic%%2F50%%25 more.json'");
}

Test(pulls, are_not_overwritten_by_who_read_them_earlier)
{
	struct pull_state mine, theirs, other;
	struct pull_state *const both[] = { &mine, &other };

	pull_state_init(&mine, 1, NULL);
	save(&mine);
	must(pull_state_load(&theirs, repo, 1, NULL, &err));
	theirs.title = xstrdup("theirs");
	save(&theirs);
	mine.title = xstrdup("mine");
	pull_state_init(&other, 2, NULL);
	must_fail(ERR_CONFLICT, pull_states_save(repo, both, 2, &err));
	pull_state_release(&mine);
	must_fail(ERR_NOT_FOUND, pull_state_load(&mine, repo, 2, NULL, &err));
	must(pull_state_load(&mine, repo, 1, NULL, &err));
	cr_assert(eq(str, mine.title, "theirs"));
	save(&mine);
	save(&mine);
	pull_state_release(&mine);
	pull_state_release(&theirs);
	pull_state_release(&other);
}

static int add_label(struct pull_state *state, void *payload,
		     struct err *unused)
{
	(void)unused;
	strvec_add(&state->labels, payload);
	return 0;
}

Test(pulls, edits_of_several_processes_are_all_there)
{
	enum { PROCESSES = 4, EDITS = 5 };
	char *path = sandbox_path(&box, "r.git");
	pid_t pids[PROCESSES];
	struct pull_state state;

	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		/* No assertions in a child: they would wait for ever. */
		if (repo_open_bare(&repo, path, &err) < 0)
			_exit(1);
		for (int n = 0; n < EDITS; n++)
			if (pull_state_edit(repo, 0, "main", add_label, "x",
					    &err) < 0)
				_exit(2);
		_exit(0);
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		waitpid(pids[i], &status, 0);
		cr_assert(eq(int, status, 0));
	}
	must(pull_state_load(&state, repo, 0, "main", &err));
	cr_assert(eq(sz, state.labels.len, 20));
	pull_state_release(&state);
	free(path);
}

Test(pulls, are_listed_and_expire)
{
	struct pull_list list;
	struct pull_state states[4];
	size_t removed;

	pull_state_init(&states[0], 101, NULL);
	pull_state_init(&states[1], 7, NULL);
	pull_state_init(&states[2], 0, "main");
	pull_state_init(&states[3], 0, "dev");
	states[0].is_closed = true;
	states[0].seen_at_ms = states[1].seen_at_ms = states[3].seen_at_ms =
		1000;
	states[2].seen_at_ms = 3000;
	for (int i = 0; i < 4; i++)
		save(&states[i]);
	must(pull_states_list(&list, repo, &err));
	cr_assert(eq(sz, list.len, 4));
	cr_assert(eq(i64, list.items[0].number, 7));
	cr_assert(eq(i64, list.items[1].number, 101));
	cr_assert(eq(str, list.items[2].branch, "dev"));
	pull_list_release(&list);
	must(pull_states_expire(&removed, repo, 2000, &err));
	cr_assert(eq(sz, removed, 2));
	must(pull_states_list(&list, repo, &err));
	cr_assert(eq(sz, list.len, 2));
	cr_assert(eq(i64, list.items[0].number, 7));
	cr_assert(eq(str, list.items[1].branch, "main"));
	pull_list_release(&list);
	for (int i = 0; i < 4; i++)
		pull_state_release(&states[i]);
}

Test(pulls, remember_a_hundred_change_keys)
{
	struct pull_state state;

	pull_state_init(&state, 1, NULL);
	for (int i = 0; i < 150; i++) {
		char *key = xstrf("%d", i);

		pull_state_add_key(&state, key);
		free(key);
	}
	pull_state_add_key(&state, "60");
	cr_assert(eq(sz, state.change_keys.len, 100));
	cr_assert(eq(str, state.change_keys.v[0], "50"));
	cr_assert(eq(str, state.change_keys.v[99], "60"));
	cr_assert(state.change_keys.v[100] == NULL);
	pull_state_release(&state);
}

static const struct {
	const char *text;
	enum err_code code;
} documents[] = {
	{ "{\"version\":1,\"number\":1}", ERR_OK },
	{ "{\"version\":1,\"branch\":\"b\",\"later\":{}}", ERR_OK },
	{ "{\"version\":2,\"number\":1}", ERR_INVALID },
	{ "{\"version\":1}", ERR_PROTOCOL },
	{ "{\"number\":1}", ERR_PROTOCOL },
	{ "{\"version\":1,\"number\":-1}", ERR_PROTOCOL },
	{ "{\"version\":1,\"number\":1,\"head\":5}", ERR_PROTOCOL },
	{ "{\"version\":1,\"number\":1,\"head\":\"" KEY "\"}", ERR_PROTOCOL },
	{ "{\"version\":1,\"number\":1,\"labels\":\"x\"}", ERR_PROTOCOL },
	{ "{\"version\":1,\"number\":1,\"workflows\":[{}]}", ERR_PROTOCOL },
	{ "{\"version\":1,\"number\":1,\"workflows\":[{\"workflow\":\"w\","
	  "\"progress\":\"lost\"}]}",
	  ERR_PROTOCOL },
	{ "{\"version\":1,\"number\":1,\"findings\":[{\"fingerprint\":\"a\","
	  "\"code\":\"\",\"severity\":\"info\",\"state\":\"open\",\"history\":"
	  "[{}]}]}",
	  ERR_PROTOCOL },
	{ "[]", ERR_PROTOCOL },
	{ "", ERR_PROTOCOL },
};

Test(pulls, documents_are_read_strictly)
{
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		const char *text = documents[i].text;
		struct pull_state state;

		if (documents[i].code) {
			must_fail(documents[i].code,
				  pull_state_parse(&state, text, strlen(text),
						   &err));
			continue;
		}
		must(pull_state_parse(&state, text, strlen(text), &err));
		pull_state_release(&state);
	}
}
