#include "sandbox.h"
#include "unit.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "store/journal.h"
#include "store/ledger.h"
#include "store/spending.h"

static struct sandbox box;
static struct repo *repo;
static struct err err;
static char *state_dir;

static void set_up(void)
{
	char *path;

	sandbox_init(&box);
	repo_setup();
	path = sandbox_path(&box, "control.git");
	must(repo_init_bare(&repo, path, &err));
	free(path);
	state_dir = sandbox_path(&box, "state");
}

static void tear_down(void)
{
	sandbox_run(&box, "git -C control.git fsck --full --strict");
	repo_free(repo);
	repo_teardown();
	sandbox_release(&box);
	free(state_dir);
}

TestSuite(ledger, .init = set_up, .fini = tear_down);
TestSuite(journal, .init = set_up, .fini = tear_down);

static int64_t at(const char *text)
{
	int64_t ms = 0;

	cr_assert(clock_parse(&ms, text));
	return ms;
}

/* Strings are literals: not to be released. */
static struct ledger_line line_at(const char *time, const char *project,
				  int64_t cost)
{
	struct ledger_line line = {
		.at_ms = at(time),
		.project = (char *)project,
		.service = (char *)"claude-api",
		.status = (char *)"ok",
		.cost_nusd = cost,
		.reserved_nusd = 10 * cost,
		.input_tokens = 100,
		.cached_tokens = -1,
		.cache_write_tokens = -1,
		.output_tokens = 0,
	};

	ulid_new(line.id);
	return line;
}

static void append(const char *instance, const char *time, const char *project,
		   int64_t cost)
{
	struct ledger_line line = line_at(time, project, cost);
	struct ledger_list list = { .items = &line, .len = 1 };

	must(ledger_append(repo, instance, &list, &err));
}

/* "key=cost key=cost" */
static char *spent(enum spend_by by, const char *since, const char *until,
		   const char *project)
{
	struct spend_query query = { .by = by,
				     .since_ms = at(since),
				     .until_ms = at(until),
				     .project = project };
	struct spend_table table;
	struct buf out;

	must(spending_read(&table, repo, state_dir, &query, &err));
	buf_init(&out, 1000);
	for (size_t i = 0; i < table.len; i++)
		buf_addf(&out, "%s%s=%lld", i ? " " : "", table.rows[i].key,
			 (long long)table.rows[i].cost_nusd);
	spend_table_release(&table);
	return buf_detach(&out);
}

static void assert_spent(enum spend_by by, const char *since, const char *until,
			 const char *expected)
{
	char *sums = spent(by, since, until, NULL);

	cr_assert(eq(str, sums, (char *)expected));
	free(sums);
}

static const struct {
	enum spend_by by;
	const char *since, *until, *expected;
} sums[] = {
	{ SPEND_BY_NOTHING, "2026-01-01", "2027-01-01", "=31" },
	{ SPEND_BY_MONTH, "2026-01-01", "2027-01-01",
	  "2026-10=1 2026-11=14 2026-12=16" },
	{ SPEND_BY_DAY, "2026-11-01", "2026-12-01",
	  "2026-11-24=6 2026-11-30=8" },
	{ SPEND_BY_PROJECT, "2026-01-01", "2027-01-01", "ios=27 kt=4" },
	{ SPEND_BY_DAY, "2026-11-24T13:00:00Z", "2026-11-24T14:00:00Z",
	  "2026-11-24=4" },
	{ SPEND_BY_DAY, "2026-11-24T12:30:00Z", "2026-11-24T13:00:01Z",
	  "2026-11-24=6" },
	{ SPEND_BY_SERVICE, "2025-01-01", "2026-01-01", "" },
};

Test(ledger, sums_by_time_and_what_it_was_for)
{
	append("one", "2026-10-31T23:59:59Z", "ios", 1);
	append("one", "2026-11-24T12:59:59Z", "ios", 2);
	append("two", "2026-11-24T13:00:00Z", "kt", 4);
	append("two", "2026-11-30T23:00:00Z", "ios", 8);
	append("one", "2026-12-01T00:00:00Z", "ios", 16);
	for (size_t i = 0; i < ARRAY_LEN(sums); i++)
		assert_spent(sums[i].by, sums[i].since, sums[i].until,
			     sums[i].expected);
	sandbox_run(&box, "cd control.git && git rev-parse -q --verify "
			  "refs/referee/ledger/two/2026-11 && git ls-tree -r "
			  "--name-only refs/referee/ledger/two/2026-11 | "
			  "grep -qx '24/13/[0-9A-Z]*.jsonl'");
}

