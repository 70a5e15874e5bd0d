#include "store/requests.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/log.h"
#include "repo/refs.h"
#include "store/state_ref.h"

static void add_request(struct request_list *list, struct repo *repo,
			const struct ref_entry *entry)
{
	const char *ref = entry->name;
	const char *workflow = ref + strlen(REQUESTS_REF);
	const char *name = strchr(workflow, '/');
	struct err err = ERR_INIT;
	struct oid commit;

	if (!name) {
		log_warn("%s: names no workflow: " REQUESTS_REF
			 "<workflow>/<anything>",
			 ref);
		return;
	}
	if (repo_resolve(&commit, repo, ref, &err) < 0) {
		log_warn("%s: %s", ref, err.msg);
		return;
	}
	if (list->len == LIMIT_REQUESTS) {
		log_warn("%s: over %d requests at once; later", ref,
			 LIMIT_REQUESTS);
		return;
	}
	ARRAY_GROW(list->items, list->len, list->cap);
	list->items[list->len++] = (struct run_request){
		.ref = xstrdup(ref),
		.workflow = xmemdup(workflow, (size_t)(name - workflow)),
		.name = xstrdup(name + 1),
		.commit = commit,
		.target = entry->id,
	};
}

int requests_list(struct request_list *out, struct repo *repo, struct err *err)
{
	struct ref_list refs;

	memset(out, 0, sizeof(*out));
	if (ref_list(&refs, repo, REQUESTS_REF, err) < 0)
		return -1;
	for (size_t i = 0; i < refs.len; i++)
		add_request(out, repo, &refs.items[i]);
	ref_list_release(&refs);
	return 0;
}

void request_list_release(struct request_list *list)
{
	for (size_t i = 0; i < list->len; i++) {
		free(list->items[i].ref);
		free(list->items[i].workflow);
		free(list->items[i].name);
	}
	free(list->items);
	memset(list, 0, sizeof(*list));
}
