#include "sandbox.h"
#include "unit.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "repo/object.h"
#include "repo/refs.h"
#include "repo/tree.h"

static struct sandbox box;
static struct repo *repo;
static struct err err;

static void set_up(void)
{
	char *path;

	sandbox_init(&box);
	setenv("REFEREE_CLOCK", "1700000000", 1);
	repo_setup();
	path = sandbox_path(&box, "r.git");
	must(repo_init_bare(&repo, path, &err));
	free(path);
}

static void tear_down(void)
{
	repo_free(repo);
	repo_teardown();
	sandbox_release(&box);
}

TestSuite(object, .init = set_up, .fini = tear_down);

static struct oid oid_of(const char *revision)
{
	char *hex = sandbox_output(&box, "git -C r.git rev-parse %s", revision);
	struct oid oid;

	cr_assert(oid_parse(&oid, hex));
	free(hex);
	return oid;
}

Test(object, blobs_come_back_as_they_were_written)
{
	static const char bytes[] = "a\0b\nc";
	char hex[OID_HEX_SIZE], *size;
	struct oid id;
	struct buf buf;
	size_t len;

	must(blob_write(&id, repo, bytes, sizeof(bytes), &err));
	oid_format(hex, &id);
	size = sandbox_output(&box, "git -C r.git cat-file -s %s", hex);
	cr_assert(eq(str, size, "6"));
	free(size);
	must(blob_size(&len, repo, &id, &err));
	cr_assert(eq(sz, len, 6));
	buf_init(&buf, 100);
	must(blob_read(&buf, repo, &id, &err));
	cr_assert(eq(sz, buf.len, 6));
	cr_assert(eq(int, memcmp(buf.ptr, bytes, 6), 0));
	buf_release(&buf);
	cr_assert(object_exists(repo, &id));
}

Test(object, a_blob_over_the_bound_is_not_read)
{
	struct oid id;
	struct buf buf;

	must(blob_write(&id, repo, "0123456789", 10, &err));
	buf_init(&buf, 9);
	must_fail(ERR_TOO_LARGE, blob_read(&buf, repo, &id, &err));
	cr_assert(eq(sz, buf.len, 0));
	buf_release(&buf);
}

Test(object, a_missing_one_is_named)
{
	struct commit_info info;
	struct oid id = { { 1, 2, 3 } };
	struct buf buf;

	buf_init(&buf, 9);
	must_fail(ERR_NOT_FOUND, blob_read(&buf, repo, &id, &err));
	cr_assert(strstr(err.msg, "0102030000") != NULL);
	must_fail(ERR_NOT_FOUND, commit_read(&info, repo, &id, &err));
	cr_assert(not(object_exists(repo, &id)));
	buf_release(&buf);
}

Test(object, a_damaged_one_is_told_from_a_missing_one)
{
	struct oid id;
	struct buf buf;
	char hex[OID_HEX_SIZE];

	must(blob_write(&id, repo, "some text", 9, &err));
	oid_format(hex, &id);
	sandbox_run(&box,
		    "cd r.git/objects && f=$(echo %s | sed 's,..,&/,') && "
		    "chmod u+w $f && echo rubbish >$f",
		    hex);
	buf_init(&buf, 100);
	must_fail(ERR_PROTOCOL, blob_read(&buf, repo, &id, &err));
	buf_release(&buf);
}

Test(object, a_commit_is_read_as_git_shows_it)
{
	struct commit_info info;
	char hex[OID_HEX_SIZE], *shown, *ours;
	struct oid head;

	sandbox_run(&box,
		    "git init -q w && cd w && git commit -q --allow-empty -m "
		    "one && git checkout -q -b side && git commit -q "
		    "--allow-empty -m two && git checkout -q main && "
		    "git commit -q --allow-empty -m three && git merge -q "
		    "--no-ff -m 'Merge: it\n\nbody' side && "
		    "git push -q ../r.git main");
	head = oid_of("main");
	must(commit_read(&info, repo, &head, &err));
	oid_format(hex, &info.parents[1]);
	ours = xstrf("%s %s %s %lld %lld %s", info.author_name,
		     info.author_email, info.subject,
		     (long long)info.author_at_s,
		     (long long)info.committed_at_s, hex);
	shown = sandbox_output(&box, "git -C r.git log -1 --format='%%an %%ae "
				     "%%s %%at %%ct' main && "
				     "git -C r.git rev-parse main^2");
	*strchr(shown, '\n') = ' ';
	cr_assert(eq(sz, info.parent_count, 2));
	cr_assert(eq(str, ours, shown));
	free(ours);
	free(shown);
	commit_info_release(&info);
}

Test(object, a_commit_of_ours_is_by_referee_at_the_wall_clock)
{
	struct oid tree, commit;
	char *shown;

	must(tree_update(&tree, repo, NULL, NULL, 0, &err));
	must(commit_write(
		&commit, repo,
		&(struct commit_draft){ &tree, NULL, 0, "store: a\n" }, &err));
	must(ref_move(repo, "refs/heads/main", NULL, &commit, "t", &err));
	shown = sandbox_output(
		&box, "git -C r.git log -1 --format='%%cn <%%ce> %%ct %%s' && "
		      "git -C r.git fsck --full --strict");
	cr_assert(eq(str, shown,
		     "referee <referee@localhost> 1700000000 store: a"));
	free(shown);
	sandbox_run(&box, "git -C r.git config referee.name Bot && "
			  "git -C r.git config referee.email bot@acme.dev");
	must(commit_write(&commit, repo,
			  &(struct commit_draft){ &tree, &commit, 1, "b\n" },
			  &err));
	must(ref_move(repo, "refs/heads/next", NULL, &commit, "t", &err));
	shown = sandbox_output(&box, "git -C r.git log -1 --format='%%an "
				     "<%%ae>' next");
	cr_assert(eq(str, shown, "Bot <bot@acme.dev>"));
	free(shown);
}

Test(object, oids_are_exactly_forty_digits)
{
	static const char good[] = "0123456789abcdef0123456789ABCDEF01234567";
	char hex[OID_HEX_SIZE];
	struct oid id;

	cr_assert(oid_parse(&id, good));
	oid_format(hex, &id);
	cr_assert(eq(str, hex, "0123456789abcdef0123456789abcdef01234567"));
	cr_assert(not(oid_parse(&id, "0123")));
	cr_assert(not(oid_parse(&id, "")));
	cr_assert(not(
		oid_parse(&id, "0123456789abcdef0123456789ABCDEF0123456z")));
	cr_assert(not(
		oid_parse(&id, "0123456789abcdef0123456789ABCDEF012345678")));
}