static void append_of(const char *agent, int64_t cost)
{
	struct ledger_line line = line_at("2026-11-24T13:00:00Z", "ios", cost);
	struct ledger_list list = { .items = &line, .len = 1 };

	line.agent = (char *)agent;
	must(ledger_append(repo, "one", &list, &err));
}

/* "agent=cost,requests,tokens agent=..." */
static char *shares(void)
{
	struct spend_query query = { .by = SPEND_BY_AGENT,
				     .until_ms = INT64_MAX };
	struct spend_table table;
	struct buf out;

	must(spending_read(&table, repo, state_dir, &query, &err));
	buf_init(&out, 1000);
	for (size_t i = 0; i < table.len; i++)
		buf_addf(&out, "%s%s=%lld,%lld,%lld", i ? " " : "",
			 table.rows[i].key, (long long)table.rows[i].cost_nusd,
			 (long long)table.rows[i].requests,
			 (long long)table.rows[i].input_tokens);
	spend_table_release(&table);
	return buf_detach(&out);
}

static const struct {
	const char *agents;
	int64_t cost;
	const char *expected; /* of all up to here; 100 tokens each */
} joint[] = {
	{ "a", 5, "a=5,1,100" },
	{ "b+a", 7, "a=8,1,150 b=4,1,50" },
	{ "c+b+a", 11, "a=11,1,183 b=7,1,83 c=5,1,34" },
	{ "+", 2, "=2,1,100 a=11,1,183 b=7,1,83 c=5,1,34" },
	{ NULL, 1, "=3,2,200 a=11,1,183 b=7,1,83 c=5,1,34" },
};

Test(ledger, shares_out_what_several_agents_asked_in_one_request)
{
	for (size_t i = 0; i < ARRAY_LEN(joint); i++) {
		char *got;

		append_of(joint[i].agents, joint[i].cost);
		got = shares();
		cr_assert(eq(str, got, (char *)joint[i].expected));
		free(got);
	}
	assert_spent(SPEND_BY_NOTHING, "2026-01-01", "2027-01-01", "=26");
}

Test(ledger, of_many_lines_has_few_segments)
{
	struct ledger_line line = line_at("2026-11-24T13:00:00Z", "ios", 1);
	struct ledger_list list = { 0 };
	char *counts;

	for (int i = 0; i < 1200; i++) {
		ulid_new(line.id);
		line.at_ms += 1000; /* 20 minutes in all */
		ledger_list_add(&list, &line);
	}
	must(ledger_append(repo, "one", &list, &err));
	ledger_list_release(&list);
	assert_spent(SPEND_BY_NOTHING, "2026-11-24", "2026-11-25", "=1200");
	counts = sandbox_output(&box,
				"cd control.git && r=refs/referee/ledger/one/"
				"2026-11 && git rev-list --count $r && "
				"git ls-tree -r $r | wc -l");
	cr_assert(eq(str, counts, "1\n3"));
	free(counts);
}

Test(ledger, refuses_an_instance_that_is_no_word)
{
	struct ledger_list list = { 0 };

	must_fail(ERR_INVALID, ledger_append(repo, "../x", &list, &err));
	must_fail(ERR_INVALID, ledger_append(repo, "", &list, &err));
}

static bool keep(const struct ledger_line *line, void *payload)
{
	ledger_list_add(payload, line);
	return true;
}

Test(ledger, lines_come_back_as_they_were)
{
	struct ledger_line line = line_at("2026-11-24", "ios", 1);
	struct ledger_list list = { .items = &line, .len = 1 }, back = { 0 };

	line.attempt = 2;
	line.is_batch = true;
	must(ledger_append(repo, "one", &list, &err));
	must(ledger_each(repo, 0, INT64_MAX, keep, &back, &err));
	cr_assert(eq(sz, back.len, 1));
	cr_assert(eq(str, back.items[0].id, line.id));
	cr_assert(eq(i64, back.items[0].input_tokens, 100));
	cr_assert(eq(i64, back.items[0].output_tokens, 0));
	cr_assert(eq(i64, back.items[0].cached_tokens, -1));
	cr_assert(eq(int, back.items[0].attempt, 2));
	cr_assert(back.items[0].is_batch);
	cr_assert(back.items[0].workflow == NULL);
	ledger_list_release(&back);
}

#define DAY "2026-11-24", "2026-11-25"

static struct ledger_line reserve(struct journal *journal, int64_t cost)
{
	struct ledger_line line = line_at("2026-11-24T10:00:00Z", "ios", 0);

	line.reserved_nusd = cost;
	line.status = NULL;
	must(journal_reserve(journal, &line, &err));
	return line;
}

