#include "app/served.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/fault.h"
#include "core/log.h"
#include "repo/refs.h"
#include "store/state_ref.h"

#define SERVED_REF "refs/served/"

/* The caller frees it. */
static char *mark_of(const char *ref)
{
	return xstrf(SERVED_REF "%s", ref + strlen(REQUESTS_REF));
}

void served_list_release(struct served_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		free(list->items[i].ref);
	free(list->items);
	memset(list, 0, sizeof(*list));
}

static void add(struct served_list *list, char *ref, const struct oid *id)
{
	ARRAY_GROW(list->items, list->len, list->cap);
	list->items[list->len++] = (struct served){ ref, *id };
}

static void delete_ref(struct repo *repo, const char *ref, const struct oid *id)
{
	struct err err = ERR_INIT;

	if (ref_delete(repo, ref, id, &err) < 0)
		log_debug("%s", err.msg);
}

int served_load(struct served_list *out, struct repo *repo, struct err *err)
{
	struct ref_list marks;

	served_list_release(out);
	if (ref_list(&marks, repo, SERVED_REF, err) < 0)
		return -1;
	for (size_t i = 0; i < marks.len; i++) {
		const struct ref_entry *mark = &marks.items[i];
		char *ref = xstrf(REQUESTS_REF "%s",
				  mark->name + strlen(SERVED_REF));
		struct err ignored = ERR_INIT;
		struct oid now;

		if (ref_read(&now, repo, ref, &ignored) == 0 &&
		    oid_equal(&now, &mark->id)) {
			add(out, ref, &now);
			continue;
		}
		delete_ref(repo, mark->name, &mark->id);
		free(ref);
	}
	ref_list_release(&marks);
	return 0;
}

int served_add(struct served_list *list, struct repo *repo, const char *ref,
	       struct err *err)
{
	char *mark = mark_of(ref);
	struct err gone = ERR_INIT;
	struct oid id;
	int ret = 0;

	if (ref_read(&id, repo, ref, &gone) == 0) {
		fault_point("served.add");
		ret = ref_move(repo, mark, NULL, &id, "referee: served", err);
		if (!ret)
			add(list, xstrdup(ref), &id);
	}
	free(mark);
	return ret;
}

bool served_has(const struct served_list *list, const char *ref)
{
	for (size_t i = 0; i < list->len; i++)
		if (!strcmp(list->items[i].ref, ref))
			return true;
	return false;
}

void served_forget(struct served_list *list, struct repo *repo)
{
	for (size_t i = 0; i < list->len; i++) {
		const struct served *served = &list->items[i];
		char *mark = mark_of(served->ref);

		/* The request first: a mark without one is forgotten. */
		delete_ref(repo, served->ref, &served->id);
		delete_ref(repo, mark, &served->id);
		free(mark);
	}
	served_list_release(list);
}
