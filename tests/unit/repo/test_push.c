#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/alloc.h"
#include "remotes.h"
#include "repo/fetch.h"
#include "repo/object.h"
#include "repo/push.h"
#include "repo/tree.h"

static struct remotes remotes;
static struct err err;

static void set_up(void)
{
	remotes_init(&remotes, false);
}

static void set_up_ssh(void)
{
	remotes_init(&remotes, true);
}

static void tear_down(void)
{
	remotes_release(&remotes);
}

TestSuite(push, .init = set_up, .fini = tear_down, .timeout = 60);
TestSuite(push_ways, .init = set_up_ssh, .fini = tear_down, .timeout = 60);

/* A commit of ours with one file; `parent` may be NULL. */
static struct oid make_commit(struct repo *repo, const struct oid *parent,
			      const char *text)
{
	struct oid blob, tree, commit;
	struct tree_change change = { .path = "some/where/file",
				      .mode = 0100644,
				      .id = &blob };
	struct commit_draft draft = { &tree, parent, parent ? 1 : 0, text };

	must(blob_write(&blob, repo, text, strlen(text), &err));
	must(tree_update(&tree, repo, NULL, &change, 1, &err));
	must(commit_write(&commit, repo, &draft, &err));
	return commit;
}

static int push(struct push_ref *refs, size_t count, const char *url,
		const struct remote_options *options)
{
	struct push_request request = {
		.url = url, .refs = refs, .ref_count = count, .options = options
	};

	return repo_push(remotes.repo, &request, &err);
}

static bool remote_has(const char *ref, const struct oid *id)
{
	char *at = sandbox_output(&remotes.box,
				  "git -C remote.git rev-parse -q --verify %s "
				  "|| true",
				  ref);
	char hex[OID_HEX_SIZE] = "";
	bool ret;

	if (id)
		oid_format(hex, id);
	ret = !strcmp(at, hex);
	free(at);
	return ret;
}

static void remote_is_sound(void)
{
	remotes_run(&remotes, "git fsck --full --strict --no-dangling");
}

Test(push_ways, creates_moves_and_removes_where_expected)
{
	for (enum way way = 0; way < WAY_COUNT; way++) {
		struct remote_options options;
		char *url = remotes_url(&remotes, way, &options);
		struct oid first, second;
		struct push_ref ref = { .name = "refs/referee/runs" };

		if (!url)
			continue;
		first = make_commit(remotes.repo, NULL, "first");
		second = make_commit(remotes.repo, &first, "second");
		ref.target = &first;
		must(push(&ref, 1, url, &options));
		cr_assert(eq(int, ref.outcome, PUSH_DONE));
		cr_assert(remote_has(ref.name, &first));
		ref.expected = &first;
		ref.target = &second;
		must(push(&ref, 1, url, &options));
		cr_assert(remote_has(ref.name, &second));
		/* Backwards too: it is about where it is, not about history. */
		ref.expected = &second;
		ref.target = &first;
		must(push(&ref, 1, url, &options));
		remote_is_sound();
		ref.expected = &first;
		ref.target = NULL;
		must(push(&ref, 1, url, &options));
		cr_assert(remote_has(ref.name, NULL));
		free(url);
	}
}

Test(push_ways, changes_nothing_where_a_ref_was_moved)
{
	for (enum way way = 0; way < WAY_COUNT; way++) {
		struct remote_options options;
		char *url = remotes_url(&remotes, way, &options);
		struct oid main_tip = remotes_oid(&remotes, "main");
		struct oid topic_tip = remotes_oid(&remotes, "topic");
		struct oid mine = make_commit(remotes.repo, NULL, "mine");
		struct push_ref refs[] = {
			{ .name = "refs/x/new", .target = &mine },
			{ .name = "refs/heads/main",
			  .expected = &topic_tip,
			  .target = &mine },
		};
		struct push_ref cases[] = {
			/* It is there already. */
			{ .name = "refs/heads/main", .target = &mine },
			/* It is elsewhere. */
			{ .name = "refs/heads/main",
			  .expected = &topic_tip,
			  .target = &mine },
			{ .name = "refs/heads/topic", .expected = &main_tip },
			/* It is gone. */
			{ .name = "refs/x/none",
			  .expected = &topic_tip,
			  .target = &mine },
		};

		if (!url)
			continue;
		for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
			must_fail(ERR_CONFLICT,
				  push(&cases[i], 1, url, &options));
			cr_assert(eq(int, cases[i].outcome, PUSH_MOVED));
			cr_assert(ne(chr, cases[i].reason[0], '\0'));
		}
		/* All or none. */
		must_fail(ERR_CONFLICT, push(refs, 2, url, &options));
		cr_assert(eq(int, refs[1].outcome, PUSH_MOVED));
		cr_assert(remote_has("refs/x/new", NULL));
		cr_assert(remote_has("refs/heads/main", &main_tip));
		refs[1].expected = &main_tip;
		must(push(refs, 2, url, &options));
		cr_assert(remote_has("refs/x/new", &mine));
		cr_assert(remote_has("refs/heads/main", &mine));
		remote_is_sound();
		remotes_run(&remotes, "git update-ref -d refs/x/new && "
				      "git update-ref refs/heads/main topic~1");
		free(url);
	}
}

