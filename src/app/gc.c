#include "app/gc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/clone.h"
#include "app/due.h"
#include "app/mirror.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/fault.h"
#include "core/limits.h"
#include "core/text.h"
#include "gateway/cache.h"
#include "io/child.h"
#include "repo/refs.h"
#include "store/janitor.h"
#include "store/project_lock.h"
#include "store/pulls.h"
#include "store/runs.h"

#define REPACK_MS (30L * 60 * 1000)
#define LOCK_MS   (REPACK_MS + 10L * 60 * 1000)
/* So long after it was closed somebody may look for what a pull became. */
#define HEADS_KEPT_MS ((int64_t)24 * 3600 * 1000)

void gc_done_release(struct gc_done *done)
{
	free(done->name);
	free(done->left_out);
	free(done->not_repacked);
	memset(done, 0, sizeof(*done));
}

static void fail(struct gc_done *done, const struct err *err)
{
	done->left_out = xstrdup(err->msg);
	done->failed = true;
}

static int expire(struct gc_done *done, struct repo *repo,
		  const struct settings *settings, struct err *err)
{
	int64_t before_ms = clock_wall_ms() - settings->retention_ms;

	if (runs_expire(&done->records, repo, before_ms, err) < 0)
		return -1;
	return pull_states_expire(&done->states, repo, before_ms, err);
}

/* May the head of this pull go? One that nothing is remembered of is fetched
 * again if it is ever wanted. */
static bool is_over(const struct pull_list *states, int64_t number)
{
	bool is_over;
	char *path;

	for (size_t i = 0; i < states->len; i++) {
		const struct pull_state *state = &states->items[i];

		if (state->number == number)
			return due_is_over(state) &&
			       state->seen_at_ms <
				       clock_wall_ms() - HEADS_KEPT_MS;
	}
	path = pull_state_path(number, NULL);
	is_over = !strvec_has(&states->unreadable, path);
	free(path);
	return is_over;
}

/* What only they hold goes with the next repacking. */
static int drop_heads(struct gc_done *done, struct repo *repo, struct err *err)
{
	struct pull_list states = { 0 };
	struct ref_list heads = { 0 };
	int ret = -1;

	if (pull_states_list(&states, repo, err) < 0 ||
	    ref_list(&heads, repo, PULL_HEADS, err) < 0)
		goto out;
	ret = 0;
	for (size_t i = 0; !ret && i < heads.len; i++) {
		const struct ref_entry *head = &heads.items[i];

		int64_t number = strtoll(head->name + strlen(PULL_HEADS), NULL,
					 10);

		if (!is_over(&states, number))
			continue;
		fault_point("gc.head");
		ret = ref_delete(repo, head->name, &head->id, err);
		done->heads += !ret;
	}
out:
	ref_list_release(&heads);
	pull_list_release(&states);
	return ret;
}

/* The first line of what git said. */
static char *complaint(const struct child_result *result)
{
	char *clean = text_clean(result->error.ptr, true);

	clean[strcspn(clean, "\n")] = '\0';
	if (*clean)
		return clean;
	free(clean);
	return xstrf("git ended with status %d", result->exit_status);
}

/* `how` is "--auto", where git decides whether it is worth it, or how old what
 * nothing refers to must be to go: somebody may be writing. */
static void repack(struct gc_done *done, const char *git_dir, const char *how)
{
	const char *argv[] = { "git",     "--git-dir", git_dir, "gc",
			       "--quiet", how,         NULL };
	const char *path = getenv("PATH"), *home = getenv("HOME");
	const struct child_variable variables[] = {
		{ .name = "PATH", .value = path ? path : "/usr/bin:/bin" },
		{ .name = "HOME", .value = home ? home : "/" },
		{ .name = "LC_ALL", .value = "C" },
	};
	const struct child_command command = {
		.argv = argv,
		.variables = variables,
		.variable_count = ARRAY_LEN(variables),
		.timeout_ms = REPACK_MS,
	};
	struct child_result result;
	struct err err = ERR_INIT;

	fault_point("gc.repack");
	if (child_run(&result, &command, NULL, &err) < 0)
		done->not_repacked = xstrdup(err.msg);
	else if (result.exit_status != 0)
		done->not_repacked = complaint(&result);
	else
		done->is_repacked = true;
	child_result_release(&result);
}

