#include "app/announce.h"

#include <stdlib.h>
#include <string.h>

#include "app/announce_text.h"
#include "core/alloc.h"
#include "core/fault.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/sha256.h"
#include "io/loop.h"
#include "report/report.h"
#include "workflow/plan.h"

#define KIND    "notify"
#define SENDING "sending " /* before the id of a message that may have left */
#define REFUSED "refused"
#define UNKNOWN "unknown"

enum { ID_DIGITS = 32 };

/* One message: some runs for one section. */
struct telling {
	struct announce *announce;
	const struct notify_settings *section;
	const struct announce_run **runs;
	size_t count;
	bool is_fallback; /* no workflow asks for it but by a failure */
	char id[ID_DIGITS + 1];
};

struct announce {
	struct announce_input input;
	struct telling *tellings;
	size_t len, cap;
	size_t open;     /* messages under way */
	bool is_changed; /* the state, though nothing is told */
	struct err err;
	announce_done_fn *done;
	void *payload;
};

static void announce_free(struct announce *announce)
{
	for (size_t i = 0; i < announce->len; i++)
		free(announce->tellings[i].runs);
	free(announce->tellings);
	free(announce);
}

static void finish(struct announce *announce, const struct err *err)
{
	announce_done_fn *done = announce->done;
	void *payload = announce->payload;
	struct err kept = err ? *err : announce->err;

	announce_free(announce);
	done(kept.code ? &kept : NULL, payload);
}

static struct posted *entry_of(struct pull_state *state,
			       const struct notify_settings *section,
			       const struct run_record *record)
{
	char *key = xstrf("%s/%s", section->name, record->workflow);
	struct posted *entry = pull_state_posted(state, KIND, key);

	free(key);
	return entry;
}

static void set_text(char **at, const char *text)
{
	free(*at);
	*at = xstrdup(text);
}

/* Is this run still to be told to the section? *again: the id of a message that
 * was interrupted, to be sent once more. */
static bool is_due(struct announce *announce,
		   const struct notify_settings *section,
		   const struct run_record *record, const char **again)
{
	struct posted *entry = entry_of(announce->input.state, section, record);

	*again = NULL;
	if (!entry->digest || strcmp(entry->digest, record->id) != 0)
		return true;
	if (!entry->id || strncmp(entry->id, SENDING, strlen(SENDING)) != 0)
		return false;
	if (notify_may_repeat(section->kind)) {
		*again = entry->id + strlen(SENDING);
		return true;
	}
	log_warn("%s %s: %s may not have been told of %s: referee was "
		 "interrupted while it sent that",
		 announce->input.project, announce->input.place, section->name,
		 record->workflow);
	set_text(&entry->id, UNKNOWN);
	announce->is_changed = true;
	return false;
}

/* Runs that were interrupted together go together again. */
static struct telling *telling_of(struct announce *announce,
				  const struct notify_settings *section,
				  const char *again)
{
	struct telling *telling;

	for (size_t i = 0; i < announce->len; i++) {
		telling = &announce->tellings[i];
		if (telling->section == section &&
		    !strcmp(telling->id, again ? again : ""))
			return telling;
	}
	ARRAY_GROW(announce->tellings, announce->len, announce->cap);
	telling = &announce->tellings[announce->len++];
	*telling = (struct telling){ .section = section, .is_fallback = true };
	telling->runs = xcalloc(announce->input.run_count,
				sizeof(*telling->runs));
	if (again)
		memcpy(telling->id, again, strnlen(again, ID_DIGITS));
	return telling;
}

static void add(struct announce *announce, const struct announce_run *run,
		const char *name, bool is_fallback)
{
	const struct notify_settings *section;
	struct telling *telling;
	struct err err = ERR_INIT;
	const char *again;

	if (notify_section(&section, announce->input.settings, name, &err) <
	    0) {
		log_warn("%s: %s: %s", announce->input.project,
			 run->record->workflow, err.msg);
		return;
	}
	if (!is_due(announce, section, run->record, &again))
		return;
	telling = telling_of(announce, section, again);
	telling->is_fallback = telling->is_fallback && is_fallback;
	for (size_t i = 0; i < telling->count; i++)
		if (telling->runs[i] == run)
			return;
	telling->runs[telling->count++] = run;
}

/* Those of the services of `task` that were asked in vain. */
static void add_failed_services(struct announce *announce,
				const struct announce_run *run,
				const struct plan_task *task,
				const struct task_record *record)
{
	bool all = record->state == TASK_FAILED || record->degraded;

	if (!all && !record->instead_of)
		return;
	for (size_t i = 0; i < task->services.len; i++) {
		const char *service = task->services.v[i];
		const char *section = plan_notify(run->workflow, service);

		if (!all && record->service &&
		    !strcmp(service, record->service))
			return;
		if (section)
			add(announce, run, section, true);
	}
}

/* `fallback: notify:`: told when the service of its `if` failed. */
static void add_failures(struct announce *announce,
			 const struct announce_run *run)
{
	struct plan plan = { 0 };

	plan_make(&plan, run->workflow, announce->input.agents,
		  announce->input.settings, NULL);
	for (size_t i = 0; i < plan.task_count; i++)
		for (size_t j = 0; j < run->record->task_count; j++)
			if (!strcmp(run->record->tasks[j].agent,
				    plan.tasks[i].agent->name))
				add_failed_services(announce, run,
						    &plan.tasks[i],
						    &run->record->tasks[j]);
	plan_release(&plan);
}

/* The same for the same runs and section, whoever sends it. */
static void name_telling(struct telling *telling)
{
	struct sha256 *sha = sha256_new();
	char hex[SHA256_HEX_SIZE];

	sha256_add_field(sha, telling->section->name,
			 strlen(telling->section->name));
	for (size_t i = 0; i < telling->count; i++)
		sha256_add_field(sha, telling->runs[i]->record->id,
				 strlen(telling->runs[i]->record->id));
	sha256_end(sha, hex);
	memcpy(telling->id, hex, ID_DIGITS);
}

