#include "workflow/trigger.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "workflow/workflow_internal.h"

#define DAY_MS (86400LL * 1000)

enum { LONGEST_REASON = 2048 };

/* The words of `event:`; PULL_ANY stands for those that ask for a look. */
static const struct event_word {
	const char *name;
	enum trigger_event event;
	enum pull_action action;
	bool of_any;
} event_words[] = {
	{ "pull_request", EVENT_PULL_REQUEST, PULL_ANY, false },
	{ "pull_request.opened", EVENT_PULL_REQUEST, PULL_OPENED, true },
	{ "pull_request.synchronize", EVENT_PULL_REQUEST, PULL_SYNCHRONIZE,
	  true },
	{ "pull_request.reopened", EVENT_PULL_REQUEST, PULL_REOPENED, true },
	{ "pull_request.ready", EVENT_PULL_REQUEST, PULL_READY, true },
	{ "pull_request.labeled", EVENT_PULL_REQUEST, PULL_LABELED, false },
	{ "pull_request.closed", EVENT_PULL_REQUEST, PULL_CLOSED, false },
	{ "push", EVENT_PUSH, PULL_ANY, false },
	{ "manual", EVENT_MANUAL, PULL_ANY, false },
	{ "schedule", EVENT_SCHEDULE, PULL_ANY, false },
};

const char *const trigger_event_names[] = {
	"pull_request",
	"pull_request.opened",
	"pull_request.synchronize",
	"pull_request.reopened",
	"pull_request.ready",
	"pull_request.labeled",
	"pull_request.closed",
	"push",
	"manual",
	"schedule",
	NULL,
};

static const struct event_word *find_word(enum trigger_event event,
					  enum pull_action action)
{
	for (size_t i = 0; i < ARRAY_LEN(event_words); i++)
		if (event_words[i].event == event &&
		    event_words[i].action == action)
			return &event_words[i];
	return &event_words[0];
}

const char *trigger_name(enum trigger_event event, enum pull_action action)
{
	return find_word(event, action)->name;
}

/* `at` is the trigger. */
static void read_event(void *at, const struct field *field,
		       const struct node *node, struct mistakes *mistakes)
{
	struct trigger *trigger = at;
	const char *text = node_single(node, field->key, mistakes);
	char said[UNKNOWN_SIZE];

	if (!text)
		return;
	for (size_t i = 0; i < ARRAY_LEN(event_words); i++) {
		if (strcmp(event_words[i].name, text) != 0)
			continue;
		trigger->event = event_words[i].event;
		trigger->action = event_words[i].action;
		return;
	}
	unknown_format(said, "event", text, trigger_event_names,
		       ARRAY_LEN(event_words));
	mistakes_add(mistakes, node->place, "%s", said);
}

static void read_one_condition(struct trigger *trigger, const struct node *node,
			       struct mistakes *mistakes)
{
	struct condition *condition = condition_read(node, mistakes);

	if (!condition)
		return;
	if (trigger->condition_count == LIMIT_WORKFLOW_ITEMS) {
		mistakes_add(mistakes, node->place, "more than %d conditions",
			     LIMIT_WORKFLOW_ITEMS);
		condition_free(condition);
		return;
	}
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers */
	ARRAY_GROW(trigger->conditions, trigger->condition_count,
		   trigger->condition_cap);
	trigger->conditions[trigger->condition_count++] = condition;
}

/* A list of mappings, each with one condition or more; or one mapping. */
static void read_conditions(void *at, const struct field *field,
			    const struct node *node, struct mistakes *mistakes)
{
	const struct node *maps = node;
	size_t count = 1;

	if (node->kind != NODE_MAPPING) {
		if (!node_expect(node, NODE_SEQUENCE, field->key, mistakes))
			return;
		maps = node->items;
		count = node->len;
	}
	for (size_t i = 0; i < count; i++) {
		if (!node_expect(&maps[i], NODE_MAPPING, "a condition",
				 mistakes))
			continue;
		for (size_t j = 0; j < maps[i].len; j++)
			read_one_condition(at, &maps[i].items[j], mistakes);
	}
}

#define TRIGGER(member) offsetof(struct trigger, member)

const struct field workflow_trigger_fields[] = {
	{ .key = "event", .read = read_event, .is_required = true },
	{ .key = "every",
	  .set = field_set_duration,
	  .min = 60LL * 1000,
	  .max = 400 * DAY_MS,
	  .offset = TRIGGER(every_ms) },
	{ .key = "conditions", .read = read_conditions },
	{ 0 },
};

/* What no single key can tell. */
static void check_trigger(const struct trigger *trigger,
			  const struct node *node, struct mistakes *mistakes)
{
	const struct node *every = node_get(node, "every");
	bool is_schedule = trigger->event == EVENT_SCHEDULE;

	if (is_schedule && !every)
		mistakes_add(mistakes, node->place,
			     "'every' is missing: a schedule needs it");
	if (!is_schedule && every && node_get(node, "event"))
		mistakes_add(mistakes, every->key_place,
			     "'every' is only for schedules");
	if (!is_schedule && trigger->event != EVENT_PUSH)
		return;
	for (size_t i = 0; i < trigger->condition_count; i++)
		if (condition_is_of_pulls(trigger->conditions[i]))
			mistakes_add(mistakes, node->place,
				     "'%s' is only for pull requests",
				     condition_name(trigger->conditions[i]));
}

