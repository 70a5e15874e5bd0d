#include "app/known.h"

#include <stdlib.h>
#include <string.h>

#include "code/redact.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/text.h"
#include "repo/object.h"
#include "repo/tree.h"
#include "store/dismissals.h"
#include "store/pulls.h"

/* A state's "last seen" is as exact as expiry needs it. */
#define SEEN_STEP_MS (24LL * 3600 * 1000)

static bool is_nobody(const struct known_place *place)
{
	return place->number <= 0 && !place->branch;
}

/* Nothing that ends a run: what cannot be read here is told and left alone. */
static int pass_over(struct err *err)
{
	if (err->code != ERR_INVALID && err->code != ERR_PROTOCOL)
		return -1;
	log_warn("what is known of findings is left as it is: %s", err->msg);
	*err = (struct err)ERR_INIT;
	return 0;
}

/* Of all states together. */
static int load_dismissals(struct dismissals **out, struct repo *repo,
			   struct err *err)
{
	struct pull_list states;

	*out = dismissals_new();
	if (pull_states_list(&states, repo, err) < 0)
		return pass_over(err);
	for (size_t i = 0; i < states.len; i++)
		dismissals_add(*out, &states.items[i].findings);
	pull_list_release(&states);
	return 0;
}

/* What is still there of code. */

/* Texts of the head as findings see them, normalised once each. */
struct head_texts {
	struct repo *repo;
	const struct sources *sources;
	struct head_text {
		char *path;
		char *text;      /* NULL: not there */
		bool is_unknown; /* there, but it cannot be looked into */
	} * items;
	size_t len, cap;
};

static void head_texts_release(struct head_texts *texts)
{
	for (size_t i = 0; i < texts->len; i++) {
		free(texts->items[i].path);
		free(texts->items[i].text);
	}
	free(texts->items);
}

/* A file that the change does not touch, redacted as the others are. */
static int read_untouched(struct head_text *out, struct head_texts *texts,
			  struct err *err)
{
	const struct changeset *changeset = sources_changeset(texts->sources);
	struct redactor *redactor = sources_redactor(texts->sources);
	struct tree_entry entry;
	struct oid tree;
	struct buf text, safe;
	int ret = -1;

	buf_init(&text, LIMIT_BLOB_BYTES);
	buf_init(&safe, (size_t)2 * LIMIT_BLOB_BYTES);
	if (!tree_of_commit(&tree, texts->repo, &changeset->head, err) &&
	    !tree_find(&entry, texts->repo, &tree, out->path, err) &&
	    !blob_read(&text, texts->repo, &entry.id, err)) {
		if (redactor)
			redact_text(&safe, redactor, text.ptr, text.len,
				    out->path);
		out->text = finding_code(redactor ? safe.ptr : text.ptr);
		ret = 0;
	}
	buf_release(&text);
	buf_release(&safe);
	return ret;
}

static void read_text(struct head_text *out, struct head_texts *texts)
{
	const struct changeset *changeset = sources_changeset(texts->sources);
	const struct changed_file *file = changeset_find(changeset, out->path);
	struct err err = ERR_INIT;
	const char *text;
	size_t len;

	if (!file) {
		if (read_untouched(out, texts, &err) < 0)
			out->is_unknown = err.code != ERR_NOT_FOUND;
		return;
	}
	text = sources_text(texts->sources, (size_t)(file - changeset->files),
			    &len);
	if (text)
		out->text = finding_code(text);
	else
		out->is_unknown = file->status != FILE_DELETED;
}

static const struct head_text *find_text(struct head_texts *texts,
					 const char *path)
{
	struct head_text *text;

	for (size_t i = 0; i < texts->len; i++)
		if (!strcmp(texts->items[i].path, path))
			return &texts->items[i];
	ARRAY_GROW(texts->items, texts->len, texts->cap);
	text = &texts->items[texts->len++];
	*text = (struct head_text){ .path = xstrdup(path) };
	read_text(text, texts);
	return text;
}

static bool has_code(const char *path, const char *code, void *payload)
{
	const struct head_text *text = find_text(payload, path);

	return text->is_unknown || (text->text && strstr(text->text, code));
}

/* Uniting. */

struct unite {
	struct repo *repo;
	const struct sources *sources;
	const struct dismissals *dismissals;
	struct run_record *const *records;
	size_t count;
};

static struct rename *renames_of(const struct changeset *changeset,
				 size_t *count)
{
	struct rename *renames = xcalloc(changeset->file_count + 1,
					 sizeof(*renames));

	*count = 0;
	for (size_t i = 0; i < changeset->file_count; i++)
		if (changeset->files[i].status == FILE_RENAMED)
			renames[(*count)++] = (struct rename){
				.old_path = changeset->files[i].old_path,
				.path = changeset->files[i].path,
			};
	return renames;
}

static void unite_record(struct known_list *known, struct run_record *record,
			 const struct life_context *shared)
{
	struct life_context context = *shared;
	struct strvec answered = STRVEC_INIT;

	for (size_t i = 0; i < record->task_count; i++)
		if (record->tasks[i].state == TASK_ANSWERED)
			strvec_add(&answered, record->tasks[i].agent);
	context.workflow = record->workflow;
	context.answered = &answered;
	/* As they would be called here if they were new: the edit may be the
	 * second one. */
	findings_fingerprint(&record->findings);
	findings_unite(known, &record->findings, &context);
	strvec_release(&answered);
}

