#include "sandbox.h"
#include "unit.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/log.h"
#include "core/random.h"
#include "store/runs.h"

#define KEY_A "aabb000000000000000000000000000000000000000000000000000000000001"
#define KEY_B "ccdd000000000000000000000000000000000000000000000000000000000002"

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

TestSuite(runs, .init = set_up, .fini = tear_down);

/* A ULID of the given second since 1970. */
static void id_at(char out[ULID_SIZE], int64_t second)
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint64_t ms = (uint64_t)second * 1000;

	memset(out, '0', ULID_SIZE - 1);
	out[ULID_SIZE - 1] = '\0';
	for (int i = 9; i >= 0; i--, ms /= 32)
		out[i] = digits[ms % 32];
}

static void make(struct run_record *out, const char *key, const char *workflow,
		 const char *definition, int64_t second)
{
	memset(out, 0, sizeof(*out));
	id_at(out->id, second);
	out->workflow = xstrdup(workflow);
	strcpy(out->definition, definition);
	strcpy(out->change_key, key);
	memset(out->base, '1', 40);
	memset(out->head, '2', 40);
	out->verdict = VERDICT_PASS;
}

static int try_to_put(const char *key, const char *workflow,
		      const char *definition, int64_t second)
{
	struct run_record record;
	const struct run_record *records[] = { &record };
	int ret;

	make(&record, key, workflow, definition, second);
	ret = runs_put(repo, records, 1, &err);
	run_record_release(&record);
	return ret;
}

static void put(const char *key, const char *workflow, const char *definition,
		int64_t second)
{
	must(try_to_put(key, workflow, definition, second));
}

static void assert_found(const char *key, const char *workflow, int64_t second)
{
	struct run_record record;
	char id[ULID_SIZE];

	id_at(id, second);
	must(runs_find(&record, repo, key, workflow, &err));
	cr_assert(eq(str, record.id, id));
	run_record_release(&record);
}

Test(runs, are_found_by_change_and_workflow)
{
	struct run_record record;

	must_fail(ERR_NOT_FOUND, runs_find(&record, repo, KEY_A, "w", &err));
	put(KEY_A, "w", "1111111111111111", 1000);
	put(KEY_A, "w", "2222222222222222", 3000);
	put(KEY_A, "w", "3333333333333333", 2000);
	put(KEY_A, "other/one", "1111111111111111", 4000);
	put(KEY_B, "w", "1111111111111111", 5000);
	assert_found(KEY_A, "w", 3000);
	assert_found(KEY_A, "other/one", 4000);
	assert_found(KEY_B, "w", 5000);
	must_fail(ERR_NOT_FOUND, runs_find(&record, repo, KEY_B, "v", &err));
	must_fail(ERR_INVALID, runs_find(&record, repo, "../x", "w", &err));
	sandbox_run(&box,
		    "git -C r.git show refs/referee/runs:aa/bb/%s/"
		    "other%%2Fone/1111111111111111/run.json | "
		    "grep -q '\"version\":\\s*1'",
		    KEY_A + 4);
}

static struct json *parse(const char *text)
{
	struct json *doc;

	must(json_parse(&doc, text, strlen(text), &err));
	return doc;
}

static void make_rich(struct run_record *out)
{
	make(out, KEY_A, "tests", "1111111111111111", 1000);
	out->tasks = xcalloc(2, sizeof(*out->tasks));
	out->task_count = 2;
	for (int i = 0; i < 2; i++) {
		out->tasks[i].agent = xstrdup("test-agent");
		out->tasks[i].answer = parse(i ? "{\"n\":2}" : "{\"n\":1}");
	}
	out->tasks[1].attempts = parse("[{\"status\":429}]");
	out->generated = parse("[{\"path\":\"Tests/ATests.swift\",\"content\":"
			       "\"import XCTest\\n\",\"why\":\"w\"}]");
}

Test(runs, keep_answers_and_generated_files_as_files)
{
	struct run_record record, back;
	const struct run_record *records[] = { &record };
	char *files;

	make_rich(&record);
	must(runs_put(repo, records, 1, &err));
	must(runs_find(&back, repo, KEY_A, "tests", &err));
	cr_assert(eq(int, (int)json_int_or(back.tasks[0].answer, "n", 0), 1));
	cr_assert(eq(int, (int)json_int_or(back.tasks[1].answer, "n", 0), 2));
	cr_assert(eq(sz, json_len(back.tasks[1].attempts), 1));
	cr_assert(back.tasks[0].attempts == NULL);
	cr_assert(eq(str,
		     (char *)json_string_or(json_first(back.generated),
					    "content", ""),
		     "import XCTest\n"));
	run_record_release(&back);
	files = sandbox_output(
		&box,
		"cd r.git && d=refs/referee/runs:aa/bb/%s/tests/"
		"1111111111111111 && git show $d/files/Tests/ATests.swift && "
		"git show $d/agents/test-agent.json | grep -c answer && "
		"git show $d/run.json | grep -c 'import XCTest'; true",
		KEY_A + 4);
	cr_assert(eq(str, files, "import XCTest\n1\n0"));
	free(files);
	/* A record in its place leaves nothing of it. */
	put(KEY_A, "tests", "1111111111111111", 2000);
	files = sandbox_output(&box, "git -C r.git ls-tree -r --name-only "
				     "refs/referee/runs | wc -l");
	cr_assert(eq(str, files, "1"));
	free(files);
	run_record_release(&record);
}

static const char *const bad_paths[] = { "../x", "/etc/x", ".git/hooks/x",
					 "a//b", "" };

