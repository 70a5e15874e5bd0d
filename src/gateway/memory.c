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
	if (gateway->memory)
		budget_load_alerts(gateway->budget,
				   json_get(gateway->memory, "alerts"));
}

/* Deadlines only ever move later. */
static int64_t later_deadline(int64_t ours, const struct json *at,
			      const char *name)
{
	int64_t theirs = json_int_or(at, name, 0);

	if (theirs > clock_wall_ms() + DEADLINE_MAX_MS)
		return ours;
	return theirs > ours ? theirs : ours;
}

void memory_apply(struct target *target)
{
	const struct json *at =
		json_get(json_get(target->gateway->memory, "services"),
			 target->service->name);
	enum fault fault;

	if (!at)
		return;
	target->breaker.open_until = later_deadline(target->breaker.open_until,
						    at, "open_until");
	if (target->breaker.open_until)
		target->breaker.faults = BREAKER_FAULTS;
	if (!fault_parse(&fault, json_string_or(at, "blocked_fault", "")))
		return;
	target->blocked_until_ms = later_deadline(target->blocked_until_ms, at,
						  "blocked_until");
	target->blocked_fault = fault;
	snprintf(target->blocked_why, sizeof(target->blocked_why), "%s",
		 json_string_or(at, "blocked_why", "the key was refused"));
}

static void set_service(struct json *services, const struct target *target)
{
	struct json *at;
	int64_t wall = clock_wall_ms();
	bool is_blocked = target->blocked_fault == FAULT_QUOTA &&
			  target->blocked_until_ms > wall;

	json_remove(services, target->service->name);
	if (!target->breaker.open_until && !is_blocked)
		return;
	at = json_set_object(services, target->service->name);
	if (target->breaker.open_until)
		json_set_int(at, "open_until", target->breaker.open_until);
	/* A refused key may be replaced before the next process starts. */
	if (!is_blocked)
		return;
	json_set_int(at, "blocked_until", target->blocked_until_ms);
	json_set_string(at, "blocked_fault", fault_name(target->blocked_fault));
	json_set_string(at, "blocked_why", target->blocked_why);
}

void memory_save(struct gateway *gateway)
{
	struct json *old, *doc, *services;
	struct target *target;
	struct file_lock *lock = NULL;
	struct err err = ERR_INIT;
	char *text, *lock_path;

	if (!gateway->state_path)
		return;
	lock_path = xstrf("%s.lock", gateway->state_path);
	if (file_lock_take(&lock, lock_path, LOCK_WAIT_MS, &err) < 0) {
		log_warn("%s", err.msg);
		free(lock_path);
		return;
	}
	/* Another process may have written of services of its own. */
	old = read_file(gateway->state_path);
	services = json_is_object(json_get(old, "services"))
			   ? json_copy(json_get(old, "services"))
			   : json_new_object();
	doc = json_new_object();
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
	free(lock_path);
	json_free(doc);
	json_free(old);
	file_lock_free(lock);
}

/* A second is soon enough to ask again who probes. */
#define FOREIGN_PROBE_MS 1000

bool memory_claim_probe(struct target *target)
{
	struct gateway *gateway = target->gateway;
	int64_t now = clock_wall_ms();
	struct err err = ERR_INIT;
	char *path;
	int status;

	if (!gateway->state_path || strchr(target->service->name, '/'))
		return true;
	path = xstrf("%s.%s.probe", gateway->state_path, target->service->name);
	status = file_lock_take(&target->probe_lock, path, 0, &err);
	free(path);
	if (status < 0) {
		if (err.code != ERR_CONFLICT)
			log_warn("%s", err.msg);
		target->breaker.probe_until = now + FOREIGN_PROBE_MS;
		return false;
	}
	/* Whoever had it before us has written what came of it. */
	memory_load(gateway);
	memory_apply(target);
	if (target->breaker.open_until <= now)
		return true;
	memory_release_probe(target);
	target->breaker.probe_until = 0;
	return false;
}

void memory_release_probe(struct target *target)
{
	file_lock_free(target->probe_lock);
	target->probe_lock = NULL;
}
