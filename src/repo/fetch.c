#include "repo/fetch.h"

#include <git2/transaction.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/fault.h"
#include "core/strvec.h"
#include "repo/fetch_pack.h"
#include "repo/git.h"
#include "repo/object.h"
#include "repo/refspec.h"
#include "repo/remote_path.h"

/* One repo_fetch() under way. */
struct fetching {
	struct repo *repo;
	const struct fetch_request *request;
	struct refspec *specs;
	struct strvec prefixes;
	struct transport *transport; /* or ... */
	struct repo *path;           /* ... this */
	struct remote_refs remote;
	struct fetch_result *result;
	bool *is_forced; /* for each item of the result */
	size_t forced_cap;
};

static const char *const *prefixes_of(const struct fetching *f)
{
	return (const char *const *)f->prefixes.v;
}

static int parse_specs(struct fetching *f, struct err *err)
{
	const struct fetch_request *request = f->request;

	f->specs = xcalloc(request->refspec_count + 1, sizeof(*f->specs));
	for (size_t i = 0; i < request->refspec_count; i++) {
		if (refspec_parse(&f->specs[i], request->refspecs[i], err) < 0)
			return -1;
		if (!f->specs[i].is_object)
			strvec_take(&f->prefixes, refspec_prefix(&f->specs[i]));
	}
	/* Nothing would mean everything. */
	strvec_add(&f->prefixes, "HEAD");
	return 0;
}

static int list_remote(struct fetching *f, struct err *err)
{
	const struct fetch_request *request = f->request;
	size_t count = f->prefixes.len;

	if (remote_url_is_path(request->url)) {
		if (remote_path_open(&f->path, request->url, err) < 0)
			return -1;
		return remote_path_list(&f->remote, f->path, prefixes_of(f),
					count, err);
	}
	if (transport_open(&f->transport, request->url, SERVICE_FETCH,
			   request->options, err) < 0)
		return -1;
	return transport_list_refs(&f->remote, f->transport, prefixes_of(f),
				   count, err);
}

/* Takes `target` over. The old id is zero if there is none. */
static void plan(struct fetching *f, char *target, const struct oid *id,
		 bool is_forced)
{
	struct fetch_result *result = f->result;
	struct fetched_ref *item;
	struct err unused;

	ARRAY_GROW(result->items, result->len, result->cap);
	if (f->forced_cap < result->cap) {
		f->is_forced = xreallocarray(f->is_forced, result->cap,
					     sizeof(*f->is_forced));
		f->forced_cap = result->cap;
	}
	f->is_forced[result->len] = is_forced;
	item = &result->items[result->len++];
	*item = (struct fetched_ref){ .name = target, .new_id = *id };
	if (ref_read(&item->old_id, f->repo, target, &unused) < 0)
		item->old_id = (struct oid){ { 0 } };
}

static int plan_single(struct fetching *f, const struct refspec *spec,
		       struct err *err)
{
	const struct ref_entry *found;

	if (spec->is_object) {
		plan(f, xstrdup(spec->target), &spec->id, spec->is_forced);
		return 0;
	}
	found = remote_refs_find(&f->remote, spec->source);
	if (!found)
		return err_set(err, ERR_NOT_FOUND, "the remote has no %s",
			       spec->source);
	plan(f, xstrdup(spec->target), &found->id, spec->is_forced);
	return 0;
}

static void plan_pattern(struct fetching *f, const struct refspec *spec)
{
	for (size_t i = 0; i < f->remote.refs.len; i++) {
		const struct ref_entry *entry = &f->remote.refs.items[i];
		char *target = refspec_map(spec, entry->name);

		if (target)
			plan(f, target, &entry->id, spec->is_forced);
	}
}

static int plan_prune(struct fetching *f, const struct refspec *spec,
		      struct err *err)
{
	static const struct oid none;
	char *prefix = xmemdup(spec->target, strcspn(spec->target, "*"));
	struct ref_list ours = { 0 };
	int ret = ref_list(&ours, f->repo, prefix, err);

	for (size_t i = 0; !ret && i < ours.len; i++) {
		char *source = refspec_map_back(spec, ours.items[i].name);

		if (source && !remote_refs_find(&f->remote, source))
			plan(f, xstrdup(ours.items[i].name), &none, true);
		free(source);
	}
	ref_list_release(&ours);
	free(prefix);
	return ret;
}

static int plan_all(struct fetching *f, struct err *err)
{
	for (size_t i = 0; i < f->request->refspec_count; i++) {
		const struct refspec *spec = &f->specs[i];

		if (!spec->has_star) {
			if (plan_single(f, spec, err) < 0)
				return -1;
			continue;
		}
		plan_pattern(f, spec);
		if (f->request->prune && plan_prune(f, spec, err) < 0)
			return -1;
	}
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	return oid_compare(a, b);
}

static void remove_doubles(struct oid_list *list)
{
	size_t kept = 0;

	if (list->len > 0)
		qsort(list->items, list->len, sizeof(*list->items),
		      compare_ids);
	for (size_t i = 0; i < list->len; i++)
		if (kept == 0 ||
		    !oid_equal(&list->items[kept - 1], &list->items[i]))
			list->items[kept++] = list->items[i];
	list->len = kept;
}

