#ifndef CORE_SECRET_H
#define CORE_SECRET_H

#include <stdbool.h>

#include "core/buf.h"

/**
 * A key, token or password. It has a type of its own so that no printf takes
 * it: messages and logs show its name, and whatever slips through is masked by
 * the log. Only io/http and io/child may call secret_reveal(), to send it, and
 * core/sign, to sign with it.
 */
struct secret;

/** Copies both. `name` says where it is from, as in the configuration
 * ("env:GITHUB_TOKEN"), for messages. */
struct secret *secret_new(const char *name, const char *value);

/** Wipes the value. NULL is fine. */
void secret_free(struct secret *secret);

const char *secret_name(const struct secret *secret);
const char *secret_reveal(const struct secret *secret);

/** Does it hold the value of a living one? Any thread. */
bool secret_is_in(const char *text);

/** Replaces every living secret's value in `text` by "[secret]". Any thread. */
void secret_mask(struct buf *text);

#endif /* CORE_SECRET_H */
