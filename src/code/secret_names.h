#ifndef CODE_SECRET_NAMES_H
#define CODE_SECRET_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/** \file
 * Which kinds of credentials a name speaks of: "com.bugsnag.API_KEY" of
 * Bugsnag's key.
 */
struct secret_names;

/** From the tables of kinds. Cannot fail; any thread may use the result. */
struct secret_names *secret_names_new(void);
void secret_names_free(struct secret_names *names);

typedef void secret_name_fn(unsigned kind, void *payload);

/** Calls `found` for each kind the name may stand for; one may come twice.
 * Names of more than 128 bytes stand for none. */
void secret_names_find(const struct secret_names *names, const char *name,
		       size_t len, secret_name_fn *found, void *payload);

#endif /* CODE_SECRET_NAMES_H */
