#include <stdlib.h>
#include <string.h>

#include "sandbox.h"
#include "unit.h"

#include "app/mirror.h"
#include "core/alloc.h"
#include "repo/refs.h"
#include "store/notes.h"
#include "store/state_ref.h"

static struct sandbox box;
static struct settings settings;
static struct mirror *mirror;
static struct err err;

/* A remote with main, release/1, topic/a and noise, and a request. */
static void set_up(void)
{
	static const char config[] = "[project \"app\"]\n"
				     "url = %s/app.git\n"
				     "forge = plain\n"
				     "branches = main, release/*\n"
				     "pulls = topic/*, !topic/wip*\n"
				     "%s\n";
	struct mistakes mistakes = { 0 };
	char *text;

	sandbox_init(&box);
	repo_setup();
	sandbox_run(&box,
		    "git init -q -b main work && cd work && "
		    "git commit -q --allow-empty -m one && "
		    "git branch release/1 && git branch topic/a && "
		    "git branch topic/wip1 && git branch topical && "
		    "git branch other && "
		    "git update-ref refs/referee/requests/docs/ada HEAD && "
		    "git clone -q --mirror . ../app.git");
	text = xstrf(config, box.dir, "");
	settings_parse(&settings, "c.conf", text, strlen(text), true,
		       &mistakes);
	cr_assert_eq(mistakes.errors, 0);
	mistakes_release(&mistakes);
	free(text);
	free(settings.state_dir);
	settings.state_dir = sandbox_path(&box, "state");
	must(mirror_open(&mirror, &settings, &settings.projects[0], NULL, NULL,
			 &err));
}

static void tear_down(void)
{
	sandbox_run(&box, "git -C state/mirrors/app.git fsck --full --strict "
			  "&& git -C app.git fsck --full --strict");
	mirror_free(mirror);
	settings_release(&settings);
	repo_teardown();
	sandbox_release(&box);
}

TestSuite(mirror, .init = set_up, .fini = tear_down, .timeout = 60);

static void expect_output(const char *wanted, const char *command)
{
	char *got = sandbox_output(&box, "%s", command);

	must_say(wanted, got);
	free(got);
}

static void put_note(const char *text)
{
	struct note_change change = { .workflow = "pr-review",
				      .section = text,
				      .trailer =
					      "Referee-Run: "
					      "01M8AQQ25GPYXY4DZR4X3H0KTR "
					      "pr-review pass 0011223344556677 "
					      "0.0000 USD" };

	must(ref_read(&change.commit, mirror_repo(mirror), "refs/heads/main",
		      &err));
	must(notes_put(mirror_repo(mirror), &change, 1, &err));
}

Test(mirror, has_the_branches_that_are_wanted)
{
	struct buf names;

	buf_init(&names, 1000);
	must(mirror_update(mirror, &err));
	for (size_t i = 0; i < mirror_branches(mirror)->len; i++)
		buf_addf(&names, "%s ", mirror_branches(mirror)->items[i].name);
	must_say("refs/heads/main refs/heads/release/1 refs/heads/topic/a ",
		 names.ptr);
	must_say("main", mirror_default_branch(mirror));
	buf_release(&names);
	expect_output("commit", "git -C state/mirrors/app.git cat-file -t "
				"refs/referee/requests/docs/ada");
}

Test(mirror, sees_branches_move_and_go)
{
	struct oid before, after;

	must(mirror_update(mirror, &err));
	must(ref_read(&before, mirror_repo(mirror), "refs/heads/main", &err));
	sandbox_run(&box, "cd work && git commit -q --allow-empty -m two && "
			  "git push -q ../app.git main :topic/a");
	must(mirror_update(mirror, &err));
	must(ref_read(&after, mirror_repo(mirror), "refs/heads/main", &err));
	cr_expect_not(oid_equal(&before, &after));
	cr_expect_eq(mirror_branches(mirror)->len, 2u);
}

Test(mirror, takes_notes_to_the_remote_and_requests_away)
{
	must(mirror_update(mirror, &err));
	cr_expect_not(mirror_has_news(mirror));
	put_note("pr-review: pass\n");
	must(mirror_serve(mirror, "refs/referee/requests/docs/ada", &err));
	cr_expect(mirror_has_news(mirror));
	must(mirror_push(mirror, &err));
	cr_expect_not(mirror_has_news(mirror));
	expect_output("pr-review: pass",
		      "git -C app.git notes --ref=referee show main | head -1");
	expect_output("", "git -C app.git for-each-ref refs/referee/requests");
}

Test(mirror, unites_with_notes_that_others_pushed_meanwhile)
{
	must(mirror_update(mirror, &err));
	put_note("pr-review: pass\n");
	sandbox_run(&box, "git -C app.git notes --ref=referee add -m "
			  "'from elsewhere' release/1^{commit}");
	must(mirror_push(mirror, &err));
	expect_output("from elsewhere",
		      "git -C app.git notes --ref=referee show main | "
		      "grep elsewhere");
	expect_output("pr-review: pass",
		      "git -C app.git notes --ref=referee show main | "
		      "grep pr-review:");
}

Test(mirror, keeps_a_request_that_was_pushed_anew)
{
	must(mirror_update(mirror, &err));
	put_note("pr-review: pass\n");
	must(mirror_serve(mirror, "refs/referee/requests/docs/ada", &err));
	sandbox_run(&box, "cd work && git commit -q --allow-empty -m again && "
			  "git push -q -f ../app.git "
			  "HEAD:refs/referee/requests/docs/ada");
	must(mirror_push(mirror, &err));
	expect_output("again", "git -C app.git log -1 --format=%s "
			       "refs/referee/requests/docs/ada");
}

Test(mirror, knows_after_a_restart_what_was_served)
{
	static const char request[] = "refs/referee/requests/docs/ada";

	must(mirror_update(mirror, &err));
	cr_expect_not(mirror_has_served(mirror, request));
	must(mirror_serve(mirror, request, &err));
	mirror_free(mirror);
	must(mirror_open(&mirror, &settings, &settings.projects[0], NULL, NULL,
			 &err));
	must(mirror_update(mirror, &err));
	cr_expect(mirror_has_served(mirror, request));
	cr_expect(mirror_has_news(mirror));
	must(mirror_push(mirror, &err));
	expect_output("", "git -C app.git for-each-ref refs/referee/requests");
	expect_output("", "git -C state/mirrors/app.git for-each-ref "
			  "refs/served");
	/* The same once more is another one. */
	sandbox_run(&box, "git -C work push -q ../app.git main:%s", request);
	must(mirror_update(mirror, &err));
	cr_expect_not(mirror_has_served(mirror, request));
	cr_expect_not(mirror_has_news(mirror));
}

Test(mirror, of_a_remote_that_is_gone_says_so)
{
	sandbox_run(&box, "rm -rf app.git && git init -q --bare app.git");
	must(mirror_update(mirror, &err));
	cr_expect_eq(mirror_branches(mirror)->len, 0u);
	sandbox_run(&box, "mv app.git gone.git");
	must_fail(ERR_NOT_FOUND, mirror_update(mirror, &err));
	sandbox_run(&box, "mv gone.git app.git");
}
