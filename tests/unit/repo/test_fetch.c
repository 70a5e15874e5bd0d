#include "unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "remotes.h"
#include "repo/fetch.h"
#include "repo/object.h"

enum { SECOND = 1000 };

static struct remotes remotes;
static struct err err;

static void set_up(void)
{
	remotes_init(&remotes, false);
}

static void tear_down(void)
{
	remotes_release(&remotes);
}

static void set_up_ssh(void)
{
	remotes_init(&remotes, true);
}

TestSuite(fetch, .init = set_up, .fini = tear_down, .timeout = 60);
TestSuite(fetch_ways, .init = set_up_ssh, .fini = tear_down, .timeout = 60);

static int fetch_from(struct fetch_result *result, const char *url,
		      const char *refspec, const struct remote_options *options)
{
	struct fetch_request request = { .url = url,
					 .refspecs = &refspec,
					 .refspec_count = 1,
					 .prune = true,
					 .options = options };

	return repo_fetch(result, remotes.repo, &request, &err);
}

static void fetch_well(const char *url, const char *refspec,
		       const struct remote_options *options, size_t moved)
{
	struct fetch_result result;

	must(fetch_from(&result, url, refspec, options));
	cr_assert(eq(sz, result.len, moved), "%s %s", url, refspec);
	fetch_result_release(&result);
}

/* Ours has the ref where the remote has it, and everything it leads to. */
static void is_same(const char *ours, const char *theirs)
{
	struct oid here, there = remotes_oid(&remotes, theirs);

	must(ref_read(&here, remotes.repo, ours, &err));
	cr_assert(oid_equal(&here, &there), "%s", ours);
	sandbox_run(&remotes.box,
		    "git -C ours.git fsck --full --strict "
		    "--no-dangling && "
		    "git -C ours.git rev-list --objects %s >objects",
		    ours);
}

Test(fetch_ways, lists_what_begins_so)
{
	static const char *const prefixes[] = { "refs/heads/", "refs/tags/",
						"HEAD" };
	static const char *const expected[] = { "HEAD", "refs/heads/main",
						"refs/heads/topic",
						"refs/tags/v1" };

	for (enum way way = 0; way < WAY_COUNT; way++) {
		struct remote_options options;
		struct remote_refs refs;
		char *url = remotes_url(&remotes, way, &options);
		struct oid tag = remotes_oid(&remotes, "v1");

		if (!url)
			continue;
		must(remote_list_refs(&refs, url, prefixes, 3, &options, &err));
		cr_assert(eq(sz, refs.refs.len, 4), "%s", url);
		for (size_t i = 0; i < 4; i++)
			cr_assert(eq(str, refs.refs.items[i].name,
				     (char *)expected[i]));
		cr_assert(oid_equal(
			&remote_refs_find(&refs, "refs/tags/v1")->id, &tag));
		cr_assert(remote_refs_find(&refs, "refs/tags/v2") == NULL);
		cr_assert(eq(str, refs.head, "refs/heads/main"));
		remote_refs_release(&refs);
		must(remote_list_refs(&refs, url, NULL, 0, &options, &err));
		cr_assert(eq(sz, refs.refs.len, 5));
		remote_refs_release(&refs);
		free(url);
	}
}

Test(fetch_ways, brings_branches_and_follows_them)
{
	for (enum way way = 0; way < WAY_COUNT; way++) {
		struct remote_options options;
		char *url = remotes_url(&remotes, way, &options);

		if (!url)
			continue;
		remotes_clear_ours(&remotes);
		remotes_run(&remotes, "git branch gone main");
		fetch_well(url, "+refs/heads/*:refs/heads/*", &options, 3);
		is_same("refs/heads/main", "main");
		is_same("refs/heads/topic", "topic");
		fetch_well(url, "+refs/heads/*:refs/heads/*", &options, 0);
		/* One goes on, one is rewritten, one comes, one goes. */
		sandbox_run(&remotes.box,
			    "cd work && git checkout -q main && "
			    "echo %d >>file && git commit -qam next && "
			    "git checkout -q topic && git commit -q --amend "
			    "-m again%d && git push -qf ../remote.git main "
			    "topic main~2:refs/heads/new :gone",
			    way, way);
		fetch_well(url, "+refs/heads/*:refs/heads/*", &options, 4);
		is_same("refs/heads/main", "main");
		is_same("refs/heads/topic", "topic");
		is_same("refs/heads/new", "new");
		remotes_run(&remotes, "git branch -D new");
		free(url);
	}
}

