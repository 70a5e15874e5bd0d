#include "repo/object.h"

#include <git2/sys/commit.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/fault.h"
#include "repo/git.h"

static int fail_object(struct err *err, int code, const char *kind,
		       const struct oid *id)
{
	char hex[OID_HEX_SIZE];

	oid_format(hex, id);
	if (code == GIT_ENOTFOUND) {
		git_error_clear();
		return err_set(err, ERR_NOT_FOUND, "%s %s is not here", kind,
			       hex);
	}
	return err_set_git(err, code, "%s %s", kind, hex);
}

static int blob_header(size_t *size, struct repo *repo, const struct oid *id,
		       struct err *err)
{
	git_oid name = oid_to_git(id);
	git_object_t type;
	int code = git_odb_read_header(size, &type, repo_odb(repo), &name);

	if (code < 0)
		return fail_object(err, code, "blob", id);
	if (type != GIT_OBJECT_BLOB)
		return fail_object(err, GIT_ENOTFOUND, "blob", id);
	return 0;
}

int blob_size(size_t *out, struct repo *repo, const struct oid *id,
	      struct err *err)
{
	return blob_header(out, repo, id, err);
}

int blob_read(struct buf *out, struct repo *repo, const struct oid *id,
	      struct err *err)
{
	git_oid name = oid_to_git(id);
	git_odb_object *object = NULL;
	size_t size;
	int code;

	if (blob_header(&size, repo, id, err) < 0)
		return -1;
	if (out->overflow || size > out->max - out->len) {
		char hex[OID_HEX_SIZE];

		oid_format(hex, id);
		return err_set(err, ERR_TOO_LARGE,
			       "blob %s has %zu bytes, over the limit of %zu",
			       hex, size, out->max);
	}
	code = git_odb_read(&object, repo_odb(repo), &name);
	if (code < 0)
		return fail_object(err, code, "blob", id);
	buf_add(out, git_odb_object_data(object), git_odb_object_size(object));
	git_odb_object_free(object);
	return buf_check(out, "blob", err);
}

int blob_write(struct oid *out, struct repo *repo, const void *bytes,
	       size_t len, struct err *err)
{
	git_oid id;
	int code;

	fault_point("repo.object");
	code = blob_put(&id, repo, bytes, len);
	if (code < 0)
		return err_set_git(err, code, "writing a blob");
	*out = oid_from_git(&id);
	return 0;
}

bool object_exists(struct repo *repo, const struct oid *id)
{
	git_oid name = oid_to_git(id);

	return git_odb_exists(repo_odb(repo), &name) == 1;
}

int commit_read(struct commit_info *out, struct repo *repo,
		const struct oid *id, struct err *err)
{
	git_oid name = oid_to_git(id);
	git_commit *commit = NULL;
	const char *summary;
	int code;

	memset(out, 0, sizeof(*out));
	code = git_commit_lookup(&commit, repo_git(repo), &name);
	if (code < 0)
		return fail_object(err, code, "commit", id);
	out->id = *id;
	out->tree = oid_from_git(git_commit_tree_id(commit));
	out->parent_count = git_commit_parentcount(commit);
	out->parents = xcalloc(out->parent_count + 1, sizeof(*out->parents));
	for (size_t i = 0; i < out->parent_count; i++)
		out->parents[i] =
			oid_from_git(git_commit_parent_id(commit, (unsigned)i));
	out->author_at_s = git_commit_author(commit)->when.time;
	out->committed_at_s = git_commit_committer(commit)->when.time;
	out->author_name = xstrdup(git_commit_author(commit)->name);
	out->author_email = xstrdup(git_commit_author(commit)->email);
	summary = git_commit_summary(commit);
	out->subject = xstrdup(summary ? summary : "");
	out->message = xstrdup(git_commit_message(commit));
	git_commit_free(commit);
	return 0;
}

void commit_info_release(struct commit_info *info)
{
	free(info->parents);
	free(info->author_name);
	free(info->author_email);
	free(info->subject);
	free(info->message);
	memset(info, 0, sizeof(*info));
}

static int our_signature(git_signature **out, struct repo *repo,
			 struct err *err)
{
	char *name = repo_config(repo, "referee.name");
	char *email = repo_config(repo, "referee.email");
	int code = git_signature_new(out, name ? name : "referee",
				     email ? email : "referee@localhost",
				     clock_wall_ms() / 1000, 0);

	free(name);
	free(email);
	if (code < 0)
		return err_set_git(err, code, "referee.name or referee.email");
	return 0;
}

int commit_write(struct oid *out, struct repo *repo,
		 const struct commit_draft *draft, struct err *err)
{
	git_oid id, tree = oid_to_git(draft->tree);
	git_oid *ids = xcalloc(draft->parent_count + 1, sizeof(*ids));
	const git_oid **list = xcalloc(draft->parent_count + 1, sizeof(void *));
	git_signature *who = NULL;
	int code = 0, ret = -1;

	for (size_t i = 0; i < draft->parent_count; i++) {
		ids[i] = oid_to_git(&draft->parents[i]);
		list[i] = &ids[i];
	}
	if (our_signature(&who, repo, err) < 0)
		goto out;
	fault_point("repo.object");
	code = git_commit_create_from_ids(&id, repo_git(repo), NULL, who, who,
					  NULL, draft->message, &tree,
					  draft->parent_count, list);
	if (code < 0) {
		err_set_git(err, code, "writing a commit");
		goto out;
	}
	*out = oid_from_git(&id);
	ret = 0;
out:
	git_signature_free(who);
	free(list);
	free(ids);
	return ret;
}
