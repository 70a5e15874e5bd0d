#include "sandbox.h"
#include "unit.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/spend.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "gateway/budget.h"

#define CENT 10000000LL

static struct sandbox box;
static struct settings settings;
static struct err err;

static void set_up(void)
{
	sandbox_init(&box);
	repo_setup();
	settings.state_dir = sandbox_path(&box, "state");
}

static void tear_down(void)
{
	free(settings.state_dir);
	repo_teardown();
	sandbox_release(&box);
}

TestSuite(spend, .init = set_up, .fini = tear_down, .timeout = 120);

/* What the gateway does with them. */
struct spender {
	struct spend *spend;
	struct budget *budget;
};

static void count(const struct books_change *change, void *payload)
{
	const struct spender *spender = payload;

	budget_add_others(spender->budget, change->project, change->at_ms,
			  change->used_nusd, change->reserved_nusd);
}

static void begin(struct spender *spender)
{
	must(spend_ops.begin(spender->spend, 0, count, spender, &err));
}

static void look(struct spender *spender)
{
	begin(spender);
	spend_ops.end(spender->spend);
}

static struct spender spender_open(int64_t daily_nusd)
{
	struct budget_limits limits = { .daily_nusd = daily_nusd };
	struct spender spender;

	must(spend_open_installation(&spender.spend, &settings, &err));
	must(budget_new(&spender.budget, &limits, NULL, &err));
	budget_roll(spender.budget, clock_wall_ms());
	look(&spender);
	return spender;
}

static void spender_close(struct spender *spender)
{
	budget_free(spender->budget);
	spend_close(spender->spend);
}

static struct spending_line line_of(int64_t nusd)
{
	struct spending_line line = { .at_ms = clock_wall_ms(),
				      .project = "ios",
				      .service = "claude-api",
				      .model = "m",
				      .reserved_nusd = nusd,
				      .input_tokens = -1,
				      .cached_tokens = -1,
				      .cache_write_tokens = -1,
				      .output_tokens = -1 };

	ulid_new(line.id);
	return line;
}

static enum budget_answer reserve(struct spender *spender,
				  struct spending_line *line)
{
	struct budget_claim claim = { .project = line->project,
				      .amount_nusd = line->reserved_nusd };
	enum budget_answer answer;

	begin(spender);
	answer = budget_reserve(spender->budget, line->at_ms, &claim);
	if (answer == BUDGET_FITS)
		must(spend_ops.reserve(spender->spend, line, &err));
	spend_ops.end(spender->spend);
	return answer;
}

static void settle(struct spender *spender, struct spending_line *line,
		   int64_t nusd)
{
	struct budget_claim claim = { .project = line->project,
				      .amount_nusd = line->reserved_nusd };

	budget_windows(line->at_ms, &claim.day_ms, &claim.month_ms);
	budget_settle(spender->budget, &claim, nusd);
	line->cost_nusd = nusd;
	line->status = "ok";
	must(spend_ops.settle(spender->spend, line, &err));
}

static int64_t spent(void)
{
	struct spend_query query = { .until_ms = INT64_MAX };
	struct spend_table table;
	struct spend *spend;
	int64_t total;

	must(spend_open_installation(&spend, &settings, &err));
	must(spend_read(&table, spend, &query, &err));
	total = spend_table_total(&table).cost_nusd;
	spend_table_release(&table);
	spend_close(spend);
	return total;
}

/* Some settle as they go and move into the ledger, some only at the end. */
static void spend_all_there_is(int number)
{
	struct spender spender = spender_open(500 * CENT);

	for (int i = 0; i < 200; i++) {
		struct spending_line line = line_of(10 * CENT);

		if (reserve(&spender, &line) != BUDGET_FITS)
			continue;
		settle(&spender, &line, 10 * CENT);
		if (number % 2)
			must(spend_flush(spender.spend, &err));
	}
	spender_close(&spender);
}

static void wait_for(pid_t pid)
{
	int status;

	waitpid(pid, &status, 0);
	cr_assert(eq(int, status, 0));
}

Test(spend, of_five_processes_comes_to_the_budget_exactly)
{
	pid_t pids[5];

	for (int i = 0; i < 5; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			spend_all_there_is(i);
			_exit(0);
		}
	}
	for (int i = 0; i < 5; i++)
		wait_for(pids[i]);
	cr_assert(eq(i64, spent(), 500 * CENT));
}

#define RACERS 5
#define ROUNDS 100

/* All at the same time for what one of them can have, again and again. */
static void race(atomic_int *arrived)
{
	struct spender spender = spender_open(0);

	for (int round = 1; round <= ROUNDS; round++) {
		struct spending_line line = line_of(10 * CENT);
		char *prize = xstrf("round-%d", round);

		budget_set_project(spender.budget, prize, 10 * CENT);
		line.project = prize;
		atomic_fetch_add(arrived, 1);
		while (atomic_load(arrived) < round * RACERS)
			sched_yield();
		if (reserve(&spender, &line) == BUDGET_FITS)
			settle(&spender, &line, 10 * CENT);
		free(prize);
	}
	spender_close(&spender);
}

Test(spend, is_never_of_two_processes_what_one_can_have)
{
	atomic_int *arrived = mmap(NULL, sizeof(*arrived),
				   PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pids[RACERS];

	cr_assert(arrived != MAP_FAILED);
	for (int i = 0; i < RACERS; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			race(arrived);
			_exit(0);
		}
	}
	for (int i = 0; i < RACERS; i++)
		wait_for(pids[i]);
	munmap(arrived, sizeof(*arrived));
	cr_assert(eq(i64, spent(), ROUNDS * 10 * CENT));
}

