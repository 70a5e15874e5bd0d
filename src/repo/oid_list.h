#ifndef REPO_OID_LIST_H
#define REPO_OID_LIST_H

#include <stddef.h>

#include "core/alloc.h"
#include "repo/oid.h"

/** Names of objects. A zeroed one is empty; free() its items. */
struct oid_list {
	struct oid *items;
	size_t len, cap;
};

static inline void oid_list_add(struct oid_list *list, const struct oid *id)
{
	ARRAY_GROW(list->items, list->len, list->cap);
	list->items[list->len++] = *id;
}

static inline void oid_list_release(struct oid_list *list)
{
	free(list->items);
	*list = (struct oid_list){ NULL, 0, 0 };
}

#endif /* REPO_OID_LIST_H */
