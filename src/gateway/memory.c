#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "core/log.h"
#include "gateway/machine.h"
#include "io/file.h"

#define MEMORY_VERSION 1
#define LOCK_WAIT_MS   1000

/* A deadline further away than this was written by a broken clock. */
#define DEADLINE_MAX_MS (32LL * 24 * 3600 * 1000)
#define PROBE_MAX_MS    (3600 * 1000L)

/* A provider may have mended what it refused. */
#define LEARNT_MS  (7LL * 24 * 3600 * 1000)
#define LEARNT_MAX 100 /* models of one service */

/* A second is soon enough to ask again who probes. */
#define FOREIGN_PROBE_MS 1000

static const struct {
	const char *name;
	unsigned quirk;
} quirk_names[] = {
	{ "no-temperature", QUIRK_NO_TEMPERATURE },
	{ "no-schema", QUIRK_NO_SCHEMA },
	{ "no-json", QUIRK_NO_JSON },
	{ "completion-tokens", QUIRK_COMPLETION_TOKENS },
	{ "max-tokens", QUIRK_MAX_TOKENS },
};

static struct json *read_file(const char *path)
{
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	struct buf text;

	buf_init(&text, LIMIT_CONFIG_BYTES);
	if (file_read(&text, path, &err) < 0) {
		if (err.code != ERR_NOT_FOUND)
			log_warn("%s", err.msg);
	} else if (json_parse(&doc, text.ptr, text.len, &err) < 0) {
		log_warn("%s: %s; begun anew", path, err.msg);
		doc = NULL;
	} else if (json_int_or(doc, "version", 0) != MEMORY_VERSION) {
		json_free(doc);
		doc = NULL;
	}
	buf_release(&text);
	return doc;
}

void memory_load(struct gateway *gateway)
{
	json_free(gateway->memory);
	gateway->memory = read_file(gateway->state_path);
	budget_load_alerts(gateway->budget,
			   json_get(gateway->memory, "alerts"));
}

void gateway_recall(struct gateway *gateway, const char *state_dir)
{
	char *path = xstrf("%s/services.json", state_dir);
	struct target *target;

	json_free(gateway->memory);
	gateway->memory = read_file(path);
	for (target = gateway->targets; target; target = target->hh.next)
		memory_apply(target);
	free(path);
}

static const char *url_of(const struct target *target)
{
	return target->service->url ? target->service->url : "";
}

/* What was written of a service; NULL: nothing, or of another one that had its
 * name. */
static const struct json *remembered(const struct target *target)
{
	const struct json *at =
		json_get(json_get(target->gateway->memory, "services"),
			 target->service->name);

	return at && !strcmp(json_string_or(at, "url", ""), url_of(target))
		       ? at
		       : NULL;
}

/* 0 for what is beyond belief. */
static int64_t deadline_of(const struct json *at, const char *name,
			   int64_t most_ms)
{
	int64_t until = json_int_or(at, name, 0);

	return until > clock_wall_ms() + most_ms ? 0 : until;
}

static void apply_breaker(struct target *target, const struct json *at)
{
	int64_t until = json_int_or(at, "open_until", 0);
	int64_t most = clock_wall_ms() + BREAKER_OPEN_MS;

	/* A clock set back must not keep it open for longer. */
	if (until > most)
		until = most;
	if (until > target->ended_until)
		breaker_hear_open(&target->breaker, until);
	breaker_hear_faults(&target->breaker, (int)json_int_or(at, "faults", 0),
			    deadline_of(at, "fault_at", 0));
}

static void apply_block(struct target *target, const struct json *at)
{
	int64_t until = deadline_of(at, "blocked_until", DEADLINE_MAX_MS);
	enum fault fault;

	if (until <= target->blocked_until_ms ||
	    !fault_parse(&fault, json_string_or(at, "blocked_fault", "")))
		return;
	target->blocked_until_ms = until;
	target->blocked_fault = fault;
	snprintf(target->blocked_why, sizeof(target->blocked_why), "%s",
		 json_string_or(at, "blocked_why", "the key was refused"));
}

