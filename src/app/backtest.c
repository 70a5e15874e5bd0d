#include "app/backtest.h"

#include <stdlib.h>
#include <string.h>

#include "app/backtest_amount.h"
#include "app/change_facts.h"
#include "app/clone.h"
#include "app/company.h"
#include "app/definitions.h"
#include "app/replay.h"
#include "app/wire.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "io/loop.h"
#include "workflow/plan.h"
#include "workflow/trigger.h"

struct backtest {
	const struct backtest_options *options;
	struct repo *repo;
	struct oid tip;
	char *branch;
	struct definitions definitions;
	const struct workflow **workflows;
	size_t workflow_count;
	struct merge_list merges;
	struct replayed *replayed;
	struct loop *loop;
	struct wiring *wiring;
	struct json *doc;
};

static void backtest_release(struct backtest *backtest)
{
	replayed_free(backtest->replayed, backtest->merges.len);
	merge_list_release(&backtest->merges);
	free(backtest->workflows);
	definitions_release(&backtest->definitions);
	wiring_close(backtest->wiring);
	loop_free(backtest->loop);
	wiring_free(backtest->wiring);
	free(backtest->branch);
	repo_free(backtest->repo);
}

static int find_branch(struct backtest *backtest, struct err *err)
{
	char *ref = NULL;

	if (repo_open(&backtest->repo, backtest->options->repo_dir, err) < 0)
		return -1;
	if (repo_default_base(&backtest->tip, &ref, backtest->repo, err) < 0)
		return -1;
	backtest->branch = change_branch(ref);
	free(ref);
	return 0;
}

static int choose_workflows(struct backtest *backtest,
			    struct mistakes *mistakes, struct err *err)
{
	const struct backtest_options *options = backtest->options;
	struct company company;
	struct definition_sources sources = {
		.repo = backtest->repo,
		.trusted = &backtest->tip,
		.folder = clone_workflows(options->settings, backtest->repo),
		.names = options->workflows,
		.settings = options->settings,
	};
	struct definitions *all = &backtest->definitions;
	size_t named = options->workflows->len;
	int ret;

	if (company_open_clone(&company, backtest->repo, options->settings,
			       err) < 0)
		return -1;
	sources.company = company.repo;
	sources.company_commit = &company.commit;
	ret = definitions_load(all, &sources, mistakes, err);
	company_release(&company);
	if (ret < 0)
		return -1;
	backtest->workflows = xcalloc(all->workflows.len + named,
				      sizeof(*backtest->workflows));
	for (size_t i = 0; i < named; i++) {
		const struct workflow *workflow = definitions_named(
			all, options->workflows->v[i], options->settings, err);

		if (!workflow)
			return -1;
		backtest->workflows[backtest->workflow_count++] = workflow;
	}
	for (size_t i = 0; !named && i < all->workflows.len; i++)
		backtest->workflows[backtest->workflow_count++] =
			all->workflows.items[i];
	return 0;
}