Test(fetch_ways, removes_what_is_gone_and_makes_room)
{
	for (enum way way = 0; way < WAY_COUNT; way++) {
		struct remote_options options;
		struct oid unused;
		char *url = remotes_url(&remotes, way, &options);

		if (!url)
			continue;
		remotes_clear_ours(&remotes);
		remotes_run(&remotes, "git branch a main");
		fetch_well(url, "+refs/heads/*:refs/heads/*", &options, 3);
		remotes_run(&remotes, "git branch -D a && git branch a/b main");
		fetch_well(url, "+refs/heads/*:refs/heads/*", &options, 2);
		is_same("refs/heads/a/b", "a/b");
		must_fail(ERR_NOT_FOUND, ref_read(&unused, remotes.repo,
						  "refs/heads/a", &err));
		remotes_run(&remotes, "git branch -D a/b");
		fetch_well(url, "+refs/heads/*:refs/heads/*", &options, 1);
		free(url);
	}
}

Test(fetch_ways, brings_single_refs_tags_and_the_head)
{
	for (enum way way = 0; way < WAY_COUNT; way++) {
		struct remote_options options;
		struct fetch_result result;
		char *url = remotes_url(&remotes, way, &options);
		char *target = xstrf("+refs/pull/7/head:refs/pulls/%d", way);
		char *tag = xstrf("refs/tags/v1:refs/tags/copy%d", way);

		if (!url)
			continue;
		fetch_well(url, target, &options, 1);
		is_same(strchr(target, ':') + 1, "topic");
		fetch_well(url, tag, &options, 1);
		is_same(strchr(tag, ':') + 1, "v1");
		must(fetch_from(&result, url, "HEAD:refs/origin", &options));
		cr_assert(eq(str, result.head, "refs/heads/main"));
		is_same("refs/origin", "main");
		fetch_result_release(&result);
		must_fail(ERR_NOT_FOUND,
			  fetch_from(&result, url, "refs/heads/no:refs/x",
				     &options));
		free(url);
		free(target);
		free(tag);
	}
}

Test(fetch, moves_only_forward_without_a_plus)
{
	struct fetch_result result;
	char *url = remotes_http_url(&remotes, "plain");
	struct oid before, after;

	fetch_well(url, "refs/heads/main:refs/heads/main", NULL, 1);
	must(ref_read(&before, remotes.repo, "refs/heads/main", &err));
	remotes_run(&remotes, "git update-ref refs/heads/main main~1");
	must(fetch_from(&result, url, "refs/heads/main:refs/heads/main", NULL));
	cr_assert(eq(sz, result.len, 1));
	cr_assert(result.items[0].is_refused);
	fetch_result_release(&result);
	must(ref_read(&after, remotes.repo, "refs/heads/main", &err));
	cr_assert(oid_equal(&before, &after));
	fetch_well(url, "+refs/heads/main:refs/heads/main", NULL, 1);
	is_same("refs/heads/main", "main");
	free(url);
}

Test(fetch, asks_only_for_what_is_wanted)
{
	char *url = remotes_http_url(&remotes, "plain");
	char *lines;

	fetch_well(url, "+refs/pull/7/head:refs/pull/7/head", NULL, 1);
	fetch_well(url, "+refs/pull/7/head:refs/pull/7/head", NULL, 0);
	lines = sandbox_output(&remotes.box, "cut -d' ' -f2,3 log | sed "
					     "s,/plain/remote.git/,,");
	/* One to list and one for the pack; then one to list. */
	cr_assert(eq(str, lines,
		     "POST git-upload-pack\nPOST git-upload-pack\n"
		     "POST git-upload-pack"));
	free(lines);
	free(url);
}

Test(fetch, finds_common_ground_in_a_history_it_was_not_told_of)
{
	char *url = remotes_http_url(&remotes, "plain");
	char *count;

	fetch_well(url, "+refs/heads/topic:refs/strange/place", NULL, 1);
	sandbox_run(&remotes.box, "cd work && git checkout -q topic && "
				  "echo x >x && git add . && "
				  "git commit -qm x && "
				  "git push -q ../remote.git "
				  "topic:refs/heads/later");
	fetch_well(url, "+refs/heads/later:refs/other/place", NULL, 1);
	count = sandbox_output(&remotes.box,
			       "git -C ours.git count-objects -v | "
			       "sed -n 's/^in-pack: //p'");
	/* All of topic's objects, and three new ones (thin packs add bases). */
	cr_assert(le(int, atoi(count), 30), "%s", count);
	is_same("refs/other/place", "later");
	free(count);
	free(url);
}

