#include "io/cancel.h"
#include "repo/fetch_pack.h"
#include "repo/git.h"
#include "repo/object.h"
#include "repo/pack_sink.h"

/* A pack on its way from one repository to the other. */
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

/* Commits by their history; whatever else a ref may point at by itself. */
static int add_want(git_packbuilder *pack, git_revwalk *walk, git_odb *odb,
		    const struct oid *want)
{
	git_oid id = oid_to_git(want);
	git_object_t type;
	size_t size;
	int code = git_odb_read_header(&size, &type, odb, &id);

	if (code < 0)
		return code;
	if (type == GIT_OBJECT_COMMIT)
		return git_revwalk_push(walk, &id);
	code = git_packbuilder_insert_recur(pack, &id, NULL);
	if (!code && type == GIT_OBJECT_TAG)
		code = git_revwalk_push(walk, &id);
	return code;
}

static int select_objects(git_packbuilder *pack, struct repo *from,
			  const struct oid_list *wants,
			  const struct oid_list *common)
{
	git_revwalk *walk = NULL;
	int code = git_revwalk_new(&walk, repo_git(from));

	for (size_t i = 0; !code && i < wants->len; i++)
		code = add_want(pack, walk, repo_odb(from), &wants->items[i]);
	for (size_t i = 0; !code && i < common->len; i++) {
		git_oid id = oid_to_git(&common->items[i]);

		/* One that is no commit hides nothing. */
		(void)git_revwalk_hide(walk, &id);
	}
	if (!code)
		code = git_packbuilder_insert_walk(pack, walk);
	git_revwalk_free(walk);
	return code;
}

int fetch_pack_from_path(struct repo *repo, struct repo *from,
			 const struct oid_list *wants,
			 const struct oid_list *common,
			 const struct remote_options *options, struct err *err)
{
	struct copy copy = { .cancel = options ? options->cancel : NULL,
			     .err = ERR_INIT };
	git_packbuilder *pack = NULL;
	int code = git_packbuilder_new(&pack, repo_git(from));
	int ret = -1;

	if (!code)
		code = select_objects(pack, from, wants, common);
	if (code < 0) {
		err_set_git(err, code, "%s", repo_git_dir(from));
		goto out;
	}
	if (pack_sink_open(&copy.sink, repo, err) < 0)
		goto out;
	code = git_packbuilder_foreach(pack, on_pack_bytes, &copy);
	if (copy.err.code != ERR_OK) {
		*err = copy.err;
		goto out;
	}
	if (code < 0) {
		err_set_git(err, code, "%s", repo_git_dir(from));
		goto out;
	}
	ret = pack_sink_commit(&copy.sink, repo, err);
out:
	pack_sink_release(&copy.sink);
	git_packbuilder_free(pack);
	return ret;
}