void workflow_read_trigger(void *at, const struct field *field,
			   const struct node *node, struct mistakes *mistakes)
{
	struct workflow *workflow = at;
	const struct node *items = node;
	size_t count = 1;

	if (node->kind == NODE_SEQUENCE) {
		if (!workflow_expect_items(node, field->key, mistakes))
			return;
		items = node->items;
		count = node->len;
	}
	for (size_t i = 0; i < count; i++) {
		struct trigger *trigger;

		ARRAY_GROW(workflow->triggers, workflow->trigger_count,
			   workflow->trigger_cap);
		trigger = &workflow->triggers[workflow->trigger_count++];
		*trigger = (struct trigger){ 0 };
		fields_read(trigger, &items[i], field->key,
			    workflow_trigger_fields,
			    workflow_field_count(workflow_trigger_fields),
			    mistakes);
		check_trigger(trigger, &items[i], mistakes);
	}
}

void trigger_release(struct trigger *trigger)
{
	for (size_t i = 0; i < trigger->condition_count; i++)
		condition_free(trigger->conditions[i]);
	free(trigger->conditions);
}

void reasons_release(struct reasons *reasons)
{
	for (size_t i = 0; i < reasons->len; i++)
		free(reasons->items[i].text);
	free(reasons->items);
	*reasons = (struct reasons){ 0 };
}

static void add_reason(struct reasons *reasons, struct reason reason)
{
	if (!reasons) {
		free(reason.text);
		return;
	}
	ARRAY_GROW(reasons->items, reasons->len, reasons->cap);
	reasons->items[reasons->len++] = reason;
}

static bool fits_event(const struct trigger *trigger, enum trigger_event event,
		       enum pull_action action)
{
	if (trigger->event != event)
		return false;
	if (event != EVENT_PULL_REQUEST || trigger->action == action)
		return true;
	return trigger->action == PULL_ANY && find_word(event, action)->of_any;
}

static enum holds test_event(const struct trigger *trigger,
			     const struct facts *facts, size_t index,
			     struct reasons *reasons)
{
	bool fits = fits_event(trigger, facts->event, facts->action);
	enum holds holds = fits ? HOLDS_YES : HOLDS_NO;

	if (reasons)
		add_reason(
			reasons,
			(struct reason){
				holds, "event",
				xstrf("it is %s, wanted %s",
				      trigger_name(facts->event, facts->action),
				      trigger_name(trigger->event,
						   trigger->action)),
				index });
	return holds;
}

static enum holds test_condition(const struct condition *condition,
				 const struct facts *facts, size_t index,
				 struct reasons *reasons)
{
	struct buf why;
	enum holds holds;

	if (!reasons)
		return condition_test(condition, facts, NULL);
	buf_init(&why, LONGEST_REASON);
	holds = condition_test(condition, facts, &why);
	add_reason(reasons, (struct reason){ holds, condition_name(condition),
					     buf_detach(&why), index });
	return holds;
}

/* One that does not hold decides, whatever is not known beside it. */
static enum holds test_trigger(const struct trigger *trigger,
			       const struct facts *facts, size_t index,
			       const char **unknown, struct reasons *reasons)
{
	enum holds all = test_event(trigger, facts, index, reasons);
	bool wants_all = reasons && all == HOLDS_YES;

	for (size_t i = 0; i < trigger->condition_count; i++) {
		const struct condition *condition = trigger->conditions[i];
		enum holds holds;

		if (all == HOLDS_NO && !wants_all)
			break;
		holds = test_condition(condition, facts, index, reasons);
		if (holds == HOLDS_NO) {
			all = HOLDS_NO;
		} else if (holds == HOLDS_UNKNOWN && all == HOLDS_YES) {
			all = HOLDS_UNKNOWN;
			*unknown = condition_name(condition);
		}
	}
	return all;
}

enum holds workflow_test(const struct workflow *workflow,
			 const struct facts *facts, const char **unknown,
			 struct reasons *reasons)
{
	enum holds any = HOLDS_NO;
	const char *name = NULL;

	for (size_t i = 0; i < workflow->trigger_count; i++) {
		enum holds holds = test_trigger(&workflow->triggers[i], facts,
						i, &name, reasons);

		if (holds == HOLDS_YES ||
		    (holds == HOLDS_UNKNOWN && any == HOLDS_NO))
			any = holds;
		if (any == HOLDS_YES && !reasons)
			break;
	}
	if (unknown)
		*unknown = any == HOLDS_UNKNOWN ? name : NULL;
	return any;
}

bool workflow_has_event(const struct workflow *workflow,
			enum trigger_event event, enum pull_action action)
{
	for (size_t i = 0; i < workflow->trigger_count; i++)
		if (fits_event(&workflow->triggers[i], event, action))
			return true;
	return false;
}

int64_t workflow_every_ms(const struct workflow *workflow)
{
	int64_t shortest = 0;

	for (size_t i = 0; i < workflow->trigger_count; i++) {
		int64_t every_ms = workflow->triggers[i].every_ms;

		if (workflow->triggers[i].event == EVENT_SCHEDULE &&
		    (!shortest || every_ms < shortest))
			shortest = every_ms;
	}
	return shortest;
}