Test(fetch, fails_as_the_server_deserves)
{
	static const struct {
		const char *mode;
		enum err_code code;
	} cases[] = {
		{ "auth", ERR_AUTH },          { "html", ERR_PROTOCOL },
		{ "error", ERR_UNAVAILABLE },  { "busy", ERR_RATE },
		{ "plain/no", ERR_NOT_FOUND }, { "hang", ERR_TIMEOUT },
		{ "drip", ERR_TIMEOUT },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct remote_options options = { .timeout_ms = 900,
						  .idle_ms = 400 };
		struct fetch_result result;
		int64_t started = clock_mono_ms();
		char *url = remotes_http_url(&remotes, cases[i].mode);

		if (cases[i].code != ERR_TIMEOUT)
			options.timeout_ms = 20 * SECOND;
		must_fail(cases[i].code,
			  fetch_from(&result, url, "+refs/heads/*:refs/heads/*",
				     &options));
		cr_assert(lt(i64, clock_mono_ms() - started, 10 * SECOND));
		cr_assert(eq(sz, result.len, 0));
		free(url);
	}
	cr_assert(eq(int, err.code, ERR_TIMEOUT));
}

Test(fetch, leaves_nothing_half_done_when_the_pack_breaks_off)
{
	char *url = remotes_http_url(&remotes, "cut");
	struct fetch_result result;
	struct ref_list refs;
	char *objects;

	/* The listing fits into 300 bytes, the pack does not. */
	cr_assert(eq(int,
		     fetch_from(&result, url, "+refs/heads/topic:refs/heads/t",
				NULL),
		     -1));
	cr_assert(err.code == ERR_PROTOCOL || err.code == ERR_UNAVAILABLE, "%s",
		  err.msg);
	must(ref_list(&refs, remotes.repo, "refs/", &err));
	cr_assert(eq(sz, refs.len, 0));
	ref_list_release(&refs);
	objects = sandbox_output(&remotes.box,
				 "find ours.git/objects -type f | wc -l");
	cr_assert(eq(int, atoi(objects), 0));
	free(objects);
	free(url);
}

Test(fetch, sends_credentials_once_and_to_their_server_alone)
{
	struct secret *right = secret_new("env:RIGHT", "the-right-token");
	struct secret *wrong = secret_new("env:WRONG", "the-wrong-token");
	struct fetch_result result;
	struct remote_options options = { .password = right };
	char *url = remotes_http_url(&remotes, "auth");
	char *away = remotes_http_url(&remotes, "away");
	char *count;

	fetch_well(url, "+refs/heads/*:refs/a/*", &options, 2);
	options.user = "ada";
	fetch_well(url, "+refs/heads/*:refs/b/*", &options, 2);
	options.is_bearer = true;
	fetch_well(url, "+refs/heads/*:refs/c/*", &options, 2);
	options = (struct remote_options){ .password = wrong };
	sandbox_run(&remotes.box, "rm log");
	must_fail(ERR_AUTH,
		  fetch_from(&result, url, "+refs/heads/*:refs/d/*", &options));
	cr_assert(strstr(err.msg, "the-wrong-token") == NULL);
	count = sandbox_output(&remotes.box, "wc -l <log");
	cr_assert(eq(int, atoi(count), 1));
	free(count);
	options.password = right;
	sandbox_run(&remotes.box, "rm log");
	must_fail(ERR_AUTH, fetch_from(&result, away, "+refs/heads/*:refs/d/*",
				       &options));
	count = sandbox_output(&remotes.box, "grep -c '^%d .* -$' log",
			       remotes.server.ports[1]);
	cr_assert(eq(int, atoi(count), 1));
	sandbox_run(&remotes.box, "! grep -r the-right-token ours.git");
	free(count);
	free(url);
	free(away);
	secret_free(right);
	secret_free(wrong);
}

