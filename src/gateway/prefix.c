#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/sha256.h"
#include "gateway/machine.h"

/* Providers cache no prefix of less than 512 to 4096 tokens. */
#define PREFIX_MIN_BYTES 16384

/* Nobody waits longer for another one's first byte. */
#define PREFIX_WAIT_MS 5000

/* Providers keep a prefix for five minutes. */
#define PREFIX_KEPT_MS 240000

struct prefix {
	char key[SHA256_HEX_SIZE];
	struct asking *leader; /* NULL: it had its first byte */
	struct asking *followers;
	int64_t cached_at_ms;
	UT_hash_handle hh;
};

bool prefix_is_kept(const struct service *service, const struct prompt *prompt)
{
	return service->ops->caches_prefix && prompt && prompt->change &&
	       strlen(prompt->change) >= PREFIX_MIN_BYTES;
}

/* What is sent first and the same for every agent on one change. */
static bool make_key(char key[SHA256_HEX_SIZE], const struct asking *asking)
{
	const struct service *service = asking_target(asking)->service;
	const struct prompt *prompt = asking->chat.prompt;
	struct sha256 *sha;
	char *schema;

	if (!prefix_is_kept(service, prompt))
		return false;
	sha = sha256_new();
	sha256_add_field(sha, service->name, strlen(service->name));
	sha256_add_field(sha, asking->model, strlen(asking->model));
	sha256_add_field(sha, prompt->system ? prompt->system : "",
			 prompt->system ? strlen(prompt->system) : 0);
	sha256_add_field(sha, prompt->change, strlen(prompt->change));
	/* The schema is part of what the provider puts first. */
	schema = asking->chat.schema ? json_print(asking->chat.schema) : NULL;
	sha256_add_field(sha, schema ? schema : "",
			 schema ? strlen(schema) : 0);
	free(schema);
	sha256_end(sha, key);
	return true;
}

static void on_timeout(const struct err *err, void *payload)
{
	struct asking *asking = payload;
	struct gateway *gateway = asking->gateway;

	asking->timer = NULL;
	gateway_enter(gateway);
	if (err) {
		asking_stop(asking, FAULT_CANCELLED);
	} else {
		prefix_leave(asking);
		target_queue(asking_target(asking), asking);
	}
	gateway_leave(gateway);
}

static bool follow(struct asking *asking, struct prefix *prefix)
{
	struct err err = ERR_INIT;

	if (loop_timer_start(&asking->timer, asking->gateway->loop,
			     PREFIX_WAIT_MS, on_timeout, asking, &err) < 0)
		return false;
	asking->state = ASKING_FOR_PREFIX;
	asking->follows = prefix;
	DL_APPEND2(prefix->followers, asking, wait_prev, wait_next);
	return true;
}

static bool is_old(const struct prefix *prefix, int64_t now)
{
	return !prefix->leader && !prefix->followers &&
	       now - prefix->cached_at_ms >= PREFIX_KEPT_MS;
}

/* One that nobody will ask for again makes room for a new one. */
static void forget_old(struct gateway *gateway, int64_t now)
{
	struct prefix *prefix = gateway->prefixes;

	while (prefix && !is_old(prefix, now))
		prefix = prefix->hh.next;
	if (!prefix)
		return;
	HASH_DEL(gateway->prefixes, prefix);
	free(prefix);
}

bool prefix_wait(struct asking *asking)
{
	struct gateway *gateway = asking->gateway;
	struct prefix *prefix;
	char key[SHA256_HEX_SIZE];

	if (asking->leads || asking->attempts || !make_key(key, asking))
		return false;
	HASH_FIND_STR(gateway->prefixes, key, prefix);
	if (prefix && prefix->leader)
		return follow(asking, prefix);
	if (prefix && clock_mono_ms() - prefix->cached_at_ms < PREFIX_KEPT_MS)
		return false;
	if (!prefix) {
		forget_old(gateway, clock_mono_ms());
		prefix = xcalloc(1, sizeof(*prefix));
		memcpy(prefix->key, key, sizeof(key));
		HASH_ADD_STR(gateway->prefixes, key, prefix);
	}
	prefix->leader = asking;
	asking->leads = prefix;
	return false;
}

void prefix_leave(struct asking *asking)
{
	prefix_release(asking);
	if (!asking->follows)
		return;
	DL_DELETE2(asking->follows->followers, asking, wait_prev, wait_next);
	asking->follows = NULL;
}

void prefix_release(struct asking *asking)
{
	struct prefix *prefix = asking->leads;
	struct asking *follower;

	if (!prefix)
		return;
	asking->leads = NULL;
	prefix->leader = NULL;
	prefix->cached_at_ms = clock_mono_ms();
	while ((follower = prefix->followers) != NULL) {
		prefix_leave(follower);
		loop_timer_cancel(follower->timer);
		follower->timer = NULL;
		target_queue(asking_target(follower), follower);
	}
}

void prefix_free_all(struct gateway *gateway)
{
	struct prefix *prefix = gateway->prefixes, *next;

	HASH_CLEAR(hh, gateway->prefixes);
	for (; prefix; prefix = next) {
		next = prefix->hh.next;
		free(prefix);
	}
}
