#include "workflow/together.h"

#include <stdlib.h>
#include <string.h>

#include "agents/answers.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/part.h"

/* Beyond these a request is not small any more, and one that fails is dear. */
enum {
	MOST_AGENTS = 5, /* providers bound what a schema may hold */
	MOST_TOKENS = 32000,
	MOST_TASK_BYTES = 64 * 1024, /* of what each is asked, in all */
};

static bool same_text(const char *a, const char *b)
{
	return (!a && !b) || (a && b && !strcmp(a, b));
}

/* Would both be shown the same, by the same service, in the same way? */
static bool go_together(const struct candidate *a, const struct candidate *b)
{
	const struct chat *left = a->ask->chat, *right = b->ask->chat;

	return a->route && b->route && !strcmp(a->route, b->route) &&
	       left->answer == ANSWER_FINDINGS &&
	       right->answer == ANSWER_FINDINGS &&
	       !(left->temperature < right->temperature) &&
	       !(left->temperature > right->temperature) &&
	       a->ask->deadline_ms == b->ask->deadline_ms &&
	       strcmp(a->agent, b->agent) != 0 &&
	       same_text(left->prompt->system, right->prompt->system) &&
	       same_text(left->prompt->change, right->prompt->change) &&
	       same_text(left->prompt->about, right->prompt->about);
}

/* What those that go together come to. */
struct load {
	size_t agents, task_bytes;
	int64_t tokens;
};

static bool take_load(struct load *load, const struct candidate *candidate)
{
	const struct chat *chat = candidate->ask->chat;
	struct load sum = {
		.agents = load->agents + 1,
		.task_bytes = load->task_bytes + strlen(chat->prompt->task),
		.tokens = load->tokens + chat->max_tokens,
	};

	if (sum.agents > MOST_AGENTS || sum.tokens > MOST_TOKENS ||
	    sum.task_bytes > MOST_TASK_BYTES)
		return false;
	*load = sum;
	return true;
}

/* Do all that `first` leads differ from it in their names? */
static bool is_there(const size_t *leader, const struct candidate *list,
		     size_t first, size_t at)
{
	for (size_t i = first; i < at; i++)
		if (leader[i] == first &&
		    !strcmp(list[i].agent, list[at].agent))
			return true;
	return false;
}

void together_choose(size_t *leader, const struct candidate *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		leader[i] = i;
	for (size_t i = 0; i < count; i++) {
		struct load load = { 0 };

		if (leader[i] != i || !take_load(&load, &list[i]))
			continue;
		for (size_t j = i + 1; j < count; j++)
			if (leader[j] == j && go_together(&list[i], &list[j]) &&
			    !is_there(leader, list, i, j) &&
			    take_load(&load, &list[j]))
				leader[j] = i;
	}
}

/* The caller's; NULL: it goes alone. */
static char *route_of(const struct run_look *look, struct gateway *gateway,
		      const struct run_input *input)
{
	if (!input->settings->together || look->task->look_count > 1)
		return NULL;
	return gateway_joint_route(gateway, &look->ask);
}

size_t *together_leaders(struct run_look *const *looks, size_t count,
			 struct gateway *gateway, const struct run_input *input)
{
	struct candidate *list = xcalloc(count, sizeof(*list));
	size_t *leader = xcalloc(count, sizeof(*leader));
	char **routes = xcalloc(count, sizeof(char *));

	for (size_t i = 0; i < count; i++) {
		routes[i] = route_of(looks[i], gateway, input);
		list[i] = (struct candidate){
			.route = routes[i],
			.agent = looks[i]->task->plan->use->name,
			.ask = &looks[i]->ask,
		};
	}
	together_choose(leader, list, count);
	for (size_t i = 0; i < count; i++)
		free(routes[i]);
	free(routes);
	free(list);
	return leader;
}

/* The answers by the agents' names; NULL and an error: it is no such object. */
static struct json *read_whole(const char *text, size_t len, struct err *err)
{
	const struct json *members;
	struct json *doc = NULL;

	answer_strip_fence(&text, &len);
	if (json_parse(&doc, text, len, err) < 0)
		return NULL;
	if (json_object(&members, doc, "", err) == 0)
		return doc;
	json_free(doc);
	return NULL;
}

/* The caller's; NULL and an error: it is missing or will not do. */
static char *read_member(const struct joint *joint, size_t index,
			 const struct json *whole, struct err *err)
{
	const struct ask *alone = &joint->looks[index]->ask;
	const struct json *member = json_get(whole, joint->names[index]);
	char *text;

	if (!member) {
		err_set(err, ERR_PROTOCOL, "nothing from %s",
			joint->names[index]);
		return NULL;
	}
	text = json_print(member);
	if (alone->check(text, strlen(text), alone->check_payload, err) == 0)
		return text;
	err_prefix(err, "%s", joint->names[index]);
	free(text);
	return NULL;
}