Test(fetch, follows_a_moved_repository)
{
	char *url = remotes_http_url(&remotes, "moved");

	fetch_well(url, "+refs/heads/*:refs/heads/*", NULL, 2);
	is_same("refs/heads/topic", "topic");
	free(url);
}

static void *cancel_soon(void *payload)
{
	usleep(200000);
	cancel_request(payload);
	return NULL;
}

Test(fetch, stops_when_another_thread_asks)
{
	struct cancel cancel = { 0 };
	struct remote_options options = { .cancel = &cancel };
	struct fetch_result result;
	int64_t started = clock_mono_ms();
	char *url = remotes_http_url(&remotes, "hang");
	pthread_t thread;

	pthread_create(&thread, NULL, cancel_soon, &cancel);
	must_fail(ERR_CANCELLED,
		  fetch_from(&result, url, "+refs/heads/*:refs/heads/*",
			     &options));
	cr_assert(lt(i64, clock_mono_ms() - started, 10 * SECOND));
	pthread_join(thread, NULL);
	free(url);
}

Test(fetch, keeps_to_the_limit_of_bytes)
{
	struct remote_options options = { .max_pack_bytes = 100000 };
	struct fetch_result result;
	char *url = remotes_http_url(&remotes, "plain");

	sandbox_run(&remotes.box,
		    "cd work && head -c 300000 /dev/urandom >big && "
		    "git add . && git commit -qm big && "
		    "git push -q ../remote.git HEAD:refs/heads/big");
	must_fail(ERR_TOO_LARGE,
		  fetch_from(&result, url, "+refs/heads/*:refs/heads/*",
			     &options));
	fetch_well(url, "+refs/heads/*:refs/heads/*", NULL, 3);
	free(url);
}

Test(fetch, of_an_empty_repository_brings_nothing)
{
	struct remote_refs refs;
	static const char *const modes[] = { "plain", "v0" };

	sandbox_run(&remotes.box,
		    "rm -rf remote.git && git init -q --bare remote.git");
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		char *url = remotes_http_url(&remotes, modes[i]);

		fetch_well(url, "+refs/heads/*:refs/heads/*", NULL, 0);
		must(remote_list_refs(&refs, url, NULL, 0, NULL, &err));
		cr_assert(eq(sz, refs.refs.len, 0));
		remote_refs_release(&refs);
		free(url);
	}
	fetch_well(remotes.path, "+refs/heads/*:refs/heads/*", NULL, 0);
}

Test(fetch, refuses_refspecs_that_are_none)
{
	static const char *const bad[] = {
		"",
		"refs/heads/main",
		"refs/heads/*:refs/x",
		"refs/x:refs/heads/*",
		"refs/*/*:refs/a/*",
		"a:refs/b",
		"refs/a:b",
		"refs/a..b:refs/c",
		"+:",
		"refs/a:refs/b:refs/c",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct fetch_result result;

		must_fail(ERR_INVALID,
			  fetch_from(&result, remotes.path, bad[i], NULL));
	}
}

Test(fetch_ways, says_why_ssh_did_not_work)
{
	struct remote_options options;
	struct fetch_result result;
	char *url = remotes_url(&remotes, WAY_SSH, &options);
	char *missing;

	if (!url)
		cr_skip_test("sshd is not installed");
	missing = xstrf("%s-no", url);
	must_fail(ERR_NOT_FOUND,
		  fetch_from(&result, missing, "+refs/heads/*:refs/heads/*",
			     &options));
	sandbox_run(&remotes.box, ": >ssh/authorized");
	must_fail(ERR_AUTH, fetch_from(&result, url,
				       "+refs/heads/*:refs/heads/*", &options));
	sandbox_run(&remotes.box, "cp ssh/key.pub ssh/authorized && "
				  ": >ssh/known");
	must_fail(ERR_AUTH, fetch_from(&result, url,
				       "+refs/heads/*:refs/heads/*", &options));
	options.ssh_command = "sh -c 'sleep 60' x";
	options.timeout_ms = 500;
	must_fail(ERR_TIMEOUT,
		  fetch_from(&result, url, "+refs/heads/*:refs/heads/*",
			     &options));
	options.ssh_command = "no-such-program";
	must_fail(ERR_NOT_FOUND,
		  fetch_from(&result, url, "+refs/heads/*:refs/heads/*",
			     &options));
	free(missing);
	free(url);
}
