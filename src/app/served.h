#ifndef APP_SERVED_H
#define APP_SERVED_H

#include <stdbool.h>
#include <stddef.h>

#include "repo/repo.h"

/** \file
 * Requests by ref that were dealt with and still stand on the remote, until a
 * push takes them away: remembered in the mirror, under refs/served/, so that
 * neither a kill nor a push that has to wait makes one run twice. Blocking.
 */
struct served_list {
	struct served {
		char *ref;     /* refs/referee/requests/... */
		struct oid id; /* what it holds            */
	} * items;
	size_t len, cap;
};

/** All that still stand as they were served; a request that is gone, or was
 * pushed anew and so is another, is forgotten. */
MUST_CHECK int served_load(struct served_list *out, struct repo *repo,
			   struct err *err);
void served_list_release(struct served_list *list);

/** The request that `ref` is now was dealt with. Fine if it is gone. */
MUST_CHECK int served_add(struct served_list *list, struct repo *repo,
			  const char *ref, struct err *err);

/** Was the request of that ref dealt with? */
bool served_has(const struct served_list *list, const char *ref);

/** The remote does not have them any more. */
void served_forget(struct served_list *list, struct repo *repo);

#endif /* APP_SERVED_H */
