#include "app/ci_tests.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"
#include "repo/pattern.h"

#define OWN_PREFIX GENERATED_BRANCHES /* of our statuses and check runs */
#define QUIET_MS   ((int64_t)60 * 1000)

enum {
	NAME_MAX_BYTES = 200,
	URL_MAX_BYTES = 1000,
	CHECKS_KEPT = 200, /* in the record, those that failed first */
	NAMED = 3,         /* in a sentence */
};

/* The signals that count, and how many of them are in which state. */
struct tally {
	const struct forge_signal **items;
	size_t len, cap;
	size_t in[SIGNAL_STOPPED + 1];
	int64_t changed_ms;  /* the last of them did */
	const char *missing; /* a pattern that none of them is of */
};

static void add_answer(struct tally *tally, const struct forge_answer *answer,
		       const struct pattern_list *wanted)
{
	for (size_t i = 0; i < answer->signal_count; i++) {
		const struct forge_signal *signal = &answer->signals[i];

		if (!strncasecmp(signal->name, OWN_PREFIX, strlen(OWN_PREFIX)))
			continue;
		if (wanted->len &&
		    !pattern_list_match_name(wanted, signal->name))
			continue;
		ARRAY_GROW(tally->items, tally->len, tally->cap);
		tally->items[tally->len++] = signal;
		tally->in[signal->state]++;
		if (signal->changed_ms > tally->changed_ms)
			tally->changed_ms = signal->changed_ms;
	}
}

static bool has_one(const struct tally *tally, const char *pattern)
{
	struct pattern_list list = { 0 };
	struct err ignored = ERR_INIT;
	bool found = *pattern == '!';

	if (pattern_list_add(&list, pattern, &ignored) == 0)
		for (size_t i = 0; i < tally->len && !found; i++)
			found = pattern_list_match_name(&list,
							tally->items[i]->name);
	pattern_list_release(&list);
	return found;
}

static int count(struct tally *out, const struct ci_view *view, struct err *err)
{
	const struct strvec *patterns = view->wanted;
	struct pattern_list wanted = { 0 };
	int ret = 0;

	*out = (struct tally){ 0 };
	for (size_t i = 0; i < patterns->len && !ret; i++)
		ret = pattern_list_add(&wanted, patterns->v[i], err);
	if (!ret) {
		add_answer(out, view->statuses, &wanted);
		add_answer(out, view->checks, &wanted);
	}
	pattern_list_release(&wanted);
	for (size_t i = 0; i < patterns->len && !ret && !out->missing; i++)
		if (!has_one(out, patterns->v[i]))
			out->missing = patterns->v[i];
	return ret;
}

/* Texts for people and the record. */

static char *name_of(const struct forge_signal *signal)
{
	return xmemdup(
		signal->name,
		text_cut(signal->name, strlen(signal->name), NAME_MAX_BYTES));
}

/* Nothing but what a browser opens. */
static const char *url_of(const struct forge_signal *signal)
{
	const char *url = signal->url;

	if (!url || strlen(url) > URL_MAX_BYTES ||
	    (strncmp(url, "https://", 8) != 0 &&
	     strncmp(url, "http://", 7) != 0))
		return NULL;
	for (const char *at = url; *at; at++)
		if (*at <= ' ' || *at == 0x7f || strchr("<>\"`\\", *at))
			return NULL;
	return url;
}

/* "unit tests (failure, https://ci/7), lint (failure) and 2 more" */
static void add_names(struct buf *out, const struct tally *tally,
		      enum forge_signal_state state)
{
	size_t named = 0;

	for (size_t i = 0; i < tally->len && named < NAMED; i++) {
		const struct forge_signal *signal = tally->items[i];
		const char *url = url_of(signal);
		char *name;

		if (signal->state != state)
			continue;
		name = name_of(signal);
		buf_addf(out, "%s%s (%.40s%s%s)", named++ ? ", " : "", name,
			 *signal->word ? signal->word : "no result",
			 url ? ", " : "", url ? url : "");
		free(name);
	}
	if (tally->in[state] > named)
		buf_addf(out, " and %zu more", tally->in[state] - named);
}