static void mark(struct telling *telling, const char *prefix, const char *id)
{
	for (size_t i = 0; i < telling->count; i++) {
		const struct run_record *record = telling->runs[i]->record;
		struct posted *entry = entry_of(telling->announce->input.state,
						telling->section, record);

		free(entry->id);
		entry->id = xstrf("%s%s", prefix, id);
		set_text(&entry->digest, record->id);
		set_text(&entry->head, record->head);
	}
}

static void on_saved_after(const struct err *err, void *payload)
{
	finish(payload, err);
}

static int save(struct announce *announce, deliver_saved_fn *saved,
		struct err *err)
{
	return announce->input.save(announce->input.state, saved, announce,
				    announce->input.save_payload, err);
}

static void end_one(struct announce *announce)
{
	struct err err = ERR_INIT;

	if (--announce->open)
		return;
	if (save(announce, on_saved_after, &err) < 0)
		finish(announce, &err);
}

/* It never left, or whoever was to get it asked for it later. */
static bool may_tell_later(enum notify_fate fate, const struct err *err)
{
	return fate == NOTIFY_REFUSED &&
	       (err->code == ERR_CANCELLED || err->code == ERR_RATE);
}

static void on_sent(enum notify_fate fate, const struct err *err, void *payload)
{
	struct telling *telling = payload;
	struct announce *announce = telling->announce;

	fault_point("announce.sent");
	if (fate == NOTIFY_SENT)
		mark(telling, "", telling->id);
	else if (!may_tell_later(fate, err))
		mark(telling, "", fate == NOTIFY_REFUSED ? REFUSED : UNKNOWN);
	else
		for (size_t i = 0; i < telling->count; i++)
			set_text(&entry_of(announce->input.state,
					   telling->section,
					   telling->runs[i]->record)
					  ->digest,
				 ""); /* still to be told */
	if (err) {
		announce->err = *err;
		log_warn("%s %s: %s", announce->input.project,
			 announce->input.place, err->msg);
	}
	end_one(announce);
}

/* The title and the text of a run, each to be released. */
static struct notify_item make_item(struct buf texts[2],
				    const struct run_record *record)
{
	buf_init(&texts[0], LIMIT_NOTE_BYTES);
	buf_init(&texts[1], LIMIT_NOTE_BYTES);
	buf_addf(&texts[0], "%s: ", record->workflow);
	report_outcome(&texts[0], record);
	announce_text(&texts[1], record);
	return (struct notify_item){ texts[0].ptr, texts[1].ptr };
}

static int send(struct telling *telling, struct err *err)
{
	const struct announce_input *input = &telling->announce->input;
	struct notify_item *items = xcalloc(telling->count, sizeof(*items));
	struct buf *texts = xcalloc(2 * telling->count, sizeof(*texts));
	struct json *document = announce_document(input, telling->runs,
						  telling->count);
	struct buf title;
	struct notify_message message = {
		.id = telling->id,
		.event = telling->is_fallback ? "fallback" : "run",
		.items = items,
		.item_count = telling->count,
		.url = input->url,
		.url_title = "Open the pull",
		.document = document,
	};
	int ret;

	buf_init(&title, LIMIT_NOTE_BYTES);
	announce_title(&title, input);
	message.title = title.ptr;
	for (size_t i = 0; i < telling->count; i++)
		items[i] = make_item(&texts[2 * i], telling->runs[i]->record);
	fault_point("announce.send");
	ret = notify_send(input->notify, telling->section->name, &message,
			  on_sent, telling, err);
	for (size_t i = 0; i < 2 * telling->count; i++)
		buf_release(&texts[i]);
	free(texts);
	free(items);
	buf_release(&title);
	json_free(document);
	return ret;
}

static void on_saved_before(const struct err *err, void *payload)
{
	struct announce *announce = payload;

	if (err) {
		finish(announce, err);
		return;
	}
	announce->open = announce->len + 1;
	for (size_t i = 0; i < announce->len; i++) {
		struct err failed = ERR_INIT;

		if (send(&announce->tellings[i], &failed) == 0)
			continue;
		on_sent(NOTIFY_REFUSED, &failed, &announce->tellings[i]);
	}
	end_one(announce);
}

static void on_time(const struct err *err, void *payload)
{
	struct announce *announce = payload;
	struct err failed = ERR_INIT;

	if (err || (!announce->len && !announce->is_changed))
		finish(announce, err);
	else if (save(announce,
		      announce->len ? on_saved_before : on_saved_after,
		      &failed) < 0)
		finish(announce, &failed);
}

int announce_start(struct loop *loop, const struct announce_input *input,
		   announce_done_fn *done, void *payload, struct err *err)
{
	struct announce *announce = xcalloc(1, sizeof(*announce));

	announce->input = *input;
	announce->done = done;
	announce->payload = payload;
	for (size_t i = 0; i < input->run_count; i++) {
		const struct announce_run *run = &input->runs[i];

		if (run->workflow->output.slack)
			add(announce, run, run->workflow->output.slack, false);
		if (run->workflow->fallback_count)
			add_failures(announce, run);
	}
	for (size_t i = 0; i < announce->len; i++) {
		struct telling *telling = &announce->tellings[i];

		telling->announce = announce;
		if (!*telling->id)
			name_telling(telling);
		mark(telling, SENDING, telling->id);
	}
	if (loop_timer_start(NULL, loop, 0, on_time, announce, err) < 0) {
		announce_free(announce);
		return -1;
	}
	return 0;
}
