#include "repo/remote_path.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "repo/advert.h"
#include "repo/remote_url.h"

int remote_path_open(struct repo **out, const char *url, struct err *err)
{
	struct remote_url parsed;
	char *inner = NULL;
	int ret = -1;

	if (remote_url_parse(&parsed, url, err) < 0)
		goto out;
	inner = xstrf("%s/.git", parsed.path);
	ret = repo_open_bare(out, parsed.path, err);
	if (ret < 0 && err->code == ERR_NOT_FOUND) {
		struct err unused;

		/* A clone with a work tree; else the first message stands. */
		ret = repo_open_bare(out, inner, &unused);
	}
out:
	free(inner);
	remote_url_release(&parsed);
	return ret;
}

static void add_head(struct remote_refs *out, struct repo *remote)
{
	struct ref_list *list = &out->refs;
	struct err unused;
	struct oid id;

	out->head = ref_symbolic_target(remote, "HEAD");
	if (ref_read(&id, remote, "HEAD", &unused) < 0)
		return;
	ARRAY_GROW(list->items, list->len, list->cap);
	list->items[list->len].name = xstrdup("HEAD");
	list->items[list->len++].id = id;
}

int remote_path_list(struct remote_refs *out, struct repo *remote,
		     const char *const *prefixes, size_t count, struct err *err)
{
	*out = (struct remote_refs){ 0 };
	if (ref_list(&out->refs, remote, "refs/", err) < 0)
		return -1;
	add_head(out, remote);
	remote_refs_filter(out, prefixes, count);
	return 0;
}
