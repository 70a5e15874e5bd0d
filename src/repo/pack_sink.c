#include "repo/pack_sink.h"

#include "repo/git.h"

int pack_sink_open(struct pack_sink *out, struct repo *repo, struct err *err)
{
	int code;

	*out = (struct pack_sink){ 0 };
	code = git_odb_write_pack(&out->pack, repo_odb(repo), NULL, NULL);
	return code < 0 ? err_set_git(err, code, "pack") : 0;
}

int pack_sink_add(struct pack_sink *sink, const void *bytes, size_t len,
		  struct err *err)
{
	int code = sink->pack->append(sink->pack, bytes, len, &sink->progress);

	return code < 0 ? err_set_git(err, code, "pack") : 0;
}

int pack_sink_commit(struct pack_sink *sink, struct repo *repo, struct err *err)
{
	int code = sink->pack->commit(sink->pack, &sink->progress);

	if (code < 0)
		return err_set_git(err, code, "pack");
	code = git_odb_refresh(repo_odb(repo));
	return code < 0 ? err_set_git(err, code, "pack") : 0;
}

void pack_sink_release(struct pack_sink *sink)
{
	if (sink->pack)
		sink->pack->free(sink->pack);
	sink->pack = NULL;
}