static void prune_replies(struct gc_done *done, const char *state_dir)
{
	struct cache *cache = NULL;
	struct err err = ERR_INIT;
	char *dir = xstrf("%s/cache", state_dir);

	if (access(dir, F_OK) == 0) {
		if (cache_open(&cache, dir, LIMIT_CACHE_BYTES, &err) < 0)
			fail(done, &err);
		else
			done->replies = cache_prune(cache, LIMIT_CACHE_AGE_S);
		cache_close(cache);
	}
	free(dir);
}

void gc_clone(struct gc_done *out, struct repo *repo,
	      const struct settings *settings)
{
	const char *work_dir = repo_work_dir(repo);
	struct err err = ERR_INIT;
	char *state_dir = clone_state_dir(repo);

	*out = (struct gc_done){
		.name = xstrdup(work_dir ? work_dir : repo_git_dir(repo))
	};
	if (expire(out, repo, settings, &err) < 0) {
		fail(out, &err);
	} else {
		prune_replies(out, state_dir);
		repack(out, repo_git_dir(repo), "--auto");
		out->is_repacked = false; /* or not: nobody tells */
	}
	free(state_dir);
}

static void note_cleaned(struct gc_done *out,
			 const struct janitor_report *cleaned)
{
	out->locks = cleaned->locks;
	out->packs = cleaned->packs;
	out->objects = cleaned->objects;
}

/* Under the project's lock. */
static void tidy_mirror(struct gc_done *out, const char *git_dir,
			const struct settings *settings)
{
	struct janitor_report cleaned = { 0 };
	struct repo *repo = NULL;
	struct err err = ERR_INIT;

	if (janitor_clean(&cleaned, git_dir, 0, &err) < 0 ||
	    repo_open_bare(&repo, git_dir, &err) < 0 ||
	    expire(out, repo, settings, &err) < 0 ||
	    drop_heads(out, repo, &err) < 0)
		fail(out, &err);
	else
		repack(out, git_dir, "--prune=2.weeks.ago");
	note_cleaned(out, &cleaned);
	repo_free(repo);
}

static int tidy_project(struct gc_done *out, const char *git_dir,
			const struct settings *settings, struct err *err)
{
	struct project_lock *lock = NULL;

	if (access(git_dir, F_OK) < 0) {
		out->left_out = xstrdup("it has no mirror yet");
		return 0;
	}
	if (project_lock_take(&lock, settings->state_dir, out->name, LOCK_MS,
			      err) < 0) {
		if (err->code != ERR_CONFLICT)
			return -1;
		out->left_out = xstrdup("somebody works on it");
		return 0;
	}
	tidy_mirror(out, git_dir, settings);
	project_lock_free(lock);
	return 0;
}

void gc_project(struct gc_done *out, const struct settings *settings,
		const struct project_settings *project)
{
	struct err err = ERR_INIT;
	struct buf path;

	*out = (struct gc_done){ .name = xstrdup(project->name) };
	buf_init(&path, LIMIT_PATH_BYTES);
	if (mirror_path(&path, settings, project->name, &err) < 0 ||
	    tidy_project(out, path.ptr, settings, &err) < 0)
		fail(out, &err);
	buf_release(&path);
}

void gc_installation(struct gc_done *out, const struct settings *settings)
{
	char *control = xstrf("%s/control.git", settings->state_dir);
	struct janitor_report cleaned = { 0 };
	struct err err = ERR_INIT;

	*out = (struct gc_done){ .name = xstrdup(settings->state_dir) };
	prune_replies(out, settings->state_dir);
	if (!out->failed && access(control, F_OK) == 0) {
		if (janitor_clean(&cleaned, control, JANITOR_LOCKS_MS, &err) <
		    0)
			fail(out, &err);
		else
			repack(out, control, "--prune=2.weeks.ago");
		note_cleaned(out, &cleaned);
	}
	free(control);
}