Test(runs, refuse_names_that_cannot_be_files)
{
	for (size_t i = 0; i < ARRAY_LEN(bad_paths); i++) {
		struct run_record record;
		const struct run_record *records[] = { &record };
		char *text = xstrf("[{\"path\":\"%s\",\"content\":\"x\"}]",
				   bad_paths[i]);

		make(&record, KEY_A, "w", "1111111111111111", 1000);
		record.generated = parse(text);
		must_fail(ERR_INVALID, runs_put(repo, records, 1, &err));
		run_record_release(&record);
		free(text);
	}
}

Test(runs, are_listed_newest_first)
{
	struct run_list list;
	char id[ULID_SIZE];

	must(runs_list(&list, repo, 0, 10, &err));
	cr_assert(eq(sz, list.len, 0));
	put(KEY_A, "w", "1111111111111111", 2000);
	put(KEY_B, "w", "1111111111111111", 3000);
	put(KEY_A, "v", "1111111111111111", 1000);
	must(runs_list(&list, repo, 0, 2, &err));
	cr_assert(eq(sz, list.len, 2));
	id_at(id, 3000);
	cr_assert(eq(str, list.items[0].id, id));
	id_at(id, 2000);
	cr_assert(eq(str, list.items[1].id, id));
	run_list_release(&list);
	must(runs_list(&list, repo, 2500 * 1000, 10, &err));
	cr_assert(eq(sz, list.len, 1));
	run_list_release(&list);
	put(KEY_A, "w", "2222222222222222", 4000);
	must(runs_of_change(&list, repo, KEY_A, &err));
	cr_assert(eq(sz, list.len, 2));
	cr_assert(eq(str, list.items[0].workflow, "v"));
	id_at(id, 4000);
	cr_assert(eq(str, list.items[1].id, id));
	run_list_release(&list);
}

/* Writes a file into the tree of runs with git alone. */
static void plant(const char *definition, const char *text)
{
	sandbox_run(&box,
		    "cd r.git && export GIT_INDEX_FILE=$PWD/tmp-index && "
		    "r=refs/referee/runs && if git rev-parse -q --verify $r; "
		    "then git read-tree $r; fi && b=$(printf %%s '%s' | "
		    "git hash-object -w --stdin) && git update-index --add "
		    "--cacheinfo 100644,$b,aa/bb/%s/w/%s/run.json && "
		    "git update-ref $r $(git commit-tree -m x $(git "
		    "write-tree)) && rm tmp-index",
		    text, KEY_A + 4, definition);
}

#define NEWER "{\"version\":2,\"id\":\"01HF7YAT000000000000000001\"}"

Test(runs, of_a_newer_referee_are_reported_and_left_alone)
{
	struct run_record record;
	const struct run_record *records[] = { &record };
	char *text;

	plant("1111111111111111", NEWER);
	must_fail(ERR_INVALID, runs_find(&record, repo, KEY_A, "w", &err));
	cr_assert(gt(int, warnings, 0));
	make(&record, KEY_A, "w", "1111111111111111", 1000);
	must_fail(ERR_INVALID, runs_put(repo, records, 1, &err));
	run_record_release(&record);
	put(KEY_A, "w", "2222222222222222", 500);
	assert_found(KEY_A, "w", 500);
	text = sandbox_output(&box,
			      "git -C r.git show refs/referee/runs:aa/"
			      "bb/%s/w/1111111111111111/run.json",
			      KEY_A + 4);
	cr_assert(eq(str, text, NEWER));
	free(text);
}

Test(runs, that_are_damaged_are_passed_over)
{
	struct run_record record;
	struct run_list list;

	plant("1111111111111111", "{\"version\":1,");
	must_fail(ERR_NOT_FOUND, runs_find(&record, repo, KEY_A, "w", &err));
	must(runs_list(&list, repo, 0, 10, &err));
	cr_assert(eq(sz, list.len, 0));
	cr_assert(gt(int, warnings, 0));
	put(KEY_A, "w", "1111111111111111", 500);
	assert_found(KEY_A, "w", 500);
}

Test(runs, expire)
{
	struct run_record record;
	size_t removed;

	must(runs_expire(&removed, repo, 2000 * 1000, &err));
	cr_assert(eq(sz, removed, 0));
	put(KEY_A, "w", "1111111111111111", 1000);
	put(KEY_B, "w", "1111111111111111", 2000);
	must(runs_expire(&removed, repo, 2000 * 1000, &err));
	cr_assert(eq(sz, removed, 1));
	must_fail(ERR_NOT_FOUND, runs_find(&record, repo, KEY_A, "w", &err));
	assert_found(KEY_B, "w", 2000);
}

Test(runs, of_several_processes_are_all_there)
{
	enum { PROCESSES = 4, RUNS = 6 };
	char *path = sandbox_path(&box, "r.git");
	pid_t pids[PROCESSES];
	struct run_list list;

	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		/* No assertions in a child: they would wait for ever. */
		if (repo_open_bare(&repo, path, &err) < 0)
			_exit(1);
		for (int n = 0; n < RUNS; n++) {
			char *id = xstrf("w%d-%d", i, n);

			if (try_to_put(KEY_A, id, "1111111111111111", 1000) < 0)
				_exit(2);
			free(id);
		}
		_exit(0);
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		waitpid(pids[i], &status, 0);
		cr_assert(eq(int, status, 0));
	}
	must(runs_list(&list, repo, 0, 100, &err));
	cr_assert(eq(sz, list.len, 24));
	run_list_release(&list);
	free(path);
}