Test(push_ways, sends_only_what_is_new)
{
	for (enum way way = 0; way < WAY_COUNT; way++) {
		struct remote_options options;
		char *url = remotes_url(&remotes, way, &options);
		struct oid base, tip;
		struct push_ref ref = { .name = "refs/heads/generated",
					.target = &tip };
		struct push_request request = { .refs = &ref,
						.ref_count = 1,
						.known = &base,
						.known_count = 1,
						.options = &options };
		struct fetch_result fetched;
		const char *spec = "+refs/heads/*:refs/heads/*";
		struct fetch_request fetch = { .url = url,
					       .refspecs = &spec,
					       .refspec_count = 1,
					       .options = &options };
		char *text, *before, *after;

		if (!url)
			continue;
		must(repo_fetch(&fetched, remotes.repo, &fetch, &err));
		fetch_result_release(&fetched);
		base = remotes_oid(&remotes, "topic");
		text = xstrf("way %d", way);
		tip = make_commit(remotes.repo, &base, text);
		request.url = url;
		before = sandbox_output(&remotes.box,
					"git -C remote.git rev-list --all "
					"--objects | wc -l");
		sandbox_run(&remotes.box,
			    "cd remote.git && git repack -qad && "
			    "git config receive.unpackLimit 1000");
		must(repo_push(remotes.repo, &request, &err));
		after = sandbox_output(&remotes.box,
				       "find remote.git/objects/?? -type f | "
				       "wc -l; find remote.git/objects -name "
				       "'*.pack' | wc -l");
		/* commit, tree, two folders, file: loose, or one pack more. */
		if (way == WAY_PATH)
			cr_assert(strstr(after, "2") != NULL);
		else
			cr_assert(eq(str, after, "5\n1"), "%s", url);
		remote_is_sound();
		remotes_run(&remotes, "git update-ref -d refs/heads/generated "
				      "&& git prune --expire=now");
		free(text);
		free(before);
		free(after);
		free(url);
	}
}

Test(push, of_a_large_tree_sends_the_difference)
{
	enum { FILES = 2000 };
	char *url = remotes_http_url(&remotes, "plain");
	struct tree_change changes[FILES] = { { 0 } };
	struct oid blobs[FILES], trees[2], commits[2];
	struct push_ref ref = { .name = "refs/referee/runs" };
	char *count;

	for (int i = 0; i < FILES; i++) {
		char *path = xstrf("%02x/%02x/file%d", i % 16, i % 7, i);

		must(blob_write(&blobs[i], remotes.repo, path, strlen(path),
				&err));
		changes[i].path = path;
		changes[i].mode = 0100644;
		changes[i].id = &blobs[i];
	}
	must(tree_update(&trees[0], remotes.repo, NULL, changes, FILES, &err));
	must(commit_write(&commits[0], remotes.repo,
			  &(struct commit_draft){ &trees[0], NULL, 0, "1\n" },
			  &err));
	ref.target = &commits[0];
	must(push(&ref, 1, url, NULL));
	changes[5].id = &blobs[6];
	must(tree_update(&trees[1], remotes.repo, &trees[0], &changes[5], 1,
			 &err));
	must(commit_write(
		&commits[1], remotes.repo,
		&(struct commit_draft){ &trees[1], commits, 1, "2\n" }, &err));
	remotes_run(&remotes, "git repack -qad && "
			      "git config receive.unpackLimit 1000");
	ref.expected = &commits[0];
	ref.target = &commits[1];
	must(push(&ref, 1, url, NULL));
	count = sandbox_output(&remotes.box,
			       "find remote.git/objects/?? -type f | wc -l");
	/* The commit, three trees; the blob is another file's. */
	cr_assert(le(int, atoi(count), 5), "%s", count);
	remote_is_sound();
	for (int i = 0; i < FILES; i++)
		free((char *)changes[i].path);
	free(count);
	free(url);
}

