#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "toy.h"

#define MANY 1000

/* When which service is down, and how fast it is otherwise. */
struct weather {
	int64_t one_down_until_ms;
	int status; /* meanwhile */
	int64_t reply_ms;
	int64_t first_byte_ms;
};

static void blow(struct fake_reply *out, const struct fake_request *request,
		 size_t number, void *payload)
{
	const struct weather *weather = payload;

	(void)number;
	out->after_ms = weather->reply_ms;
	out->first_byte_ms = weather->first_byte_ms;
	out->status = 200;
	out->body = "fine";
	if (strncmp(request->url, "http://one", 10) == 0 &&
	    fake_now_ms() < weather->one_down_until_ms)
		out->status = weather->status;
}

struct crowd {
	struct toy toy;
	struct toy_answer answers[MANY];
	size_t count;
};

static void open_crowd(struct crowd *crowd, struct weather *weather,
		       const struct gateway_options *options)
{
	fake_reset(blow, weather);
	toy_open(&crowd->toy, options);
}

static void add(struct crowd *crowd, const struct ask *ask, size_t count)
{
	struct err err = ERR_INIT;

	for (size_t i = 0; i < count; i++)
		must(gateway_ask(NULL, crowd->toy.gateway, ask, toy_done,
				 &crowd->answers[crowd->count++], &err));
}

static size_t answered_by(const struct crowd *crowd, const char *service)
{
	size_t count = 0;

	for (size_t i = 0; i < crowd->count; i++) {
		cr_assert_eq(crowd->answers[i].calls, 1, "%zu", i);
		count += crowd->answers[i].text &&
			 strcmp(crowd->answers[i].service, service) == 0;
	}
	return count;
}

static void close_crowd(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->count; i++)
		toy_answer_release(&crowd->answers[i]);
	toy_close(&crowd->toy);
	free(crowd);
}

static void stop_loop(const struct err *err, void *payload)
{
	(void)err;
	loop_stop(payload);
}

/* Lets the loop run for `ms`. */
static void run_for(struct toy *toy, int64_t ms)
{
	struct err err = ERR_INIT;

	must(loop_timer_start(NULL, toy->loop, ms, stop_loop, toy->loop, &err));
	loop_run(toy->loop);
}

/* Asks come one after the other, ten a second. */
struct stream {
	struct crowd *crowd;
	struct ask ask;
	size_t left;
};

static void ask_next(const struct err *ended, void *payload)
{
	struct stream *stream = payload;
	struct err err = ERR_INIT;

	if (ended || !stream->left)
		return;
	stream->left--;
	add(stream->crowd, &stream->ask, 1);
	must(loop_timer_start(NULL, stream->crowd->toy.loop, 100, ask_next,
			      stream, &err));
}

Test(storm, of_529_costs_little_once_the_breaker_is_open)
{
	struct weather weather = { INT64_MAX, 529, 100, 0 };
	struct crowd *crowd = xcalloc(1, sizeof(*crowd));
	struct stream stream = { crowd, toy_ask(), 600 };
	size_t before, after, later;

	open_crowd(crowd, &weather, NULL);
	add(crowd, &stream.ask, 20);
	loop_run(crowd->toy.loop);
	before = fake_request_count();
	ask_next(NULL, &stream);
	loop_run(crowd->toy.loop);
	later = crowd->count - 20;
	after = fake_request_count() - before;
	cr_assert(eq(sz, answered_by(crowd, "two"), crowd->count));
	cr_assert(eq(sz, later, 600));
	cr_assert(10 * after <= 12 * later, "%zu for %zu", after, later);
	/* A probe a minute, and no more. */
	cr_assert(fake_count_to("http://one") <= 30 + 2, "%zu",
		  fake_count_to("http://one"));
	close_crowd(crowd);
}