static int by_size(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

/* The middle, and what one in ten exceeds; sorts. */
static void set_spread(struct json *out, const char *name, int64_t *values,
		       size_t count)
{
	struct json *at = json_set_object(out, name);

	if (!count)
		return;
	qsort(values, count, sizeof(*values), by_size);
	json_set_int(at, "p50", values[(count - 1) / 2]);
	json_set_int(at, "p90", values[(count - 1) * 9 / 10]);
	json_set_int(at, "max", values[count - 1]);
}

/* One workflow over all changes. */
struct tally {
	struct amount sum;
	int64_t *tokens, *nusd; /* expected, of each run */
	size_t runs, unknown, by_event[REPLAY_EVENT_COUNT];
};

static void add_change(struct json *changes, const struct merge *merge,
		       const struct replayed *change, unsigned fires)
{
	struct json *at = json_add_object(changes), *events;
	char hex[OID_HEX_SIZE], when[CLOCK_TEXT_SIZE];

	oid_format(hex, &merge->commit);
	clock_format(when, merge->at_s * 1000);
	json_set_string(at, "commit", hex);
	json_set_string(at, "at", when);
	json_set_string(at, "title", merge->title);
	json_set_string(at, "author", merge->author);
	json_set_int(at, "files", (int64_t)change->files);
	json_set_int(at, "lines_changed", (int64_t)change->lines);
	events = json_set_array(at, "events");
	for (int i = 0; i < REPLAY_EVENT_COUNT; i++)
		if (fires & 1U << i)
			json_add_string(events, replay_event_names[i]);
}

/* Every event that fires is a run of its own. */
static void add_runs(struct tally *tally, const struct amount *amount,
		     unsigned fires)
{
	for (int i = 0; i < REPLAY_EVENT_COUNT; i++) {
		if (!(fires & 1U << i))
			continue;
		tally->by_event[i]++;
		tally->tokens[tally->runs] = amount->tokens[AMOUNT_EXPECTED];
		tally->nusd[tally->runs++] = amount->nusd[AMOUNT_EXPECTED];
		amount_add(&tally->sum, amount);
	}
}

static void tally_workflow(struct tally *tally, struct json *changes,
			   struct backtest *backtest, size_t index)
{
	struct gateway *gateway = wiring_gateway(backtest->wiring);
	size_t count = backtest->merges.len;
	struct plan plan;

	plan_make(&plan, backtest->workflows[index],
		  &backtest->definitions.agents, backtest->options->settings,
		  NULL);
	tally->tokens = xcalloc(count * REPLAY_EVENT_COUNT + 1,
				sizeof(*tally->tokens));
	tally->nusd = xcalloc(count * REPLAY_EVENT_COUNT + 1,
			      sizeof(*tally->nusd));
	for (size_t i = 0; i < count; i++) {
		const struct replayed *change = &backtest->replayed[i];
		struct amount amount;
		unsigned fires = change->outcomes[index].fires;

		tally->unknown += change->outcomes[index].unknown != 0;
		if (!fires)
			continue;
		amount_of_run(&amount, gateway, &plan, change,
			      backtest->options->settings->together);
		add_runs(tally, &amount, fires);
		add_change(changes, &backtest->merges.items[i], change, fires);
	}
	plan_release(&plan);
}

static void add_workflow(struct json *list, struct backtest *backtest,
			 size_t index, struct amount *total)
{
	const struct workflow *workflow = backtest->workflows[index];
	struct json *at = json_add_object(list), *events, *changes, *run;
	int64_t every = workflow_every_ms(workflow);
	struct tally tally = { 0 };

	json_set_string(at, "workflow", workflow->id);
	json_set_string(at, "title", workflow->title);
	json_set_bool(at, "relaxed", workflow->relaxed);
	changes = json_new_array();
	tally_workflow(&tally, changes, backtest, index);
	json_set_int(at, "runs", (int64_t)tally.runs);
	json_set_int(at, "unknown", (int64_t)tally.unknown);
	events = json_set_object(at, "events");
	for (int i = 0; i < REPLAY_EVENT_COUNT; i++)
		json_set_int(events, replay_event_names[i],
			     (int64_t)tally.by_event[i]);
	if (every)
		json_set_int(at, "scheduled",
			     (clock_wall_ms() - backtest->options->since_ms) /
				     every);
	amount_describe(&tally.sum, at);
	run = json_set_object(at, "run");
	set_spread(run, "tokens", tally.tokens, tally.runs);
	set_spread(run, "cost_nusd", tally.nusd, tally.runs);
	json_set(at, "changes", changes);
	amount_add(total, &tally.sum);
	free(tally.tokens);
	free(tally.nusd);
}

static void describe(struct backtest *backtest)
{
	char tip[OID_HEX_SIZE], since[CLOCK_TEXT_SIZE];
	struct json *doc = json_new_object();
	struct amount total = { 0 };
	size_t unread = 0;
	struct json *list;

	backtest->doc = doc;
	oid_format(tip, &backtest->tip);
	clock_format(since, backtest->options->since_ms);
	for (size_t i = 0; i < backtest->merges.len; i++)
		unread += !backtest->replayed[i].is_read;
	json_set_int(doc, "version", 1);
	json_set_string(doc, "branch", backtest->branch);
	json_set_string(doc, "tip", tip);
	json_set_string(doc, "since", since);
	json_set_int(doc, "days",
		     (clock_wall_ms() - backtest->options->since_ms) /
			     86400000);
	json_set_int(doc, "changes", (int64_t)backtest->merges.len);
	json_set_int(doc, "unread", (int64_t)unread);
	json_set_bool(doc, "truncated",
		      backtest->merges.len == LIMIT_BACKTEST_CHANGES);
	list = json_set_array(doc, "workflows");
	for (size_t i = 0; i < backtest->workflow_count; i++)
		add_workflow(list, backtest, i, &total);
	amount_describe(&total, doc);
}

static int replay(struct backtest *backtest, struct err *err)
{
	const struct replay_input input = {
		.repo = backtest->repo,
		.merges = &backtest->merges,
		.trusted = &backtest->tip,
		.base_branch = backtest->branch,
		.complexity = &backtest->options->settings->complexity,
		.workflows = backtest->workflows,
		.workflow_count = backtest->workflow_count,
	};

	if (merges_since(&backtest->merges, backtest->repo, &backtest->tip,
			 backtest->options->since_ms / 1000,
			 LIMIT_BACKTEST_CHANGES, err) < 0)
		return -1;
	return replay_run(&backtest->replayed, &input, err);
}

int backtest_make(struct json **out, const struct backtest_options *options,
		  struct mistakes *mistakes, struct err *err)
{
	struct backtest backtest = { .options = options };
	int ret = -1;

	if (find_branch(&backtest, err) < 0 ||
	    choose_workflows(&backtest, mistakes, err) < 0 ||
	    replay(&backtest, err) < 0 || loop_new(&backtest.loop, err) < 0 ||
	    wiring_new(&backtest.wiring, backtest.loop, options->settings, NULL,
		       err) < 0)
		goto out;
	describe(&backtest);
	*out = backtest.doc;
	ret = 0;
out:
	backtest_release(&backtest);
	return ret;
}
