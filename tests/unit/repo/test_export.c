#include "sandbox.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "io/cancel.h"
#include "repo/export.h"
#include "repo/object.h"
#include "repo/tree.h"

enum { PLENTY = 1 << 20 };

static struct sandbox box;
static struct repo *repo;
static struct err err;
static char *out_dir;

static void set_up(void)
{
	char *path;

	err = (struct err)ERR_INIT;
	sandbox_init(&box);
	repo_setup();
	sandbox_run(&box, "git init -q work && mkdir out outside");
	path = sandbox_path(&box, "work");
	must(repo_open(&repo, path, &err));
	free(path);
	out_dir = sandbox_path(&box, "out");
}

static void tear_down(void)
{
	free(out_dir);
	repo_free(repo);
	repo_teardown();
	sandbox_release(&box);
}

TestSuite(export, .init = set_up, .fini = tear_down);

/* The tree of what shell commands leave in the work tree. */
static struct oid tree_made_by(const char *commands)
{
	struct oid tree;
	char *hex;

	sandbox_run(&box,
		    "cd work && git read-tree --empty && git clean -fdxq && { "
		    "%s; } && git add -A",
		    commands);
	hex = sandbox_output(&box, "git -C work write-tree");
	cr_assert(oid_parse(&tree, hex));
	free(hex);
	return tree;
}

static int export(const struct oid *tree, int64_t max_bytes)
{
	return tree_export(repo, tree, out_dir, max_bytes, NULL, &err);
}

Test(export, files_are_what_git_would_check_out)
{
	struct oid tree = tree_made_by(
		"mkdir -p a/b 'c d' && echo 1 >a/b/one && echo 2 >'c "
		"d/\xc3\xbc' "
		"&& : >empty && printf '#!/bin/sh\\n' >run && chmod +x run && "
		"head -c 200000 /dev/urandom >binary && ln -s a/b/one link && "
		"ln -s /nowhere dangling");

	must(export(&tree, PLENTY));
	sandbox_run(&box, "diff -r --no-dereference -x .git work out");
	sandbox_run(&box, "test -x out/run && ! test -x out/empty");
	sandbox_run(&box, "test \"$(readlink out/dangling)\" = /nowhere");
}

/* What a checkout would do with the content is not done. */
Test(export, no_filter_hook_or_attribute_touches_it)
{
	struct oid tree = tree_made_by(
		"git config core.autocrlf true && git config filter.x.smudge "
		"'touch smudged; cat' && printf 'a\\nb\\n' >f.txt && printf '* "
		"text eol=crlf ident filter=x\\n' >.gitattributes && printf "
		"'$Id$\\n' >id.txt && printf '#!/bin/sh\\ntouch hooked\\n' "
		">.git/hooks/post-checkout && chmod +x "
		".git/hooks/post-checkout");

	must(export(&tree, PLENTY));
	sandbox_run(&box, "printf 'a\\nb\\n' | cmp - out/f.txt && printf "
			  "'$Id$\\n' | cmp - out/id.txt");
	sandbox_run(&box, "! find . -name smudged -o -name hooked | grep .");
}

Test(export, a_submodule_is_an_empty_folder)
{
	struct oid tree = tree_made_by(
		"git update-index --add --cacheinfo "
		"160000,1111111111111111111111111111111111111111,sub/module "
		"&& mkdir -p sub/module");

	must(export(&tree, PLENTY));
	sandbox_run(&box, "test -d out/sub/module && ! ls -A out/sub/module | "
			  "grep .");
}

Test(export, is_bounded)
{
	struct oid tree = tree_made_by("for i in 1 2 3; do head -c 1000 "
				       "/dev/zero >f$i; done");

	must(export(&tree, 3000));
	sandbox_run(&box, "rm -r out && mkdir out");
	cr_assert(eq(int, export(&tree, 2999), -1));
	cr_expect(eq(int, err.code, ERR_TOO_LARGE), "%s", err.msg);
}

Test(export, can_be_called_off)
{
	struct oid tree = tree_made_by("echo 1 >one");
	struct cancel cancel = { 0 };

	cancel_request(&cancel);
	cr_assert(eq(int,
		     tree_export(repo, &tree, out_dir, PLENTY, &cancel, &err),
		     -1));
	cr_expect(eq(int, err.code, ERR_CANCELLED));
	sandbox_run(&box, "! ls -A out | grep .");
}

Test(export, a_missing_object_is_an_error)
{
	struct oid tree = tree_made_by("echo missing >one");

	sandbox_run(&box, "cd work && id=$(git rev-parse :one) && rm -f "
			  ".git/objects/$(echo $id | cut -c1-2)/$(echo $id | "
			  "cut -c3-)");
	cr_assert(eq(int, export(&tree, PLENTY), -1));
	cr_expect(eq(int, err.code, ERR_NOT_FOUND), "%s", err.msg);
}

/* An entry of a tree that no git would write. */
static void add_entry(struct buf *tree, const char *mode, const char *name,
		      const struct oid *id)
{
	buf_addf(tree, "%s %s", mode, name);
	buf_add(tree, "", 1);
	buf_add(tree, id->id, OID_BYTES);
}

static struct oid literal_tree(const struct buf *content)
{
	char *path = sandbox_path(&box, "tree");
	FILE *out = fopen(path, "w");
	struct oid tree;
	char *hex;

	cr_assert(out &&
		  fwrite(content->ptr, 1, content->len, out) == content->len);
	fclose(out);
	free(path);
	hex = sandbox_output(&box, "git -C work hash-object -t tree -w "
				   "--literally ../tree");
	cr_assert(oid_parse(&tree, hex));
	free(hex);
	return tree;
}

/* A folder and a link, or a file, of one name: nothing is written where the
 * link leads. */
Test(export, nothing_is_written_through_a_link)
{
	static const char *const inner_modes[] = { "100644", "120000" };
	char *outside = sandbox_path(&box, "outside");
	struct oid link, blob;

	must(blob_write(&link, repo, outside, strlen(outside), &err));
	must(blob_write(&blob, repo, "evil", 4, &err));
	for (size_t i = 0; i < ARRAY_LEN(inner_modes) * 2; i++) {
		struct oid inner, tree;
		struct buf content;

		buf_init(&content, PLENTY);
		add_entry(&content, inner_modes[i / 2], "evil", &blob);
		inner = literal_tree(&content);
		buf_reset(&content);
		if (i % 2)
			add_entry(&content, "40000", "a", &inner);
		add_entry(&content, "120000", "a", &link);
		if (!(i % 2))
			add_entry(&content, "40000", "a", &inner);
		tree = literal_tree(&content);
		(void)!export(&tree, PLENTY);
		sandbox_run(&box, "! ls -A outside | grep .");
		sandbox_run(&box, "rm -rf out && mkdir out");
		buf_release(&content);
	}
	free(outside);
}

Test(export, names_that_no_file_may_have_are_refused)
{
	static const char *const names[] = { "..",   ".",         ".git",
					     ".GIT", "a/../../b", "/etc" };
	struct oid blob;

	must(blob_write(&blob, repo, "evil", 4, &err));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct oid tree;
		struct buf content;

		buf_init(&content, PLENTY);
		add_entry(&content, "100644", names[i], &blob);
		tree = literal_tree(&content);
		cr_expect(eq(int, export(&tree, PLENTY), -1), "%s", names[i]);
		sandbox_run(&box, "! find out -type f | grep .");
		buf_release(&content);
	}
}