Test(storm, ends_with_one_probe)
{
	struct weather weather = { 30000, 529, 100, 0 };
	struct crowd *crowd = xcalloc(1, sizeof(*crowd));
	struct ask ask = toy_ask();
	size_t during, after;

	open_crowd(crowd, &weather, NULL);
	add(crowd, &ask, 50);
	loop_run(crowd->toy.loop);
	during = fake_count_to("http://one");
	fake_sleep(60000);
	add(crowd, &ask, 15);
	loop_run(crowd->toy.loop);
	after = fake_count_to("http://one");
	cr_assert(eq(sz, after - during, 1), "one probe, not %zu",
		  after - during);
	add(crowd, &ask, 10);
	loop_run(crowd->toy.loop);
	cr_assert(eq(sz, fake_count_to("http://one"), after + 10));
	close_crowd(crowd);
}

Test(storm, has_one_probe_among_all_processes)
{
	char dir[] = "/tmp/referee-state-XXXXXX", command[100];
	struct gateway_options options = { .state_dir = dir };
	struct weather weather = { 50000, 529, 100, 0 };
	struct crowd *crowds[3];
	struct ask ask = toy_ask();
	size_t before;

	/* Three gateways on one state directory, as processes would be: the
	 * first opens the breaker. Its loop is everybody's. */
	cr_assert(mkdtemp(dir) != NULL);
	fake_reset(blow, &weather);
	for (size_t i = 0; i < 3; i++) {
		crowds[i] = xcalloc(1, sizeof(*crowds[i]));
		toy_open(&crowds[i]->toy, &options);
		add(crowds[i], &ask, 10);
		loop_run(crowds[i]->toy.loop);
	}
	before = fake_count_to("http://one");
	fake_sleep(70000);
	/* While the first one's probe is under way ... */
	add(crowds[0], &ask, 1);
	run_for(&crowds[0]->toy, 20);
	cr_assert(eq(sz, fake_count_to("http://one"), before + 1));
	/* ... the others leave the service alone. */
	add(crowds[1], &ask, 5);
	loop_run(crowds[1]->toy.loop);
	cr_assert(eq(sz, fake_count_to("http://one"), before + 1));
	loop_run(crowds[0]->toy.loop);
	/* It went well, and the next one may see for itself. */
	add(crowds[2], &ask, 5);
	loop_run(crowds[2]->toy.loop);
	cr_assert(fake_count_to("http://one") > before + 1);
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < crowds[i]->count; k++)
			toy_answer_release(&crowds[i]->answers[k]);
		gateway_free(crowds[i]->toy.gateway);
		http_free(crowds[i]->toy.http);
		loop_free(crowds[i]->toy.loop);
		free(crowds[i]);
	}
	fake_done();
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_assert(eq(int, system(command), 0));
}

Test(storm, over_all_services_is_waited_for)
{
	struct weather weather = { 30000, 529, 100, 0 };
	struct crowd *crowd = xcalloc(1, sizeof(*crowd));
	struct ask ask = toy_ask();

	/* A lone service: the breaker must not make it an outage. */
	fake_reset(blow, &weather);
	toy_open(&crowd->toy, NULL);
	crowd->toy.services[0].fallback = NULL;
	add(crowd, &ask, 50);
	loop_run(crowd->toy.loop);
	cr_assert(answered_by(crowd, "one") >= 45, "%zu by it, %zu by local",
		  answered_by(crowd, "one"), answered_by(crowd, "local"));
	close_crowd(crowd);
}

Test(storm, leaves_the_breaker_open_for_the_next_process)
{
	char dir[] = "/tmp/referee-state-XXXXXX";
	struct gateway_options options = { .state_dir = dir };
	struct weather weather = { INT64_MAX, 529, 100, 0 };
	struct crowd *crowd = xcalloc(1, sizeof(*crowd));
	struct ask ask = toy_ask();
	char command[100];

	cr_assert(mkdtemp(dir) != NULL);
	open_crowd(crowd, &weather, &options);
	add(crowd, &ask, 20);
	loop_run(crowd->toy.loop);
	close_crowd(crowd);

	crowd = xcalloc(1, sizeof(*crowd));
	open_crowd(crowd, &weather, &options);
	add(crowd, &ask, 20);
	loop_run(crowd->toy.loop);
	cr_assert(eq(sz, fake_count_to("http://one"), 0));
	cr_assert(eq(sz, answered_by(crowd, "two"), 20));
	close_crowd(crowd);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_assert(eq(int, system(command), 0));
}

