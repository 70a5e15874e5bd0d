#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "toy.h"

/* clang-format off */
/*
 * What users of other gateways were hurt by, and the test that shows that we
 * do not do the same. Here is what no other test is about.
 *
 *  1 an error inside a success is passed on     outcomes of each service
 *  2 529 is retried for ever, on one service    asking, takes_every_path
 *  3 budgets are checked, then counted          storm, never_passes_the_budget
 *  4 who is not known yet passes the budget     here
 *  5 every replica spends the whole budget      t0600-spending.t
 *  6 each worker keeps the limit for itself     rate, is_divided_between_...
 *  7 a new deadline shortens the old one        here; rate, never_shortens_...
 *  8 all are left alone, and nobody waits       storm, over_all_services_...
 *  9 everybody probes at once                   storm, ends_with_one_probe
 * 10 no money is taken for a rate limit         outcomes, of_what_openai_...
 * 11 retries within retries                     here; asking, takes_every_path
 * 12 cached tokens are paid twice               outcomes; price, adds_up_to_...
 * 13 no price is no cost                        asking, counts_an_unknown_...
 * 14 a price for a million is one for a token   price, refuses_prices_...
 * 15 batches are paid never, or each time       t0640, t0641-relaxed-kill.t
 * 16 some ways to a service are not counted     outcomes of each service
 * 17 who hangs up pays nothing                  asking, keeps_the_reservation_...
 * 18 zero is taken for missing                  outcomes; t0631-bad-replies.t
 * 19 the cache answers another question         here; cache, has_a_key_of_...
 * 20 memory that is not given back              t0631; the leak check of all
 * 21 keys in logs                               t0620-keys.t, t0631
 * 22 nobody can tell what will be tried         here
 */
/* clang-format on */

/* Replies one after the other, the last one for ever; to all services but
 * "two", which always answers "b". */
struct sequence {
	struct fake_reply replies[8];
	size_t count, at;
};

static void tell(struct fake_reply *out, const struct fake_request *request,
		 size_t number UNUSED, void *payload)
{
	struct sequence *sequence = payload;
	size_t last = sequence->count - 1;

	if (strncmp(request->url, "http://one", 10) != 0) {
		*out = (struct fake_reply){ .status = 200, .body = "b" };
		return;
	}
	*out = sequence->replies[sequence->at < last ? sequence->at : last];
	sequence->at++;
}

Test(lessons, who_is_not_known_yet_is_held_to_the_budget_from_the_start)
{
	/* Each reserves $0.020055 and costs $0.006. */
	struct gateway_options options = {
		.budget = { .daily_nusd = 45000000, .per_run_nusd = 30000000 },
		.concurrency = 100,
	};
	struct sequence sequence = { { { .status = 200, .body = "a" } }, 1, 0 };
	struct toy toy = { 0 };
	struct toy_answer answers[40] = { { 0 } };
	char projects[40][20], runs[40][20];
	struct err err = ERR_INIT;

	fake_reset(tell, &sequence);
	toy_open(&toy, &options);
	for (size_t i = 0; i < 40; i++) {
		struct ask ask = toy_ask();

		/* Two of each run, all at once, none of them ever seen. */
		snprintf(projects[i], sizeof(projects[i]), "new-%zu", i / 2);
		snprintf(runs[i], sizeof(runs[i]), "run-%zu", i / 2);
		ask.project = projects[i];
		ask.run = runs[i];
		ask.allow_degraded = false;
		must(gateway_ask(NULL, toy.gateway, &ask, toy_done, &answers[i],
				 &err));
	}
	loop_run(toy.loop);
	cr_assert(toy.ledger.settled_nusd <= 45000000);
	/* As many as there is money for, and not one more. */
	cr_assert(eq(int, toy.ledger.settled, 5));
	cr_assert(eq(sz, fake_request_count(), 5));
	for (size_t i = 0; i < 40; i++) {
		cr_assert(answers[i].text != NULL ||
			  answers[i].fault == FAULT_BUDGET);
		toy_answer_release(&answers[i]);
	}
	toy_close(&toy);
}

/* How long "one" is left alone after these two refusals of the same key, that
 * come one right after the other. */
static int64_t left_alone_ms(int first, int second)
{
	struct sequence sequence = { { { .status = first, .after_ms = 100 },
				       { .status = second, .after_ms = 110 },
				       { .status = 200, .body = "a" } },
				     3,
				     0 };
	struct toy toy = { 0 };
	struct toy_answer answers[2] = { { 0 } }, later = { 0 };
	struct ask ask = toy_ask();
	struct err err = ERR_INIT;

	fake_reset(tell, &sequence);
	toy_open(&toy, NULL);
	for (size_t i = 0; i < 2; i++)
		must(gateway_ask(NULL, toy.gateway, &ask, toy_done, &answers[i],
				 &err));
	loop_run(toy.loop);
	cr_assert(eq(sz, fake_count_to("http://one"), 2));
	do {
		fake_sleep(60000);
		toy_answer_release(&later);
		toy_ask_and_wait(&toy, &later, &ask);
	} while (fake_count_to("http://one") == 2);
	for (size_t i = 0; i < 2; i++)
		toy_answer_release(&answers[i]);
	toy_answer_release(&later);
	toy_close(&toy);
	return later.at_ms ? later.at_ms : fake_now_ms();
}

Test(lessons, a_new_deadline_of_a_key_never_shortens_the_old_one)
{
	int64_t quota = left_alone_ms(402, 402);
	int64_t refused = left_alone_ms(401, 401);
	int64_t longer = quota > refused ? quota : refused;

	cr_assert_neq(quota, refused);
	cr_assert(left_alone_ms(402, 401) >= longer);
	cr_assert(left_alone_ms(401, 402) >= longer);
}