static unsigned quirk_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(quirk_names); i++)
		if (!strcmp(quirk_names[i].name, name))
			return quirk_names[i].quirk;
	return 0;
}

static void apply_learnt(struct target *target, const struct json *at)
{
	const struct json *model = json_first(json_get(at, "learnt"));

	for (; model; model = json_next(model)) {
		const struct json *name = json_first(json_get(model, "quirks"));
		int64_t until = deadline_of(model, "until", LEARNT_MS);
		unsigned quirks = 0;

		for (; name; name = json_next(name))
			quirks |= quirk_named(json_string_or(name, "", ""));
		if (quirks && until > clock_wall_ms())
			target_know(target, json_name(model), quirks, until);
	}
}

void memory_apply(struct target *target)
{
	const struct json *at = remembered(target);

	apply_breaker(target, at);
	if (!at)
		return;
	apply_block(target, at);
	apply_learnt(target, at);
}

static void set_learnt(struct json *at, const struct target *target)
{
	struct json *all = json_new_object();
	const struct learnt *learnt = target->learnt;

	for (size_t count = 0; learnt && count < LEARNT_MAX;
	     learnt = learnt->hh.next) {
		struct json *model, *quirks;

		if (learnt->until_ms <= clock_wall_ms())
			continue;
		model = json_set_object(all, learnt->model);
		json_set_int(model, "until", learnt->until_ms);
		quirks = json_set_array(model, "quirks");
		for (size_t i = 0; i < ARRAY_LEN(quirk_names); i++)
			if (learnt->quirks & quirk_names[i].quirk)
				json_add_string(quirks, quirk_names[i].name);
		count++;
	}
	if (json_len(all))
		json_set(at, "learnt", all);
	else
		json_free(all);
}

static void set_service(struct json *services, const struct target *target)
{
	const struct json *before = remembered(target);
	int64_t probe_until = target->is_probing
				      ? target->breaker.probe_until
				      : deadline_of(before, "probe_until",
						    PROBE_MAX_MS);
	struct json *at = json_new_object();

	if (target->breaker.open_until) {
		json_set_int(at, "open_until", target->breaker.open_until);
	} else if (target->breaker.faults) {
		json_set_int(at, "faults", target->breaker.faults);
		json_set_int(at, "fault_at", target->breaker.fault_at);
	}
	if (target->breaker.open_until && probe_until > clock_wall_ms())
		json_set_int(at, "probe_until", probe_until);
	/* A refused key may be replaced before the next process starts. */
	if (target->blocked_fault == FAULT_QUOTA &&
	    target->blocked_until_ms > clock_wall_ms()) {
		json_set_int(at, "blocked_until", target->blocked_until_ms);
		json_set_string(at, "blocked_fault",
				fault_name(target->blocked_fault));
		json_set_string(at, "blocked_why", target->blocked_why);
	}
	set_learnt(at, target);
	json_remove(services, target->service->name);
	if (!json_len(at)) {
		json_free(at);
		return;
	}
	json_set_string(at, "url", url_of(target));
	json_set(services, target->service->name, at);
}

static void write_file(const struct gateway *gateway)
{
	const struct json *old = json_get(gateway->memory, "services");
	struct json *doc = json_new_object(), *services;
	const struct target *target;
	struct err err = ERR_INIT;
	char *text;

	/* Another process may have services of its own. */
	services = json_is_object(old) ? json_copy(old) : json_new_object();
	json_set_int(doc, "version", MEMORY_VERSION);
	json_set(doc, "services", services);
	for (target = gateway->targets; target; target = target->hh.next)
		set_service(services, target);
	json_set(doc, "alerts", budget_save_alerts(gateway->budget));
	text = json_print_pretty(doc);
	if (file_write_atomic(gateway->state_path, text, strlen(text), 0600,
			      &err) < 0)
		log_warn("%s", err.msg);
	free(text);
	json_free(doc);
}