/* One process a minute asks once: what "one" sees of it. */
static size_t sent_in_minute(int minute, int64_t down_ms,
			     const struct gateway_options *options)
{
	struct weather weather = { down_ms, 529, 100, 0 };
	struct crowd *crowd = xcalloc(1, sizeof(*crowd));
	struct ask ask = toy_ask();
	size_t sent;

	fake_reset(blow, &weather);
	fake_sleep(60000LL * minute);
	toy_open(&crowd->toy, options);
	add(crowd, &ask, 1);
	loop_run(crowd->toy.loop);
	sent = fake_count_to("http://one");
	close_crowd(crowd);
	return sent;
}

Test(storm, counts_failures_in_a_row_over_all_processes)
{
	char dir[] = "/tmp/referee-state-XXXXXX", command[100];
	struct gateway_options options = { .state_dir = dir };

	cr_assert(mkdtemp(dir) != NULL);
	/* Three failures, and a success; three, and two more are five. */
	cr_assert(eq(sz, sent_in_minute(0, INT64_MAX, &options), 3));
	cr_assert(eq(sz, sent_in_minute(1, 0, &options), 1));
	cr_assert(eq(sz, sent_in_minute(2, INT64_MAX, &options), 3));
	cr_assert(eq(sz, sent_in_minute(3, INT64_MAX, &options), 2));
	cr_assert(eq(sz, sent_in_minute(3, INT64_MAX, &options), 0));
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_assert(eq(int, system(command), 0));
}

Test(storm, of_questions_is_sent_at_most_so_many_at_once)
{
	struct weather weather = { 0, 0, 2000, 0 };
	struct gateway_options options = { .concurrency = 100 };
	struct crowd *crowd = xcalloc(1, sizeof(*crowd));
	struct ask ask = toy_ask();

	crowd->toy.services[0].concurrency = 1000;
	open_crowd(crowd, &weather, &options);
	add(crowd, &ask, MANY);
	loop_run(crowd->toy.loop);
	cr_assert(eq(sz, answered_by(crowd, "one"), MANY));
	cr_assert(eq(sz, fake_most_in_flight(), 100));
	cr_assert(eq(i64, fake_now_ms(), 20000));
	close_crowd(crowd);
}

Test(storm, never_passes_the_budget)
{
	struct weather weather = { 0, 0, 2000, 0 };
	struct gateway_options options = {
		.budget = { .daily_nusd = 5000000000,
			    .unknown_cost_nusd = 100000000,
			    .alert_percent = 80 },
		.concurrency = MANY,
	};
	struct crowd *crowd = xcalloc(1, sizeof(*crowd));
	struct ask ask = toy_ask();
	struct chat chat = *ask.chat;

	chat.model = "of unknown price";
	ask.chat = &chat;
	crowd->toy.services[0].concurrency = MANY;
	open_crowd(crowd, &weather, &options);
	add(crowd, &ask, MANY);
	loop_run(crowd->toy.loop);
	cr_assert(eq(sz, answered_by(crowd, "one"), 50));
	cr_assert(eq(i64, crowd->toy.ledger.reserved_nusd, 5000000000));
	cr_assert(eq(i64, crowd->toy.ledger.settled_nusd, 5000000000));
	cr_assert(eq(sz, fake_request_count(), 50));
	for (size_t i = 0; i < MANY; i++)
		cr_assert(crowd->answers[i].text ||
			  crowd->answers[i].fault == FAULT_BUDGET);
	/* Once at 80 %, once at 100 %. */
	cr_assert(eq(int, crowd->toy.alerts, 2));
	close_crowd(crowd);
}

Test(storm, waits_for_money_that_others_have_only_reserved)
{
	/* Each reserves $0.02 and comes to $0.006; the run has $0.05: two, one,
	 * one. */
	struct weather weather = { 0, 0, 2000, 0 };
	struct crowd *crowd = xcalloc(1, sizeof(*crowd));
	struct ask ask = toy_ask();

	ask.run = "r";
	ask.run_budget_nusd = 50000000;
	open_crowd(crowd, &weather, NULL);
	add(crowd, &ask, 4);
	loop_run(crowd->toy.loop);
	cr_assert(eq(sz, answered_by(crowd, "one"), 4));
	cr_assert(eq(sz, fake_most_in_flight(), 2));
	cr_assert(eq(i64, fake_now_ms(), 6000));
	cr_assert(eq(i64, crowd->toy.ledger.settled_nusd, 4 * TOY_COST));
	close_crowd(crowd);
}