Test(push, tells_a_refusal_from_a_lost_race)
{
	char *url = remotes_http_url(&remotes, "plain");
	struct oid mine = make_commit(remotes.repo, NULL, "mine");
	struct push_ref refs[] = { { .name = "refs/x/a", .target = &mine },
				   { .name = "refs/x/b", .target = &mine } };
	struct push_ref hidden = { .name = "refs/pull/9/head",
				   .target = &mine };

	remotes_run(&remotes,
		    "git config receive.hideRefs refs/pull && "
		    "printf '#!/bin/sh\\necho no thanks >&2\\nexit 1\\n' "
		    ">hooks/pre-receive && chmod +x hooks/pre-receive");
	must_fail(ERR_INVALID, push(refs, 2, url, NULL));
	cr_assert(strstr(err.msg, "no thanks") != NULL, "%s", err.msg);
	cr_assert(eq(int, refs[0].outcome, PUSH_REFUSED));
	cr_assert(eq(int, refs[1].outcome, PUSH_REFUSED));
	remotes_run(&remotes, "rm hooks/pre-receive");
	must_fail(ERR_INVALID, push(&hidden, 1, url, NULL));
	cr_assert(eq(int, hidden.outcome, PUSH_REFUSED));
	free(url);
}

Test(push, fails_as_the_server_deserves)
{
	static const struct {
		const char *mode;
		enum err_code code;
	} cases[] = {
		{ "auth", ERR_AUTH },          { "html", ERR_PROTOCOL },
		{ "error", ERR_UNAVAILABLE },  { "hang", ERR_TIMEOUT },
		{ "plain/no", ERR_NOT_FOUND }, { "away", ERR_AUTH },
	};
	struct secret *right = secret_new("env:RIGHT", "the-right-token");
	struct remote_options options = { .timeout_ms = 20000,
					  .idle_ms = 400,
					  .password = right };
	struct oid mine = make_commit(remotes.repo, NULL, "mine");
	struct push_ref ref = { .name = "refs/x/a", .target = &mine };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *url = remotes_http_url(&remotes, cases[i].mode);

		options.password = i == 0 ? NULL : right;
		must_fail(cases[i].code, push(&ref, 1, url, &options));
		cr_assert(eq(int, ref.outcome, PUSH_UNKNOWN));
		cr_assert(remote_has("refs/x/a", NULL));
		free(url);
	}
	secret_free(right);
}

Test(push, gets_through_with_credentials_and_to_a_moved_repository)
{
	struct secret *right = secret_new("env:RIGHT", "the-right-token");
	struct remote_options options = { .password = right };
	struct oid mine = make_commit(remotes.repo, NULL, "mine");
	struct push_ref ref = { .name = "refs/x/a", .target = &mine };
	char *auth = remotes_http_url(&remotes, "auth");
	char *moved = remotes_http_url(&remotes, "moved");

	must(push(&ref, 1, auth, &options));
	cr_assert(remote_has("refs/x/a", &mine));
	remotes_run(&remotes, "git update-ref -d refs/x/a");
	must(push(&ref, 1, moved, NULL));
	cr_assert(remote_has("refs/x/a", &mine));
	free(auth);
	free(moved);
	secret_free(right);
}

Test(push, to_a_work_tree_leaves_its_branch_alone)
{
	char *work = sandbox_path(&remotes.box, "work");
	struct oid tip, mine = make_commit(remotes.repo, NULL, "mine");
	struct push_ref refs[] = {
		{ .name = "refs/heads/topic",
		  .expected = &tip,
		  .target = &mine },
		{ .name = "refs/notes/referee", .target = &mine },
	};

	tip = remotes_oid(&remotes, "topic");
	must_fail(ERR_INVALID, push(&refs[0], 1, work, NULL));
	cr_assert(eq(int, refs[0].outcome, PUSH_REFUSED));
	must(push(&refs[1], 1, work, NULL));
	sandbox_run(&remotes.box, "git -C work show -q refs/notes/referee && "
				  "git -C work fsck --no-dangling");
	free(work);
}