/* One agent's answer that will do is enough: the others ask for themselves. */
static int check_whole(const char *text, size_t len, void *payload,
		       struct err *err)
{
	const struct joint *joint = payload;
	struct json *whole = read_whole(text, len, err);
	char *member = NULL;

	for (size_t i = 0; whole && !member && i < joint->count; i++)
		member = read_member(joint, i, whole, err);
	json_free(whole);
	free(member);
	return member ? 0 : -1;
}

static void join_prompts(struct joint *joint)
{
	struct prompt_part *parts = xcalloc(joint->count, sizeof(*parts));
	struct buf agents;

	buf_init(&agents, 64 * KIB);
	for (size_t i = 0; i < joint->count; i++) {
		joint->names[i] = joint->looks[i]->task->plan->use->name;
		parts[i].name = joint->names[i];
		parts[i].prompt = &joint->looks[i]->prompt;
		buf_addf(&agents, "%s%s", i ? "+" : "", parts[i].name);
	}
	prompt_join(&joint->prompt, &joint->schema, parts, joint->count,
		    joint->looks[0]->chat.answer);
	joint->agents = buf_detach(&agents);
	free(parts);
}

struct joint *joint_new(struct run_look *const *looks, size_t count)
{
	struct joint *joint = xcalloc(1, sizeof(*joint));

	joint->looks = xcalloc(count, sizeof(struct run_look *));
	memcpy(joint->looks, looks, count * sizeof(struct run_look *));
	joint->names = xcalloc(count, sizeof(*joint->names));
	joint->count = count;
	join_prompts(joint);
	joint->chat = looks[0]->chat;
	joint->chat.agent = joint->agents;
	joint->chat.agent_type = NULL;
	joint->chat.prompt = &joint->prompt;
	joint->chat.schema = joint->schema;
	joint->ask = looks[0]->ask;
	joint->ask.chat = &joint->chat;
	joint->ask.is_joint = true;
	joint->ask.check = check_whole;
	joint->ask.check_payload = joint;
	for (size_t i = 1; i < count; i++) {
		joint->chat.max_tokens += looks[i]->chat.max_tokens;
		if (looks[i]->ask.cache_ttl_s < joint->ask.cache_ttl_s)
			joint->ask.cache_ttl_s = looks[i]->ask.cache_ttl_s;
	}
	return joint;
}

void joint_free(struct joint *joint)
{
	prompt_release(&joint->prompt);
	json_free(joint->schema);
	free(joint->agents);
	free(joint->names);
	free(joint->looks);
	free(joint);
}

static void share_number(int64_t *number, const struct joint *joint,
			 size_t index)
{
	if (*number >= 0)
		*number = part_of(*number, index, joint->count);
}

static void share_usage(struct usage *usage, const struct joint *joint,
			size_t index)
{
	share_number(&usage->input_tokens, joint, index);
	share_number(&usage->cached_tokens, joint, index);
	share_number(&usage->cache_write_tokens, joint, index);
	share_number(&usage->cache_write_long_tokens, joint, index);
	share_number(&usage->output_tokens, joint, index);
}

/* This agent's part of each request, and whose that was; what the provider said
 * of the whole is kept with the first. */
static void share_attempts(struct share *out, const struct joint *joint,
			   size_t index)
{
	size_t count = out->outcome.attempt_count;

	out->attempts = xcalloc(count, sizeof(*out->attempts));
	for (size_t i = 0; i < count; i++) {
		struct attempt *part = &out->attempts[i];

		*part = out->outcome.attempts[i];
		share_usage(&part->usage, joint, index);
		share_number(&part->cost_nusd, joint, index);
		if (index)
			part->raw_usage = NULL;
		part->together = joint->names;
		part->together_count = joint->count;
	}
	out->outcome.attempts = out->attempts;
}

static void share_answer(struct share *out, const struct joint *joint,
			 size_t index)
{
	struct outcome *outcome = &out->outcome;
	struct json *whole = read_whole(outcome->text, outcome->text_len,
					&outcome->err);

	if (whole)
		out->text = read_member(joint, index, whole, &outcome->err);
	json_free(whole);
	if (!out->text)
		outcome->fault = FAULT_ANSWER;
	outcome->text = out->text;
	outcome->text_len = out->text ? strlen(out->text) : 0;
}

void joint_share(struct share *out, const struct joint *joint, size_t index,
		 const struct outcome *outcome)
{
	struct outcome *part = &out->outcome;

	*out = (struct share){ .outcome = *outcome };
	if (outcome->fault == FAULT_NONE)
		share_answer(out, joint, index);
	share_attempts(out, joint, index);
	share_usage(&part->usage, joint, index);
	share_number(&part->cost_nusd, joint, index);
	share_number(&part->cache_saved_nusd, joint, index);
	part->requests = (int)part_of(outcome->requests, index, joint->count);
}

void share_release(struct share *share)
{
	free(share->text);
	free(share->attempts);
}