Test(storm, cannot_be_cancelled_out_of_its_budget)
{
	struct weather weather = { 0, 0, 2000, 0 };
	struct crowd *crowd = xcalloc(1, sizeof(*crowd));
	struct ask ask = toy_ask();

	ask.run = "r";
	ask.run_budget_nusd = 30000000;
	ask.deadline_ms = 1000;
	open_crowd(crowd, &weather, NULL);
	add(crowd, &ask, 2);
	loop_run(crowd->toy.loop);
	/* The first may have been served: what was reserved stays spent. */
	cr_assert(eq(i64, crowd->toy.ledger.settled_nusd,
		     crowd->toy.ledger.reserved_nusd));
	cr_assert(eq(sz, fake_request_count(), 1));
	cr_assert_eq(crowd->answers[1].fault, FAULT_TIMEOUT);
	cr_assert(strstr(crowd->answers[1].message, "reserved") != NULL);
	close_crowd(crowd);
}

Test(storm, counts_what_was_spent_before)
{
	struct weather weather = { 0, 0, 100, 0 };
	struct gateway_options options = {
		.budget = { .monthly_nusd = 5000000000 },
	};
	struct crowd *crowd = xcalloc(1, sizeof(*crowd));
	struct ask ask = toy_ask();

	crowd->toy.ledger.spent_nusd = 5000000000 - TOY_COST;
	open_crowd(crowd, &weather, &options);
	add(crowd, &ask, 1);
	loop_run(crowd->toy.loop);
	cr_assert_eq(crowd->answers[0].fault, FAULT_BUDGET);
	close_crowd(crowd);
}

Test(storm, of_one_project_does_not_starve_another)
{
	struct weather weather = { 0, 0, 1000, 0 };
	struct crowd *crowd = xcalloc(1, sizeof(*crowd));
	struct ask ask = toy_ask();
	int64_t last = 0;

	crowd->toy.services[0].concurrency = 2;
	open_crowd(crowd, &weather, NULL);
	add(crowd, &ask, 200);
	ask.project = "small";
	add(crowd, &ask, 5);
	loop_run(crowd->toy.loop);
	for (size_t i = 200; i < 205; i++)
		if (crowd->answers[i].at_ms > last)
			last = crowd->answers[i].at_ms;
	cr_assert(last <= 7000, "%lld ms", (long long)last);
	close_crowd(crowd);
}

Test(storm, of_one_change_waits_for_the_shared_prefix)
{
	struct weather weather = { 0, 0, 9000, 1500 };
	struct crowd *crowd = xcalloc(1, sizeof(*crowd));
	struct ask ask = toy_ask();
	struct chat chat = *ask.chat;
	struct prompt prompt = *chat.prompt;
	char *change = xcalloc(1, 100001);

	for (size_t i = 0; i < 100000; i++)
		change[i] = "let a = b\n"[i % 10];
	prompt.change = change;
	chat.prompt = &prompt;
	ask.chat = &chat;
	open_crowd(crowd, &weather, NULL);
	add(crowd, &ask, 4);
	loop_run(crowd->toy.loop);
	cr_assert(eq(sz, answered_by(crowd, "one"), 4));
	cr_assert(eq(i64, fake_request(0)->at_ms, 0));
	for (size_t i = 1; i < 4; i++)
		cr_assert(eq(i64, fake_request(i)->at_ms, 1500));
	/* It is cached by now: nobody waits. */
	add(crowd, &ask, 2);
	loop_run(crowd->toy.loop);
	cr_assert(eq(i64, fake_request(5)->at_ms, fake_request(4)->at_ms));
	close_crowd(crowd);
	free(change);
}

