#include "app/generated.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/fault.h"
#include "core/limits.h"
#include "core/text.h"
#include "repo/object.h"
#include "repo/refs.h"
#include "store/path_name.h"
#include "workflow/generated.h"

char *generated_ref(const char *workflow, int64_t pull, const struct oid *head)
{
	char digits[OID_HEX_SIZE];
	struct buf name;

	oid_format(digits, head);
	buf_init(&name, LIMIT_REF_NAME_BYTES);
	buf_addstr(&name, HEADS GENERATED_BRANCHES);
	path_name_add(&name, workflow);
	if (pull)
		buf_addf(&name, "/pull-%lld", (long long)pull);
	else
		buf_addf(&name, "/%.10s", digits);
	return buf_detach(&name);
}

void generated_branch_release(struct generated_branch *branch)
{
	free(branch->ref);
	generated_files_release(&branch->files);
	*branch = (struct generated_branch){ 0 };
}

bool generated_is_wanted(const struct run_record *record,
			 const struct workflow *workflow)
{
	return workflow->output.create_files &&
	       record->verdict != VERDICT_FAILED && json_len(record->generated);
}

static char *message_of(const struct run_record *record, size_t files)
{
	const struct json *at;
	struct buf message;

	buf_init(&message, LIMIT_NOTE_BYTES);
	buf_addf(&message, "%s: %zu generated %s\n\n", record->workflow, files,
		 files == 1 ? "file" : "files");
	for (at = json_first(record->generated); at; at = json_next(at)) {
		char *why = text_clean(json_string_or(at, "why", ""), false);

		buf_addf(&message, "%s%s%.300s\n",
			 json_string_or(at, "path", "?"), *why ? ": " : "",
			 why);
		free(why);
	}
	buf_addf(&message, "\nReferee-Generated: %s %s\n", record->id,
		 record->workflow);
	return buf_detach(&message);
}

bool generated_is_ours(const struct commit_info *info)
{
	return info->parent_count == 1 &&
	       strstr(info->message, "\nReferee-Generated: ");
}

/* The branch as it is; info->parent_count is 0 where there is none. */
static int read_branch(struct commit_info *info, struct repo *repo,
		       const char *ref, struct err *err)
{
	struct err none = ERR_INIT;
	struct oid tip;

	*info = (struct commit_info){ 0 };
	if (ref_read(&tip, repo, ref, &none) < 0)
		return 0;
	if (commit_read(info, repo, &tip, err) < 0)
		return -1;
	if (generated_is_ours(info))
		return 0;
	commit_info_release(info);
	return err_set(err, ERR_CONFLICT,
		       "%s has commits that are not referee's; it is left as "
		       "it is",
		       ref);
}

static int move_branch(struct generated_branch *out, struct repo *repo,
		       const struct oid *head, const struct run_record *record,
		       struct err *err)
{
	struct commit_draft draft = { .tree = &out->files.tree,
				      .parents = head,
				      .parent_count = 1 };
	struct commit_info now;
	char *message;
	int ret = 0;

	if (read_branch(&now, repo, out->ref, err) < 0)
		return -1;
	if (now.parent_count && oid_equal(&now.parents[0], head) &&
	    oid_equal(&now.tree, &out->files.tree)) {
		out->commit = now.id;
		goto out;
	}
	message = message_of(record, out->files.added);
	draft.message = message;
	ret = commit_write(&out->commit, repo, &draft, err);
	free(message);
	if (ret < 0)
		goto out;
	fault_point("app.generated");
	ret = ref_move(repo, out->ref, now.parent_count ? &now.id : NULL,
		       &out->commit, "generated files", err);
out:
	commit_info_release(&now);
	return ret;
}

int generated_commit(struct generated_branch *out, struct repo *repo,
		     const char *ref, const struct oid *head,
		     const struct run_record *record, struct err *err)
{
	*out = (struct generated_branch){ 0 };
	if (generated_tree(&out->files, repo, head, record->generated, err) < 0)
		return -1;
	if (!out->files.added)
		return 0;
	out->ref = xstrdup(ref);
	return move_branch(out, repo, head, record, err);
}