static char *names_of(const struct tally *tally, enum forge_signal_state state)
{
	struct buf out;

	buf_init(&out, LIMIT_FINDING_BODY);
	add_names(&out, tally, state);
	return buf_detach(&out);
}

static char *minutes(int64_t ms)
{
	return xstrf("%lld min", (long long)((ms + 59999) / 60000));
}

/* The answer. */

static void add_checks(struct json *list, const struct tally *tally,
		       enum forge_signal_state state)
{
	for (size_t i = 0; i < tally->len && json_len(list) < CHECKS_KEPT;
	     i++) {
		const struct forge_signal *signal = tally->items[i];
		struct json *at;
		char *name;

		if (signal->state != state)
			continue;
		name = name_of(signal);
		at = json_add_object(list);
		json_set_string(at, "name", name);
		json_set_string(at, "state", signal->word);
		json_set_string(at, "url", url_of(signal));
		free(name);
	}
}

static char *summary_of(const struct tally *tally)
{
	size_t passed = tally->in[SIGNAL_PASSED];
	size_t failed = tally->in[SIGNAL_FAILED];
	size_t silent = tally->len - passed - failed;
	struct buf out;

	buf_init(&out, LIMIT_FINDING_BODY);
	buf_addf(&out, "%zu check%s of the project's CI passed", passed,
		 passed == 1 ? "" : "s");
	if (silent)
		buf_addf(&out, ", %zu said nothing", silent);
	if (failed) {
		buf_addf(&out, ", %zu failed: ", failed);
		add_names(&out, tally, SIGNAL_FAILED);
	}
	buf_addch(&out, '.');
	return buf_detach(&out);
}

static struct json *make_answer(const struct tally *tally,
				const struct ci_view *view)
{
	static const enum forge_signal_state order[] = {
		SIGNAL_FAILED, SIGNAL_STOPPED, SIGNAL_PASSED, SIGNAL_NEUTRAL
	};
	size_t passed = tally->in[SIGNAL_PASSED];
	size_t failed = tally->in[SIGNAL_FAILED];
	struct json *answer = json_new_object(), *list;
	char *summary = summary_of(tally);

	json_set_int(answer, "passed", (int64_t)passed);
	json_set_int(answer, "failed", (int64_t)failed);
	json_set_int(answer, "skipped",
		     (int64_t)(tally->len - passed - failed));
	json_set_bool(answer, "counted", false);
	json_set_string(answer, "branch", view->branch);
	json_set_string(answer, "commit", view->commit);
	list = json_set_array(answer, "failures");
	for (size_t i = 0; i < tally->len && json_len(list) < CHECKS_KEPT;
	     i++) {
		char *name;

		if (tally->items[i]->state != SIGNAL_FAILED)
			continue;
		name = name_of(tally->items[i]);
		json_add_string(list, name);
		free(name);
	}
	list = json_set_array(answer, "checks");
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		add_checks(list, tally, order[i]);
	json_set_string(answer, "summary", summary);
	free(summary);
	return answer;
}

/* The judgement. */

/* Takes the text over. */
static bool fail(struct ci_tests *out, char *why)
{
	out->failure = why;
	return true;
}

static bool is_late(const struct ci_view *view)
{
	return view->now_ms - view->since_ms >= view->timeout_ms;
}

static bool is_finished(const struct tally *tally, const struct ci_view *view)
{
	return tally->len && !tally->missing && !tally->in[SIGNAL_PENDING] &&
	       (view->now_ms - tally->changed_ms >= QUIET_MS || is_late(view));
}

/* A failed test is one whatever became of the others; what was ended before it
 * could fail has not passed. */
static bool finish(struct ci_tests *out, const struct tally *tally,
		   const struct ci_view *view)
{
	char *names;

	if (tally->in[SIGNAL_FAILED] ||
	    (tally->in[SIGNAL_PASSED] && !tally->in[SIGNAL_STOPPED])) {
		out->answer = make_answer(tally, view);
		return true;
	}
	if (!tally->in[SIGNAL_STOPPED])
		return fail(out, xstrf("CI ran nothing on %s: none of its "
				       "checks passed or failed",
				       view->branch));
	names = names_of(tally, SIGNAL_STOPPED);
	fail(out, xstrf("CI did not finish on %s: %s", view->branch, names));
	free(names);
	return true;
}