Test(push, refuses_what_makes_no_sense)
{
	struct oid mine = make_commit(remotes.repo, NULL, "mine");
	struct oid nothing = { { 1, 2, 3 } };
	struct push_ref cases[] = {
		{ .name = "refs/x/a" },
		{ .name = "HEAD", .target = &mine },
		{ .name = "refs/x/../a", .target = &mine },
		{ .name = "main", .target = &mine },
	};
	struct push_ref missing = { .name = "refs/x/a", .target = &nothing };
	char *url = remotes_http_url(&remotes, "plain");

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		must_fail(ERR_INVALID, push(&cases[i], 1, url, NULL));
	must_fail(ERR_NOT_FOUND, push(&missing, 1, url, NULL));
	must(push(NULL, 0, url, NULL));
	free(url);
}

enum { WINNER = 7 };

/* One of several processes that all want to create or take over a ref. */
static void race(int id, enum way way, const struct oid *expected)
{
	struct remote_options options;
	char *url = remotes_url(&remotes, way, &options);
	char *dir = xstrf("%s/racer%d.git", remotes.box.dir, id);
	struct repo *repo;
	struct oid mine;
	char *text;
	struct push_ref ref = { .name = "refs/referee/leases/p",
				.expected = expected,
				.target = &mine };
	struct push_request request = {
		.url = url, .refs = &ref, .ref_count = 1, .options = &options
	};

	if (repo_init_bare(&repo, dir, &err) < 0)
		_exit(9);
	/* Two claims must never be the same object. */
	text = xstrf("%s %d", dir, (int)getpid());
	mine = make_commit(repo, NULL, text);
	if (!repo_push(repo, &request, &err))
		_exit(WINNER);
	if (err.code == ERR_CONFLICT)
		_exit(0);
	fprintf(stderr, "racer %d: %s\n", id, err.msg);
	_exit(9);
}

/* The locks that a killed push to a path left go; others' stay. */
Test(push, takes_away_the_locks_of_its_own_killed_push_alone)
{
	struct remote_options options;
	char *url = remotes_url(&remotes, WAY_PATH, &options);
	struct oid mine = make_commit(remotes.repo, NULL, "mine");
	struct push_ref ref = { .name = "refs/referee/runs", .target = &mine };

	sandbox_run(&remotes.box,
		    "d=$(realpath '%s') && mkdir -p $d/refs/referee && "
		    "touch $d/refs/referee/runs.lock "
		    "$d/refs/referee/pulls.lock && "
		    "printf '%%s\\0' $d/refs/referee/runs.lock "
		    "$d/packed-refs.lock >%sreferee-push",
		    url, repo_git_dir(remotes.repo));
	must(push(&ref, 1, url, &options));
	sandbox_run(&remotes.box,
		    "test ! -e '%s'/refs/referee/runs.lock && "
		    "test -e '%s'/refs/referee/pulls.lock && "
		    "test ! -e %sreferee-push",
		    url, url, repo_git_dir(remotes.repo));
	free(url);
}

static void run_race(enum way way, const struct oid *expected)
{
	enum { RACERS = 6 };
	pid_t racers[RACERS];
	int winners = 0;

	for (int i = 0; i < RACERS; i++) {
		racers[i] = fork();
		if (racers[i] == 0)
			race(i, way, expected);
	}
	for (int i = 0; i < RACERS; i++) {
		int status;

		cr_assert(eq(int, waitpid(racers[i], &status, 0), racers[i]));
		cr_assert(status == 0 || WEXITSTATUS(status) == WINNER);
		winners += status != 0;
	}
	cr_assert(eq(int, winners, 1), "way %d, %s", way,
		  expected ? "moved" : "made");
}

Test(push, has_one_winner_when_many_want_the_same)
{
	static const enum way ways[] = { WAY_PATH, WAY_HTTP };

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		for (int round = 0; round < 3; round++) {
			struct oid now;

			run_race(ways[i], NULL);
			now = remotes_oid(&remotes, "refs/referee/leases/p");
			run_race(ways[i], &now);
			remotes_run(&remotes, "git update-ref -d "
					      "refs/referee/leases/p");
		}
	}
	remote_is_sound();
}
