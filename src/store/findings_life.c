#include "store/findings_life.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "store/identity.h"

#define PREFIX_MIN_DIGITS 4

static const char *const states[] = { "open", "fixed", "dismissed" };

const char *finding_state_name(enum finding_state state)
{
	return states[state];
}

static void event_release(struct finding_event *event)
{
	free(event->what);
	free(event->by);
	free(event->reason);
	free(event->head);
}

static void known_release(struct known_finding *finding)
{
	free(finding->workflow);
	free(finding->agent);
	free(finding->rule);
	free(finding->category);
	free(finding->path);
	free(finding->symbol);
	free(finding->code);
	free(finding->title);
	for (size_t i = 0; i < finding->event_count; i++)
		event_release(&finding->history[i]);
	free(finding->history);
}

void known_list_release(struct known_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		known_release(&list->items[i]);
	free(list->items);
	memset(list, 0, sizeof(*list));
}

static char *copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static void replace(char **text, const char *by)
{
	char *old = *text;

	*text = copy(by);
	free(old);
}

static struct finding_event *add_event(struct known_finding *finding,
				       const char *what, int64_t at_ms)
{
	struct finding_event *event;

	ARRAY_GROW(finding->history, finding->event_count, finding->event_cap);
	event = &finding->history[finding->event_count++];
	memset(event, 0, sizeof(*event));
	event->what = xstrdup(what);
	event->at_ms = at_ms;
	return event;
}

static void set_state(struct known_finding *finding, enum finding_state state,
		      const char *what, const struct life_context *context)
{
	struct finding_event *event = add_event(finding, what, context->now_ms);

	event->head = copy(context->head);
	finding->state = state;
}

const struct known_finding *known_list_find(const struct known_list *list,
					    const char *fingerprint)
{
	for (size_t i = 0; i < list->len; i++)
		if (!strcmp(list->items[i].fingerprint, fingerprint))
			return &list->items[i];
	return NULL;
}

int known_list_resolve(size_t *out, const struct known_list *list,
		       const char *prefix, struct err *err)
{
	size_t len = strlen(prefix), matches = 0;

	if (len < PREFIX_MIN_DIGITS)
		return err_set(err, ERR_INVALID,
			       "'%s': at least %d digits of a fingerprint",
			       prefix, PREFIX_MIN_DIGITS);
	for (size_t i = 0; i < list->len; i++) {
		if (strncmp(list->items[i].fingerprint, prefix, len) != 0)
			continue;
		*out = i;
		matches++;
	}
	if (!matches)
		return err_set(err, ERR_NOT_FOUND, "no finding '%s'", prefix);
	if (matches > 1)
		return err_set(err, ERR_INVALID,
			       "'%s' is the start of %zu fingerprints", prefix,
			       matches);
	return 0;
}

static void say(struct known_finding *finding, const char *what, const char *by,
		const char *reason, int64_t now_ms)
{
	struct finding_event *event = add_event(finding, what, now_ms);

	event->by = copy(by);
	event->reason = copy(reason);
}

void known_finding_note(struct known_finding *finding, const char *what,
			const char *by, int64_t now_ms)
{
	for (size_t i = 0; i < finding->event_count; i++) {
		const struct finding_event *event = &finding->history[i];

		if (!strcmp(event->what, what) &&
		    (!by || (event->by && !strcmp(event->by, by))))
			return;
	}
	say(finding, what, by, NULL, now_ms);
}

int known_finding_dismiss(struct known_finding *finding, const char *by,
			  const char *reason, int64_t now_ms, struct err *err)
{
	if (finding->state == FINDING_FIXED)
		return err_set(err, ERR_INVALID, "finding %s is fixed already",
			       finding->fingerprint);
	say(finding, "dismissed", by, reason, now_ms);
	finding->state = FINDING_DISMISSED;
	return 0;
}

int known_finding_reopen(struct known_finding *finding, const char *by,
			 const char *reason, int64_t now_ms, struct err *err)
{
	if (finding->state != FINDING_DISMISSED)
		return err_set(err, ERR_INVALID, "finding %s is not dismissed",
			       finding->fingerprint);
	say(finding, "reopened", by, reason, now_ms);
	finding->state = FINDING_OPEN;
	return 0;
}

/* Uniting. */

/* Where a file of that path is now. */
static const char *renamed(const struct life_context *context, const char *path)
{
	for (size_t i = 0; path && i < context->rename_count; i++)
		if (!strcmp(context->renames[i].old_path, path))
			return context->renames[i].path;
	return path;
}

static bool is_same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

/* How far a finding may have moved and still be the same. */
enum reach {
	REACH_SYMBOL, /* in the same symbol of the same file */
	REACH_FILE, /* the symbol has another name, or code moved in the file */
	REACH_ANY,  /* it moved to another file, and is gone from there */
};

#define REACH_COUNT 3

/* What one run found, while it is matched. */
struct candidate {
	struct finding *finding;
	char *code;
	bool is_known;
};

bool known_finding_is_same(const struct known_finding *a,
			   const struct known_finding *b)
{
	bool by_rule = a->rule && *a->rule;

	return is_same_text(a->workflow, b->workflow) &&
	       is_same_text(a->category, b->category) &&
	       is_same_text(a->rule, b->rule) &&
	       (by_rule || is_same_text(a->agent, b->agent)) &&
	       is_same_text(a->path, b->path) &&
	       is_same_text(a->symbol, b->symbol) &&
	       is_same_text(a->code, b->code) &&
	       (*a->code || is_same_text(a->title, b->title));
}