Test(storm, does_not_wait_for_a_slow_first_byte)
{
	struct weather weather = { 0, 0, 60000, 59000 };
	struct crowd *crowd = xcalloc(1, sizeof(*crowd));
	struct ask ask = toy_ask();
	struct chat chat = *ask.chat;
	struct prompt prompt = *chat.prompt;
	char *change = xcalloc(1, 100001);

	memset(change, ';', 100000);
	prompt.change = change;
	chat.prompt = &prompt;
	ask.chat = &chat;
	open_crowd(crowd, &weather, NULL);
	add(crowd, &ask, 3);
	loop_run(crowd->toy.loop);
	cr_assert(eq(i64, fake_request(1)->at_ms, 5000));
	cr_assert(eq(i64, fake_request(2)->at_ms, 5000));
	close_crowd(crowd);
	free(change);
}

Test(storm, of_the_same_question_is_answered_from_the_cache)
{
	char dir[] = "/tmp/referee-state-XXXXXX", command[100];
	struct gateway_options options = { .state_dir = dir };
	struct weather weather = { 0, 0, 100, 0 };
	struct crowd *crowd = xcalloc(1, sizeof(*crowd));
	struct ask ask = toy_ask();
	struct chat chat = *ask.chat;
	struct prompt prompt = *chat.prompt;

	cr_assert(mkdtemp(dir) != NULL);
	ask.cache_ttl_s = 3600;
	open_crowd(crowd, &weather, &options);
	/* The cache's age is the file's, by the machine's own clock. */
	add(crowd, &ask, 1);
	loop_run(crowd->toy.loop);
	add(crowd, &ask, 3);
	loop_run(crowd->toy.loop);
	cr_assert(eq(sz, fake_request_count(), 1));
	cr_assert(crowd->answers[3].cached);
	cr_assert(eq(i64, crowd->answers[3].cost_nusd, 0));
	cr_assert_str_eq(crowd->answers[3].text, "fine");
	prompt.task = "another";
	chat.prompt = &prompt;
	ask.chat = &chat;
	add(crowd, &ask, 1);
	loop_run(crowd->toy.loop);
	cr_assert(eq(sz, fake_request_count(), 2));
	close_crowd(crowd);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_assert(eq(int, system(command), 0));
}

/* The first never replies. */
static void hang_once(struct fake_reply *out,
		      const struct fake_request *request UNUSED, size_t number,
		      void *payload UNUSED)
{
	*out = number < 1 ? (struct fake_reply){ .hangs = true }
			  : (struct fake_reply){ .status = 200,
						 .body = "a",
						 .after_ms = 50 };
}

struct again {
	struct toy *toy;
	struct toy_answer first, again;
};

/* Out of time, it asks once more, with plenty of it. */
static void ask_again(const struct outcome *outcome, void *payload)
{
	struct again *at = payload;
	struct ask ask = toy_ask();
	struct err err = ERR_INIT;

	toy_done(outcome, &at->first);
	ask.deadline_ms = 100000;
	must(gateway_ask(NULL, at->toy->gateway, &ask, toy_done, &at->again,
			 &err));
}

Test(storm, no_deadline_outlives_who_has_it)
{
	struct toy toy = { 0 };
	struct again at = { .toy = &toy };
	struct toy_answer other = { 0 };
	struct ask soon = toy_ask(), later = toy_ask();
	struct gateway_options options = { .concurrency = 1 };
	struct err err = ERR_INIT;

	fake_reset(hang_once, NULL);
	toy_open(&toy, &options);
	soon.deadline_ms = 1000;
	later.deadline_ms = 3000;
	must(gateway_ask(NULL, toy.gateway, &later, toy_done, &other, &err));
	must(gateway_ask(NULL, toy.gateway, &soon, ask_again, &at, &err));
	loop_run(toy.loop);
	cr_assert_eq(at.first.fault, FAULT_TIMEOUT);
	cr_assert(eq(i64, at.first.at_ms, 1000));
	cr_assert_eq(at.again.fault, FAULT_NONE);
	cr_assert_eq(other.fault, FAULT_TIMEOUT);
	cr_assert(eq(i64, other.at_ms, 3000));
	/* Nothing is waited for any more. */
	cr_assert(eq(i64, fake_now_ms(), 3050));
	toy_answer_release(&at.first);
	toy_answer_release(&at.again);
	toy_answer_release(&other);
	toy_close(&toy);
}