static void settle(struct journal *journal, struct ledger_line line,
		   int64_t cost)
{
	line.cost_nusd = cost;
	line.status = (char *)"ok";
	must(journal_settle(journal, &line, &err));
}

Test(journal, counts_reservations_until_they_are_settled)
{
	struct journal *journal;
	struct ledger_line line;

	must(journal_open(&journal, state_dir, &err));
	line = reserve(journal, 100);
	assert_spent(SPEND_BY_NOTHING, DAY, "=100");
	settle(journal, line, 7);
	assert_spent(SPEND_BY_NOTHING, DAY, "=7");
	reserve(journal, 1000);
	must(journal_flush(journal, repo, "one", &err));
	assert_spent(SPEND_BY_NOTHING, DAY, "=1007");
	must(journal_flush(journal, repo, "one", &err));
	assert_spent(SPEND_BY_NOTHING, DAY, "=1007");
	journal_free(journal);
}

Test(journal, refuses_what_was_not_reserved_or_twice)
{
	struct journal *journal;
	struct ledger_line line;

	must(journal_open(&journal, state_dir, &err));
	line = line_at("2026-11-24", "ios", 1);
	must_fail(ERR_INVALID, journal_settle(journal, &line, &err));
	line = reserve(journal, 100);
	must_fail(ERR_INVALID, journal_reserve(journal, &line, &err));
	settle(journal, line, 1);
	must_fail(ERR_INVALID, journal_settle(journal, &line, &err));
	journal_free(journal);
}

/* A process that is killed after `steps` of: reserve 100, settle 7, reserve
 * 1000. */
static void die_after(int steps)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		struct journal *journal;
		struct ledger_line line;

		if (journal_open(&journal, state_dir, &err) < 0)
			_exit(1);
		if (steps > 0)
			line = reserve(journal, 100);
		if (steps > 1)
			settle(journal, line, 7);
		if (steps > 2)
			reserve(journal, 1000);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	cr_assert(eq(int, status, 0));
}

static const char *const after_death[] = { "", "=100", "=7", "=1007" };

Test(journal, of_a_dead_process_loses_and_doubles_nothing)
{
	for (int steps = 0; steps < 4; steps++) {
		struct journal *journal;
		char *left;

		die_after(steps);
		assert_spent(SPEND_BY_NOTHING, DAY, after_death[steps]);
		must(journal_open(&journal, state_dir, &err));
		must(journal_flush(journal, repo, "one", &err));
		assert_spent(SPEND_BY_NOTHING, DAY, after_death[steps]);
		must(journal_flush(journal, repo, "one", &err));
		journal_free(journal);
		assert_spent(SPEND_BY_NOTHING, DAY, after_death[steps]);
		left = sandbox_output(&box, "ls state/journal && git -C "
					    "control.git for-each-ref "
					    "--format='%%(refname)' | "
					    "xargs -n1 -r git -C control.git "
					    "update-ref -d");
		cr_assert(eq(str, left, ""));
		free(left);
	}
}

Test(journal, in_the_ledger_but_not_yet_forgotten_counts_once)
{
	struct journal *journal;

	die_after(3);
	sandbox_run(&box, "cp -r state/journal before");
	must(journal_open(&journal, state_dir, &err));
	must(journal_flush(journal, repo, "one", &err));
	/* As if killed between the ledger and the removal. */
	sandbox_run(&box, "cp before/* state/journal/");
	assert_spent(SPEND_BY_NOTHING, DAY, "=1007");
	must(journal_flush(journal, repo, "one", &err));
	assert_spent(SPEND_BY_NOTHING, DAY, "=1007");
	journal_free(journal);
}

Test(journal, cut_in_the_middle_of_a_line_keeps_the_reservation)
{
	struct journal *journal;

	die_after(2);
	sandbox_run(&box, "cd state/journal && for f in *.jsonl; do "
			  "truncate -s -5 $f; done");
	assert_spent(SPEND_BY_NOTHING, DAY, "=100");
	must(journal_open(&journal, state_dir, &err));
	must(journal_flush(journal, repo, "one", &err));
	assert_spent(SPEND_BY_NOTHING, DAY, "=100");
	journal_free(journal);
}

Test(journal, of_a_living_process_is_read_but_not_adopted)
{
	struct journal *theirs, *ours;

	must(journal_open(&theirs, state_dir, &err));
	reserve(theirs, 5);
	must(journal_open(&ours, state_dir, &err));
	reserve(ours, 6);
	must(journal_flush(ours, repo, "one", &err));
	assert_spent(SPEND_BY_NOTHING, DAY, "=11");
	sandbox_run(&box, "test $(ls state/journal/*.jsonl | wc -l) = 2");
	journal_free(theirs);
	journal_free(ours);
}
