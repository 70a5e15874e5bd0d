#include <git2/transaction.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fault.h"
#include "io/cancel.h"
#include "repo/git.h"
#include "repo/pack_sink.h"
#include "repo/push_locks.h"
#include "repo/push_pack.h"
#include "repo/refs.h"
#include "repo/remote_path.h"

struct copy {
	struct pack_sink sink;
	struct cancel *cancel;
	struct err err;
};

static int on_pack_bytes(void *bytes, size_t len, void *payload)
{
	struct copy *copy = payload;

	if (cancel_is_wanted(copy->cancel))
		return err_set(&copy->err, ERR_CANCELLED, "cancelled");
	return pack_sink_add(&copy->sink, bytes, len, &copy->err);
}

static int copy_objects(struct repo *remote, struct repo *repo,
			const struct push_request *request, struct err *err)
{
	struct copy copy = { .cancel = request->options
					       ? request->options->cancel
					       : NULL,
			     .err = ERR_INIT };
	git_packbuilder *pack;
	int code, ret = -1;

	if (push_pack_make(&pack, repo, request, err) < 0)
		return -1;
	if (!pack || git_packbuilder_object_count(pack) == 0) {
		ret = 0;
		goto out;
	}
	if (pack_sink_open(&copy.sink, remote, err) < 0)
		goto out;
	code = git_packbuilder_foreach(pack, on_pack_bytes, &copy);
	if (copy.err.code != ERR_OK)
		*err = copy.err;
	else if (code < 0)
		err_set_git(err, code, "objects to push");
	else
		ret = pack_sink_commit(&copy.sink, remote, err);
out:
	pack_sink_release(&copy.sink);
	git_packbuilder_free(pack);
	return ret;
}

static void set_outcome(struct push_ref *ref, enum push_outcome outcome,
			const char *reason)
{
	ref->outcome = outcome;
	snprintf(ref->reason, sizeof(ref->reason), "%s", reason);
}

/* Somebody's work tree would no longer be what its branch says. */
static bool is_checked_out(struct repo *remote, const char *name)
{
	char *head = repo_work_dir(remote) ? ref_symbolic_target(remote, "HEAD")
					   : NULL;
	bool ret = head && !strcmp(head, name);

	free(head);
	return ret;
}

/* Under its lock: is it where it is expected? If so, sets what it will be. */
static int prepare(git_transaction *transaction, struct repo *remote,
		   struct push_ref *ref)
{
	git_oid now = { { 0 } }, wanted;
	int code = git_transaction_lock_ref(transaction, ref->name);

	if (code < 0)
		return code;
	if (is_checked_out(remote, ref->name)) {
		set_outcome(ref, PUSH_REFUSED, "the branch is checked out");
		return 0;
	}
	code = git_reference_name_to_id(&now, repo_git(remote), ref->name);
	if (code < 0 && code != GIT_ENOTFOUND)
		return code;
	git_error_clear();
	if (ref->expected)
		wanted = oid_to_git(ref->expected);
	if (ref->expected ? !git_oid_equal(&now, &wanted)
			  : !git_oid_is_zero(&now)) {
		set_outcome(ref, PUSH_MOVED, "it is not where it was expected");
		return 0;
	}
	if (!ref->target)
		return git_transaction_remove(transaction, ref->name);
	wanted = oid_to_git(ref->target);
	return git_transaction_set_target(transaction, ref->name, &wanted, NULL,
					  "push");
}

static int move_refs(struct repo *remote, const struct push_request *request,
		     struct err *err)
{
	git_transaction *transaction = NULL;
	int code = git_transaction_new(&transaction, repo_git(remote));
	bool all_fit = true;

	for (size_t i = 0; !code && i < request->ref_count; i++) {
		struct push_ref *ref = &request->refs[i];

		code = prepare(transaction, remote, ref);
		if (code == GIT_ELOCKED)
			set_outcome(ref, PUSH_MOVED, "it is being moved");
		if (code < 0)
			err_set_git(err, code, "ref '%s'", ref->name);
		all_fit &= ref->outcome == PUSH_UNKNOWN;
	}
	if (!code && all_fit) {
		fault_point("push");
		code = git_transaction_commit(transaction);
		if (code < 0)
			err_set_git(err, code, "refs");
		for (size_t i = 0; !code && i < request->ref_count; i++)
			set_outcome(&request->refs[i], PUSH_DONE, "");
	}
	git_transaction_free(transaction);
	return code < 0 ? -1 : 0;
}

int push_to_path(struct repo *repo, const struct push_request *request,
		 struct err *err)
{
	struct push_locks *locks = NULL;
	struct repo *remote = NULL;
	int ret = -1;

	if (remote_path_open(&remote, request->url, err) < 0)
		return -1;
	if (copy_objects(remote, repo, request, err) < 0 ||
	    push_locks_begin(&locks, repo, remote, request, err) < 0 ||
	    move_refs(remote, request, err) < 0)
		goto out;
	ret = push_judge(request, err);
out:
	push_locks_end(locks);
	repo_free(remote);
	return ret;
}
