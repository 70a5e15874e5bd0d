#include "sandbox.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "repo/batch.h"
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

TestSuite(batch, .init = set_up, .fini = tear_down);

/* A commit of `count` files, each in a folder of its own. */
static struct oid write_files(size_t count)
{
	struct tree_change *changes = xcalloc(count, sizeof(*changes));
	struct oid *blobs = xcalloc(count, sizeof(*blobs)), tree, commit;
	struct commit_draft draft = { .tree = &tree, .message = "files\n" };

	for (size_t i = 0; i < count; i++) {
		char *text = xstrf("this is file %zu", i);

		must(blob_write(&blobs[i], repo, text, strlen(text), &err));
		changes[i] = (struct tree_change){
			.path = xstrf("d%zu/file", i),
			.mode = MODE_FILE,
			.id = &blobs[i],
		};
		free(text);
	}
	must(tree_update(&tree, repo, NULL, changes, count, &err));
	must(commit_write(&commit, repo, &draft, &err));
	for (size_t i = 0; i < count; i++)
		free((char *)changes[i].path);
	free(changes);
	free(blobs);
	return commit;
}

static void check_files_on_disk(const char *packs, const char *loose)
{
	char *seen = sandbox_output(&box, "find r.git/objects -name '*.pack' "
					  "| wc -l");

	cr_assert(eq(str, seen, (char *)packs));
	free(seen);
	seen = sandbox_output(&box, "find r.git/objects/?? -type f "
				    "2>/dev/null | wc -l");
	cr_assert(eq(str, seen, (char *)loose));
	free(seen);
}

static void check_readable(const struct oid *commit, const char *files)
{
	char *seen;

	must(ref_move(repo, "refs/heads/main", NULL, commit, "test", &err));
	sandbox_run(&box, "git -C r.git fsck --full --strict");
	seen = sandbox_output(&box, "git -C r.git ls-tree -r main | wc -l");
	cr_assert(eq(str, seen, (char *)files));
	free(seen);
}

Test(batch, many_objects_become_one_pack_that_git_reads)
{
	struct oid commit;

	must(batch_begin(repo, &err));
	commit = write_files(100);
	cr_assert(object_exists(repo, &commit));
	check_files_on_disk("0", "0");
	must(batch_end(repo, &err));
	check_files_on_disk("1", "0");
	check_readable(&commit, "100");
}

Test(batch, a_few_are_files_of_their_own)
{
	struct oid commit;

	must(batch_begin(repo, &err));
	commit = write_files(2);
	must(batch_end(repo, &err));
	check_files_on_disk("0", "6");
	check_readable(&commit, "2");
}

Test(batch, what_is_dropped_was_never_there)
{
	struct oid commit;

	batch_drop(repo);
	must(batch_begin(repo, &err));
	commit = write_files(50);
	batch_drop(repo);
	cr_assert(not(object_exists(repo, &commit)));
	check_files_on_disk("0", "0");
	commit = write_files(1); /* as without any batch */
	check_files_on_disk("0", "4");
	check_readable(&commit, "1");
}

Test(batch, one_after_the_other_and_over_what_is_there)
{
	struct oid first, second;

	must(batch_begin(repo, &err));
	first = write_files(40);
	must(batch_end(repo, &err));
	must(batch_begin(repo, &err));
	second = write_files(41); /* 40 blobs and folders are there */
	must(batch_end(repo, &err));
	cr_assert(not(oid_equal(&first, &second)));
	check_files_on_disk("1", "4");
	check_readable(&second, "41");
}

/* Of all lengths that a header and a stream can have in their own way. */
Test(batch, its_pack_has_the_index_that_git_makes_of_it)
{
	static const size_t lengths[] = { 0,     1,      15,    16,
					  2047,  2048,   65534, 65535,
					  65536, 131070, 300000 };
	char *bytes = xcalloc(300000, 1);
	struct oid id;

	must(batch_begin(repo, &err));
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		memset(bytes, 'a' + (int)i, lengths[i]);
		must(blob_write(&id, repo, bytes, lengths[i], &err));
	}
	write_files(20);
	must(batch_end(repo, &err));
	free(bytes);
	sandbox_run(&box, "cd r.git/objects/pack && git index-pack --strict -o "
			  "again.idx pack-*.pack && cmp again.idx pack-*.idx");
}

Test(batch, goes_where_git_writes_its_objects)
{
	char *dir = sandbox_path(&box, "r.git"), *seen;
	char *quarantine = sandbox_path(&box, "r.git/objects/incoming");
	struct oid commit;

	sandbox_run(&box, "mkdir -p %s/pack", quarantine);
	repo_free(repo);
	setenv("GIT_DIR", dir, 1);
	setenv("GIT_OBJECT_DIRECTORY", quarantine, 1);
	must(repo_open(&repo, NULL, &err));
	must(batch_begin(repo, &err));
	commit = write_files(40);
	must(batch_end(repo, &err));
	cr_assert(object_exists(repo, &commit));
	seen = sandbox_output(&box, "ls r.git/objects/incoming/pack | wc -l; "
				    "ls r.git/objects/pack | wc -l");
	cr_assert(eq(str, seen, "2\n0"));
	free(seen);
	free(quarantine);
	free(dir);
	unsetenv("GIT_DIR");
	unsetenv("GIT_OBJECT_DIRECTORY");
}

Test(batch, an_empty_one_writes_nothing)
{
	must(batch_begin(repo, &err));
	must(batch_end(repo, &err));
	check_files_on_disk("0", "0");
}