static int fetch_objects(struct fetching *f, struct err *err)
{
	struct oid_list wants = { 0 }, common = { 0 };
	const struct remote_options *options = f->request->options;
	int ret = 0;

	for (size_t i = 0; i < f->result->len; i++) {
		const struct fetched_ref *item = &f->result->items[i];

		if (oid_is_zero(&item->new_id))
			continue;
		if (oid_equal(&item->old_id, &item->new_id) ||
		    object_exists(f->repo, &item->new_id))
			oid_list_add(&common, &item->new_id);
		else
			oid_list_add(&wants, &item->new_id);
	}
	remove_doubles(&wants);
	if (wants.len > 0 && f->path)
		ret = fetch_pack_from_path(f->repo, f->path, &wants, &common,
					   options, err);
	else if (wants.len > 0)
		ret = fetch_pack(f->repo, f->transport, &wants, &common, err);
	oid_list_release(&wants);
	oid_list_release(&common);
	return ret;
}

/* Drops what does not move; marks what must not. */
static int judge(struct fetching *f, struct err *err)
{
	struct fetch_result *result = f->result;
	size_t kept = 0;

	for (size_t i = 0; i < result->len; i++) {
		struct fetched_ref *item = &result->items[i];
		bool is_forward = true;

		if (oid_equal(&item->old_id, &item->new_id)) {
			free(item->name);
			item->name = NULL;
			continue;
		}
		if (!f->is_forced[i] && !oid_is_zero(&item->old_id) &&
		    repo_is_ancestor(&is_forward, f->repo, &item->old_id,
				     &item->new_id, err) < 0)
			return -1;
		item->is_refused = !is_forward;
		if (kept != i) {
			result->items[kept] = *item;
			item->name = NULL;
		}
		kept++;
	}
	result->len = kept;
	return 0;
}

static int lock_and_set(git_transaction *transaction,
			const struct fetched_ref *item)
{
	git_oid id = oid_to_git(&item->new_id);
	int code = git_transaction_lock_ref(transaction, item->name);

	if (code < 0)
		return code;
	if (oid_is_zero(&item->new_id))
		return git_transaction_remove(transaction, item->name);
	return git_transaction_set_target(transaction, item->name, &id, NULL,
					  "fetch");
}

/* Either the removals or the rest: "a" must be gone before "a/b" can come. */
static int move_refs(struct fetching *f, bool removals, struct err *err)
{
	git_transaction *transaction = NULL;
	int code = git_transaction_new(&transaction, repo_git(f->repo));

	for (size_t i = 0; !code && i < f->result->len; i++) {
		const struct fetched_ref *item = &f->result->items[i];

		if (item->is_refused || oid_is_zero(&item->new_id) != removals)
			continue;
		code = lock_and_set(transaction, item);
		if (code < 0)
			err_set_git(err, code, "ref '%s'", item->name);
	}
	if (!code) {
		fault_point("repo.fetch");
		code = git_transaction_commit(transaction);
		if (code < 0)
			err_set_git(err, code, "refs");
	}
	git_transaction_free(transaction);
	return code < 0 ? -1 : 0;
}

static int compare_items(const void *a, const void *b)
{
	const struct fetched_ref *of_a = a, *of_b = b;

	return strcmp(of_a->name, of_b->name);
}

static int run(struct fetching *f, struct err *err)
{
	struct fetch_result *result = f->result;

	if (parse_specs(f, err) < 0 || list_remote(f, err) < 0)
		return -1;
	result->head = f->remote.head;
	f->remote.head = NULL;
	if (plan_all(f, err) < 0 || fetch_objects(f, err) < 0 ||
	    judge(f, err) < 0)
		return -1;
	if (result->len == 0)
		return 0;
	qsort(result->items, result->len, sizeof(*result->items),
	      compare_items);
	if (move_refs(f, true, err) < 0)
		return -1;
	return move_refs(f, false, err);
}

int repo_fetch(struct fetch_result *out, struct repo *repo,
	       const struct fetch_request *request, struct err *err)
{
	struct fetching f = { .repo = repo, .request = request, .result = out };
	int ret;

	*out = (struct fetch_result){ 0 };
	ret = run(&f, err);
	transport_free(f.transport);
	repo_free(f.path);
	remote_refs_release(&f.remote);
	strvec_release(&f.prefixes);
	for (size_t i = 0; f.specs && i < request->refspec_count; i++)
		refspec_release(&f.specs[i]);
	free(f.specs);
	free(f.is_forced);
	if (ret < 0) {
		fetch_result_release(out);
		return err_prefix(err, "fetch");
	}
	return 0;
}

void fetch_result_release(struct fetch_result *result)
{
	for (size_t i = 0; i < result->len; i++)
		free(result->items[i].name);
	free(result->items);
	free(result->head);
	*result = (struct fetch_result){ 0 };
}

int remote_list_refs(struct remote_refs *out, const char *url,
		     const char *const *prefixes, size_t count,
		     const struct remote_options *options, struct err *err)
{
	struct transport *transport = NULL;
	struct repo *path = NULL;
	int ret = -1;

	*out = (struct remote_refs){ 0 };
	if (remote_url_is_path(url)) {
		if (!remote_path_open(&path, url, err))
			ret = remote_path_list(out, path, prefixes, count, err);
		repo_free(path);
	} else if (!transport_open(&transport, url, SERVICE_FETCH, options,
				   err)) {
		ret = transport_list_refs(out, transport, prefixes, count, err);
		transport_free(transport);
	}
	if (ret < 0)
		remote_refs_release(out);
	return ret;
}