static char *why_late(const struct tally *tally, const struct ci_view *view)
{
	char *limit = minutes(view->timeout_ms), *names, *why;

	if (tally->in[SIGNAL_PENDING]) {
		names = names_of(tally, SIGNAL_PENDING);
		why = xstrf("CI has not finished on %s within %s: %s",
			    view->branch, limit, names);
		free(names);
	} else if (tally->missing) {
		why = xstrf("no status or check run '%.100s' came on %s "
			    "within %s",
			    tally->missing, view->branch, limit);
	} else {
		why = xstrf("no status and no check run came on %s within %s: "
			    "does the project's CI run on such branches?",
			    view->branch, limit);
	}
	free(limit);
	return why;
}

static char *why_unknown(const struct ci_view *view)
{
	char *limit = minutes(view->timeout_ms), *why;

	if (!view->commit)
		why = xstrf("%s could not be pushed within %s", view->branch,
			    limit);
	else
		why = xstrf("what CI says of %s could not be read within %s%s"
			    "%.150s",
			    view->branch, limit, view->unread ? ": " : "",
			    view->unread ? view->unread : "");
	free(limit);
	return why;
}

bool ci_tests_judge(struct ci_tests *out, const struct ci_view *view)
{
	struct err err = ERR_INIT;
	struct tally tally = { 0 };
	bool is_over;

	*out = (struct ci_tests){ 0 };
	if (!view->commit || !view->statuses || !view->checks) {
		if (view->lost)
			return fail(out, xstrdup(view->lost));
		return is_late(view) && fail(out, why_unknown(view));
	}
	if (count(&tally, view, &err) < 0)
		is_over = fail(out, xstrf("tests_checks: %s", err.msg));
	else if (is_finished(&tally, view))
		is_over = finish(out, &tally, view);
	else if (view->lost)
		is_over = fail(out, xstrdup(view->lost));
	else
		is_over = is_late(view) && fail(out, why_late(&tally, view));
	free(tally.items);
	return is_over;
}

void ci_tests_release(struct ci_tests *tests)
{
	json_free(tests->answer);
	free(tests->failure);
	*tests = (struct ci_tests){ 0 };
}

/* The run and its branch. */

bool ci_tests_is_awaited(const struct run_record *record)
{
	return record->waits_for &&
	       !strcmp(record->waits_for, RUN_WAITS_FOR_CI);
}

static void set_text(char **to, char *text)
{
	free(*to);
	*to = text;
}

/* The task that waits is the one its run's reason speaks of. */
static void stop_waiting(struct run_record *record, const char *why,
			 bool has_failed)
{
	for (size_t i = 0; i < record->task_count; i++) {
		struct task_record *task = &record->tasks[i];
		size_t len = strlen(task->agent);

		if (!record->reason ||
		    strncmp(record->reason, task->agent, len) != 0 ||
		    record->reason[len] != ':')
			continue;
		task->state = has_failed ? TASK_FAILED : TASK_SKIPPED;
		set_text(&task->reason, xstrdup(why));
		set_text(&record->reason, xstrf("%s: %s", task->agent, why));
		break;
	}
	record->verdict = has_failed ? VERDICT_FAILED : VERDICT_SKIPPED;
	set_text(&record->waits_for, NULL);
}

static void name_refused(struct json *answer, const struct strvec *refused)
{
	struct json *list = json_set_array(answer, "refused");

	for (size_t i = 0; i < refused->len; i++)
		json_add_string(list, refused->v[i]);
}

bool ci_tests_settle(struct run_record *record,
		     const struct generated_branch *branch,
		     const struct err *err)
{
	const struct strvec *refused = &branch->files.refused;

	for (size_t i = 0; i < record->task_count; i++)
		if (json_get(record->tasks[i].answer, "checks"))
			name_refused(record->tasks[i].answer, refused);
	if (!ci_tests_is_awaited(record) || branch->ref)
		return false;
	if (err->code)
		stop_waiting(record, err->msg, true);
	else
		stop_waiting(record,
			     refused->len ? refused->v[0]
					  : "there is nothing to put on a "
					    "branch",
			     false);
	return true;
}