/* Nobody but the gateway repeats anything, whatever goes wrong on the way. */
Test(lessons, retries_do_not_multiply)
{
	static const struct fake_reply faults[] = {
		{ .status = 500 },
		{ .status = 529 },
		{ .status = 429, .headers = { "Retry-After: 0" } },
		{ .error = ERR_UNAVAILABLE },
		{ .error = ERR_TIMEOUT },
		{ .status = 299 },
	};

	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct sequence sequence = { { faults[i] }, 1, 0 };
		struct toy toy = { 0 };
		struct toy_answer answer = { 0 };
		struct ask ask = toy_ask();

		fake_reset(tell, &sequence);
		toy_open(&toy, NULL);
		toy_ask_and_wait(&toy, &answer, &ask);
		cr_assert_eq(fake_count_to("http://one"), 3, "%zu", i);
		cr_assert_eq(fake_request_count(), 4, "%zu", i);
		/* One request is one line, in the record and in the ledger. */
		cr_assert_eq(toy_attempts_with(&answer, "\"attempt\""), 4);
		cr_assert_eq(toy.ledger.reserved, 4);
		cr_assert_eq(toy.ledger.settled, 4);
		toy_answer_release(&answer);
		toy_close(&toy);
	}
}

static int no_answer(const char *text UNUSED, size_t len UNUSED,
		     void *payload UNUSED, struct err *err)
{
	return err_set(err, ERR_PROTOCOL, "no");
}

/* Asks twice with a cache; how often "one" is asked. */
static size_t asked_with_cache(const struct fake_reply *first,
			       answer_check_fn *check, struct toy_answer *last)
{
	char dir[] = "/tmp/referee-lessons-XXXXXX", command[100];
	struct gateway_options options = { .state_dir = dir };
	struct sequence sequence = { { *first, { .status = 200, .body = "a" } },
				     2,
				     0 };
	struct toy toy = { 0 };
	struct ask ask = toy_ask();
	size_t asked;

	cr_assert(mkdtemp(dir) != NULL);
	ask.cache_ttl_s = 3600;
	ask.check = check;
	fake_reset(tell, &sequence);
	toy_open(&toy, &options);
	toy_ask_and_wait(&toy, last, &ask);
	ask.check = NULL;
	toy_ask_and_wait(&toy, last, &ask);
	asked = fake_count_to("http://one");
	toy_close(&toy);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_assert(eq(int, system(command), 0));
	return asked;
}

Test(lessons, the_cache_keeps_nothing_that_was_cut_refused_or_wrong)
{
	static const struct {
		struct fake_reply first;
		answer_check_fn *check;
		size_t asked;
	} cases[] = {
		{ { .status = 200, .body = "a" }, NULL, 1 }, /* it does keep */
		{ { .status = 200, .body = "CUT" }, NULL, 2 },
		{ { .status = 200, .body = "REFUSED" }, NULL, 2 },
		{ { .status = 400 }, NULL, 2 },
		/* asked, repaired, and asked again */
		{ { .status = 200, .body = "wrong" }, no_answer, 3 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct toy_answer answer = { 0 };

		cr_assert_eq(asked_with_cache(&cases[i].first, cases[i].check,
					      &answer),
			     cases[i].asked, "%zu", i);
		cr_assert_str_eq(answer.text, "a", "%zu", i);
		cr_assert_eq(answer.cached, cases[i].asked == 1, "%zu", i);
		toy_answer_release(&answer);
	}
}

/* "two" answers for "one", which is asked again all the same: nothing is kept
 * as an answer of a service that did not give it. */
Test(lessons, the_cache_keeps_an_answer_under_the_service_that_gave_it)
{
	static const struct fake_reply gone = { .status = 404 };
	struct toy_answer answer = { 0 };

	cr_assert(eq(sz, asked_with_cache(&gone, NULL, &answer), 2));
	cr_assert_str_eq(answer.service, "one");
	cr_assert_str_eq(answer.text, "a");
	cr_assert_not(answer.cached);
	toy_answer_release(&answer);
}

Test(lessons, what_will_be_tried_is_explained_without_being_sent)
{
	struct sequence nothing = { 0 };
	struct toy toy = { 0 };
	struct ask ask = toy_ask();
	struct json *plan;

	fake_reset(tell, &nothing);
	toy_open(&toy, NULL);
	plan = gateway_explain(toy.gateway, &ask);
	cr_assert(eq(sz, json_len(plan), 4));
	cr_assert_str_eq(json_string_or(plan, "0.service", ""), "one");
	cr_assert_str_eq(json_string_or(plan, "2.service", ""), "three");
	cr_assert_str_eq(json_string_or(plan, "1.model", ""),
			 "claude-opus-5-5");
	cr_assert(eq(i64, json_int_or(plan, "0.attempts", 0), 3));
	cr_assert(eq(i64, json_int_or(plan, "0.waits_ms.0", 0), 500));
	cr_assert(eq(i64, json_int_or(plan, "0.waits_ms.1", 0), 1000));
	/* 11 tokens at most, each at the price of writing the cache, and 1000
	 * of an answer. */
	cr_assert(eq(i64, json_int_or(plan, "0.worst_case_nusd", 0),
		     11 * 5000 + 1000 * 20000));
	cr_assert_str_eq(json_string_or(plan, "3.service", ""), "local");
	cr_assert(json_bool_or(plan, "3.stand_in", false));
	cr_assert(eq(sz, fake_request_count(), 0));
	json_free(plan);
	toy_close(&toy);
}