Test(spend, of_another_process_is_waited_for_while_that_lives)
{
	struct spender ours = spender_open(100 * CENT);
	struct spender theirs = spender_open(100 * CENT);
	struct spending_line first = line_of(80 * CENT);
	struct spending_line second = line_of(80 * CENT);

	cr_assert_eq(reserve(&theirs, &first), BUDGET_FITS);
	cr_assert_eq(reserve(&ours, &second), BUDGET_WAIT);
	settle(&theirs, &first, 15 * CENT);
	cr_assert_eq(reserve(&ours, &second), BUDGET_FITS);
	cr_assert(eq(i64, budget_day_nusd(ours.budget), 95 * CENT));
	settle(&ours, &second, 80 * CENT);
	spender_close(&theirs);
	first = line_of(6 * CENT);
	cr_assert_eq(reserve(&ours, &first), BUDGET_DAY);
	spender_close(&ours);
	cr_assert(eq(i64, spent(), 95 * CENT));
}

Test(spend, of_a_dead_process_stays_spent_and_counts_once)
{
	struct spender ours = spender_open(100 * CENT);
	struct spending_line line = line_of(30 * CENT);
	pid_t pid = fork();

	if (!pid) {
		struct spender theirs = spender_open(100 * CENT);
		struct spending_line held = line_of(9 * CENT);

		held.is_batch = true;
		(void)reserve(&theirs, &line);
		(void)reserve(&theirs, &held);
		_exit(0);
	}
	wait_for(pid);
	line = line_of(71 * CENT);
	cr_assert_eq(reserve(&ours, &line), BUDGET_DAY, "nobody settles it");
	cr_assert(eq(i64, budget_day_nusd(ours.budget), 30 * CENT));
	cr_assert(eq(i64, spent(), 30 * CENT), "no batch was sent");
	spend_recover(ours.spend);
	line = line_of(70 * CENT);
	cr_assert_eq(reserve(&ours, &line), BUDGET_FITS);
	cr_assert(eq(i64, budget_day_nusd(ours.budget), 100 * CENT));
	settle(&ours, &line, 70 * CENT);
	spender_close(&ours);
	cr_assert(eq(i64, spent(), 100 * CENT));
	sandbox_run(&box, "test -z \"$(ls state/journal)\"");
}

Test(spend, is_seen_once_however_it_gets_into_the_ledger)
{
	struct spender ours = spender_open(0), theirs = spender_open(0);
	struct spending_line line, open;

	for (int i = 1; i <= 4; i++) {
		line = line_of(CENT);
		cr_assert_eq(reserve(&theirs, &line), BUDGET_FITS);
		if (i != 2) /* seen reserved, or settled, or moved */
			look(&ours);
		settle(&theirs, &line, CENT / 2);
		if (i == 3)
			look(&ours);
		open = line_of(2 * CENT);
		cr_assert_eq(reserve(&theirs, &open), BUDGET_FITS);
		must(spend_flush(theirs.spend, &err));
		look(&ours);
		cr_assert(eq(i64, budget_day_nusd(ours.budget),
			     i * (CENT / 2 + 2 * CENT)));
	}
	spender_close(&theirs);
	look(&ours);
	cr_assert(eq(i64, budget_day_nusd(ours.budget), 10 * CENT));
	spender_close(&ours);
}

/* An installation that shares the control repository. */
static struct spender share(struct settings *own, const char *name)
{
	struct budget_limits limits = { .daily_nusd = 30 * CENT };
	struct spender spender;

	*own = (struct settings){
		.state_dir = sandbox_path(&box, name),
		.control_remote = sandbox_path(&box, "control.git"),
	};
	must(spend_open_installation(&spender.spend, own, &err));
	must(budget_new(&spender.budget, &limits, NULL, &err));
	budget_roll(spender.budget, clock_wall_ms());
	return spender;
}

static void leave(struct spender *spender, struct settings *own)
{
	spender_close(spender);
	free(own->state_dir);
	free(own->control_remote);
}

Test(spend, of_another_instance_is_seen_with_the_next_round)
{
	struct spending_line ours = line_of(20 * CENT), theirs = ours;
	struct settings here, there;
	struct spender us, them;

	sandbox_run(&box, "git init -q --bare control.git");
	us = share(&here, "here");
	them = share(&there, "there");
	ulid_new(theirs.id);
	cr_assert_eq(reserve(&them, &theirs), BUDGET_FITS);
	settle(&them, &theirs, 20 * CENT);
	spend_exchange(them.spend);
	spend_exchange(us.spend); /* the first round: it was just opened */
	spend_exchange(us.spend);
	cr_expect_neq(reserve(&us, &ours), BUDGET_FITS);
	leave(&them, &there);
	leave(&us, &here);
}

Test(spend, is_exchanged_again_where_that_failed)
{
	struct spending_line line = line_of(20 * CENT);
	struct settings here;
	struct spender us = share(&here, "here");

	cr_assert_eq(reserve(&us, &line), BUDGET_FITS);
	settle(&us, &line, 20 * CENT);
	spend_exchange(us.spend); /* there is no such repository */
	sandbox_run(&box, "git init -q --bare control.git");
	spend_exchange(us.spend);
	sandbox_run(&box, "git -C control.git for-each-ref | grep -q ledger/");
	leave(&us, &here);
}