struct file_lock *memory_begin(struct gateway *gateway)
{
	struct file_lock *lock = NULL;
	struct target *target;
	struct err err = ERR_INIT;
	char *path;

	if (!gateway->state_path)
		return NULL;
	path = xstrf("%s.lock", gateway->state_path);
	if (file_lock_take(&lock, path, LOCK_WAIT_MS, &err) < 0)
		log_warn("%s", err.msg);
	free(path);
	if (!lock)
		return NULL;
	memory_load(gateway);
	for (target = gateway->targets; target; target = target->hh.next)
		memory_apply(target);
	return lock;
}

void memory_end(struct gateway *gateway, struct file_lock *lock)
{
	if (lock)
		write_file(gateway);
	file_lock_free(lock);
}

void memory_save(struct gateway *gateway)
{
	memory_end(gateway, memory_begin(gateway));
}

bool memory_fail(struct target *target, struct breaker_ticket ticket)
{
	struct breaker *breaker = &target->breaker;
	struct file_lock *lock;
	bool is_opened;

	if (!breaker_heeds(breaker, ticket))
		return false;
	lock = memory_begin(target->gateway);
	is_opened = breaker_fail(breaker, ticket, clock_wall_ms());
	memory_end(target->gateway, lock);
	return is_opened;
}

bool memory_succeed(struct target *target, struct breaker_ticket ticket)
{
	struct breaker *breaker = &target->breaker;
	int64_t open_until = breaker->open_until;
	struct file_lock *lock;
	bool is_closed;

	/* The usual case: there is nothing to be forgotten. */
	if (!breaker_heeds(breaker, ticket) ||
	    (!open_until && !breaker->faults))
		return false;
	lock = memory_begin(target->gateway);
	is_closed = breaker_succeed(breaker, ticket);
	if (is_closed)
		target->ended_until = open_until;
	memory_end(target->gateway, lock);
	return is_closed;
}

void memory_learn(struct target *target, const char *model, unsigned quirks)
{
	target_know(target, model, quirks, clock_wall_ms() + LEARNT_MS);
	memory_save(target->gateway);
}

/* Does somebody else probe, and live? Who hangs has its time, and no more. */
static bool is_probed(struct target *target)
{
	struct err err = ERR_INIT;
	char *path = xstrf("%s.%s.probe", target->gateway->state_path,
			   target->service->name);
	int status = file_lock_take(&target->probe_lock, path, 0, &err);

	free(path);
	if (status == 0)
		return false;
	if (err.code != ERR_CONFLICT)
		log_warn("%s", err.msg);
	return deadline_of(remembered(target), "probe_until", PROBE_MAX_MS) >
	       clock_wall_ms();
}

bool memory_claim_probe(struct target *target)
{
	struct gateway *gateway = target->gateway;
	struct breaker *breaker = &target->breaker;
	int64_t now = clock_wall_ms();
	struct file_lock *lock;

	if (!gateway->state_path || strchr(target->service->name, '/'))
		return true;
	lock = memory_begin(gateway);
	if (!lock || is_probed(target)) {
		breaker->probe_until = now + FOREIGN_PROBE_MS;
	} else if (!json_int_or(remembered(target), "open_until", 0)) {
		/* Whoever probed it has written what came of it. */
		breaker_hear_closed(breaker);
	} else if (breaker->open_until <= now) {
		target->is_probing = true;
	}
	memory_end(gateway, lock);
	if (!target->is_probing)
		memory_release_probe(target);
	return target->is_probing;
}

void memory_release_probe(struct target *target)
{
	if (target->is_probing && target->breaker.probe_until) {
		/* Nobody knows what came of it. */
		target->breaker.probe_until = 0;
		memory_save(target->gateway);
	}
	target->is_probing = false;
	file_lock_free(target->probe_lock);
	target->probe_lock = NULL;
}
