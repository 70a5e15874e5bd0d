#ifndef GATEWAY_CACHE_H
#define GATEWAY_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/err.h"
#include "core/sha256.h"
#include "gateway/service.h"

/** \file
 * Answers that were paid for already, in files below the state directory. What
 * cannot be read is not there. Bounded in number.
 */
struct cache;

/** Makes `dir`; it may grow to about `max_bytes`. */
MUST_CHECK int cache_open(struct cache **out, const char *dir,
			  int64_t max_bytes, struct err *err);
void cache_close(struct cache *cache);

/** SHA-256 over everything an answer depends on. `request` is what would be
 * sent, NULL for services that do not speak HTTP. */
void cache_key(char key[SHA256_HEX_SIZE], const struct service *service,
	       const struct chat *chat, const struct service_request *request);

/** Fills text, model and usage of an answer not older than `ttl_s`; false if
 * there is none. `out` is initialised. */
bool cache_get(struct cache *cache, const char *key, int64_t ttl_s,
	       struct chat_reply *out);

/** Whole answers only. Failures are logged. */
void cache_put(struct cache *cache, const char *key,
	       const struct chat_reply *reply);

/** Removes the oldest answers past LIMIT_CACHE_ENTRIES or the bound in bytes,
 * and those older than `ttl_s`; says how many. */
size_t cache_prune(struct cache *cache, int64_t ttl_s);

#endif /* GATEWAY_CACHE_H */