static bool is_alike(const struct known_finding *known,
		     const struct candidate *candidate)
{
	const struct finding *found = candidate->finding;
	bool by_rule = found->rule && *found->rule;

	return is_same_text(known->category, found->category) &&
	       (by_rule ? is_same_text(known->rule, found->rule)
			: is_same_text(known->agent, finding_speaker(found))) &&
	       is_same_text(known->code, candidate->code) &&
	       (*candidate->code || is_same_text(known->title, found->title));
}

static bool is_in_reach(const struct known_finding *known,
			const struct candidate *candidate, enum reach reach,
			const struct life_context *context)
{
	const struct finding *found = candidate->finding;
	const char *now_at = renamed(context, known->path);
	bool same_file = is_same_text(known->path, found->path) ||
			 is_same_text(now_at, found->path);

	if (reach == REACH_SYMBOL)
		return same_file && is_same_text(known->symbol, found->symbol);
	if (!*candidate->code)
		return false;
	if (reach == REACH_FILE)
		return same_file;
	return now_at &&
	       !context->has_code(now_at, known->code, context->payload);
}

/* The known one that the candidate is, not taken by another of this run: of
 * several alike the one of the nearest line. NULL if there is none. */
static struct known_finding *match(struct known_list *known, bool *taken,
				   const struct candidate *candidate,
				   enum reach reach,
				   const struct life_context *context)
{
	struct known_finding *best = NULL;
	int line = candidate->finding->line;

	for (size_t i = 0; i < known->len; i++) {
		struct known_finding *item = &known->items[i];

		if (taken[i] ||
		    !is_same_text(item->workflow, context->workflow) ||
		    !is_alike(item, candidate) ||
		    !is_in_reach(item, candidate, reach, context))
			continue;
		if (!best || abs(item->line - line) < abs(best->line - line))
			best = item;
	}
	if (best)
		taken[best - known->items] = true;
	return best;
}

/* Another one may be known by what this one would be called: of another
 * workflow, or since renamed. */
static void name_new(struct known_finding *added, struct finding *found,
		     const struct known_list *known)
{
	struct identity identity = {
		.agent = added->agent,
		.rule = added->rule,
		.category = added->category,
		.path = added->path,
		.symbol = added->symbol,
		.code = added->code,
		.title = added->title,
		.nth = 1,
	};

	memcpy(added->fingerprint, found->fingerprint, FINGERPRINT_SIZE);
	while (!*added->fingerprint ||
	       known_list_find(known, added->fingerprint))
		identity.nth++,
			identity_fingerprint(added->fingerprint, &identity);
}

static void add_known(struct known_list *known, struct finding *found,
		      const struct life_context *context)
{
	struct known_finding added = {
		.workflow = copy(context->workflow),
		.agent = xstrdup(finding_speaker(found)),
		.rule = copy(found->rule),
		.category = copy(found->category),
		.path = copy(found->path),
		.symbol = copy(found->symbol),
		.code = finding_code(found->quote),
		.title = copy(found->title),
		.severity = found->severity,
		.line = found->line,
	};

	name_new(&added, found, known);
	set_state(&added, FINDING_OPEN, "opened", context);
	memcpy(found->fingerprint, added.fingerprint, FINGERPRINT_SIZE);
	ARRAY_GROW(known->items, known->len, known->cap);
	known->items[known->len++] = added;
}

static void see_again(struct known_finding *known, struct finding *found,
		      const struct life_context *context)
{
	memcpy(found->fingerprint, known->fingerprint, FINGERPRINT_SIZE);
	replace(&known->path, found->path);
	replace(&known->symbol, found->symbol);
	replace(&known->title, found->title);
	known->severity = found->severity;
	known->line = found->line;
	if (known->state == FINDING_FIXED)
		set_state(known, FINDING_OPEN, "reopened", context);
}

static bool is_ruled_out(const struct known_finding *known,
			 const struct life_context *context)
{
	return known->state == FINDING_OPEN && known->rule && *known->rule &&
	       context->answered && strvec_has(context->answered, known->agent);
}

static void miss(struct known_finding *known,
		 const struct life_context *context)
{
	const char *path = renamed(context, known->path);

	if (known->state == FINDING_FIXED ||
	    !is_same_text(known->workflow, context->workflow))
		return;
	if (!path)
		return;
	if (!is_ruled_out(known, context) &&
	    context->has_code(path, known->code, context->payload))
		replace(&known->path, path);
	else
		set_state(known, FINDING_FIXED, "fixed", context);
}

/* The nearest first: what stayed where it was must not be taken for what moved.
 */
static void match_all(struct known_list *known, bool *taken,
		      struct candidate *candidates, size_t count,
		      const struct life_context *context)
{
	for (int reach = 0; reach < REACH_COUNT; reach++) {
		for (size_t i = 0; i < count; i++) {
			struct known_finding *same = NULL;

			if (!candidates[i].is_known)
				same = match(known, taken, &candidates[i],
					     (enum reach)reach, context);
			if (!same)
				continue;
			candidates[i].is_known = true;
			see_again(same, candidates[i].finding, context);
		}
	}
}

void findings_unite(struct known_list *known, struct finding_list *found,
		    const struct life_context *context)
{
	size_t before = known->len;
	bool *taken = xcalloc(before + 1, sizeof(*taken));
	struct candidate *candidates = xcalloc(found->len + 1,
					       sizeof(*candidates));

	for (size_t i = 0; i < found->len; i++) {
		candidates[i].finding = &found->items[i];
		candidates[i].code = finding_code(found->items[i].quote);
	}
	match_all(known, taken, candidates, found->len, context);
	for (size_t i = 0; i < before; i++)
		if (!taken[i])
			miss(&known->items[i], context);
	for (size_t i = 0; i < found->len; i++) {
		if (!candidates[i].is_known)
			add_known(known, &found->items[i], context);
		free(candidates[i].code);
	}
	free(candidates);
	free(taken);
}