static int edit_state(struct pull_state *state, void *payload,
		      struct err *err UNUSED)
{
	const struct unite *unite = payload;
	const struct changeset *changeset = sources_changeset(unite->sources);
	struct head_texts texts = { .repo = unite->repo,
				    .sources = unite->sources };
	char head[OID_HEX_SIZE];
	struct life_context context = { .head = head,
					.now_ms = clock_wall_ms(),
					.has_code = has_code,
					.payload = &texts };
	struct rename *renames = renames_of(changeset, &context.rename_count);

	oid_format(head, &changeset->head);
	context.renames = renames;
	for (size_t i = 0; i < unite->count; i++)
		unite_record(&state->findings, unite->records[i], &context);
	dismissals_apply(unite->dismissals, &state->findings);
	if (context.now_ms - state->seen_at_ms > SEEN_STEP_MS)
		state->seen_at_ms = context.now_ms;
	head_texts_release(&texts);
	free(renames);
	return 0;
}

int known_unite(struct repo *repo, const struct known_place *place,
		const struct sources *sources,
		struct run_record *const *records, size_t count,
		struct err *err)
{
	struct dismissals *dismissals = NULL;
	struct unite unite = { .repo = repo,
			       .sources = sources,
			       .records = records,
			       .count = count };
	int ret;

	if (is_nobody(place) || !count)
		return 0;
	ret = load_dismissals(&dismissals, repo, err);
	unite.dismissals = dismissals;
	if (!ret && pull_state_edit(repo, place->number, place->branch,
				    edit_state, &unite, err) < 0)
		ret = pass_over(err);
	dismissals_free(dismissals);
	return ret;
}

int known_hide(struct repo *repo, struct run_record *const *records,
	       size_t count, struct err *err)
{
	struct dismissals *dismissals = NULL;
	int ret = load_dismissals(&dismissals, repo, err);

	for (size_t i = 0; !ret && i < count; i++)
		dismissals_hide(dismissals, records[i]);
	dismissals_free(dismissals);
	return ret;
}

int known_hide_list(struct repo *repo, struct run_list *list, struct err *err)
{
	struct run_record **records = xcalloc(list->len + 1, sizeof(*records));
	int ret;

	for (size_t i = 0; i < list->len; i++)
		records[i] = &list->items[i];
	ret = known_hide(repo, records, list->len, err);
	free(records);
	return ret;
}

/* Telling agents. */

static void add_word(struct buf *out, const struct known_finding *known)
{
	const struct finding_event *last =
		known->event_count ? &known->history[known->event_count - 1]
				   : NULL;

	buf_addstr(out, finding_state_name(known->state));
	if (known->state != FINDING_DISMISSED || !last)
		return;
	if (last->by)
		buf_addf(out, " by %s", last->by);
	if (last->reason)
		buf_addf(out, " (%s)", last->reason);
}

static void add_known(struct buf *out, const struct known_finding *known)
{
	char *line;
	struct buf raw;

	buf_init(&raw, LIMIT_STATE_BYTES);
	add_word(&raw, known);
	buf_addf(&raw, ": %s ", severity_name(known->severity));
	if (known->path)
		buf_addstr(&raw, known->path);
	if (known->path && known->line > 0)
		buf_addf(&raw, ":%d", known->line);
	buf_addf(&raw, " %s [%s]", known->title ? known->title : "",
		 known->agent ? known->agent : "");
	line = text_clean(raw.ptr, false);
	buf_addf(out, "%s\n", line);
	free(line);
	buf_release(&raw);
}

/* What is open matters most, should there be too many. */
static char *previous_text(const struct known_list *known)
{
	static const enum finding_state order[] = { FINDING_OPEN,
						    FINDING_DISMISSED,
						    FINDING_FIXED };
	struct buf text;

	buf_init(&text, LIMIT_PREVIOUS_BYTES);
	for (size_t state = 0; state < ARRAY_LEN(order); state++)
		for (size_t i = 0; i < known->len; i++)
			if (known->items[i].state == order[state])
				add_known(&text, &known->items[i]);
	return buf_detach(&text);
}

char *known_previous(struct repo *repo, const struct known_place *place,
		     struct redactor *redactor)
{
	struct pull_state state;
	struct err err = ERR_INIT;
	struct buf safe;
	char *text;

	if (is_nobody(place))
		return NULL;
	if (pull_state_load(&state, repo, place->number, place->branch, &err) <
	    0) {
		if (err.code != ERR_NOT_FOUND)
			log_info("earlier findings: %s", err.msg);
		return NULL;
	}
	text = state.findings.len ? previous_text(&state.findings) : NULL;
	pull_state_release(&state);
	if (!text || !redactor)
		return text;
	buf_init(&safe, (size_t)2 * LIMIT_PREVIOUS_BYTES);
	redact_text(&safe, redactor, text, strlen(text), NULL);
	free(text);
	return buf_detach(&safe);
}
