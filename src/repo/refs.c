#include "repo/refs.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/alloc.h"
#include "core/fault.h"
#include "core/random.h"
#include "repo/git.h"

/* A lock that stands is somebody's write under way, or stale. */
#define LOCK_TRIES         6
#define LOCK_FIRST_WAIT_MS 5

int ref_read(struct oid *out, struct repo *repo, const char *name,
	     struct err *err)
{
	git_oid id;
	int code = git_reference_name_to_id(&id, repo_git(repo), name);

	if (code < 0)
		return err_set_git(err, code, "ref '%s'", name);
	*out = oid_from_git(&id);
	return 0;
}

char *ref_symbolic_target(struct repo *repo, const char *name)
{
	git_reference *ref = NULL;
	char *target = NULL;

	if (!git_reference_lookup(&ref, repo_git(repo), name) &&
	    git_reference_type(ref) == GIT_REFERENCE_SYMBOLIC)
		target = xstrdup(git_reference_symbolic_target(ref));
	git_reference_free(ref);
	git_error_clear();
	return target;
}

/* Doubling, with up to as much again by chance, so that two never meet in step:
 * 5..10 ms, 10..20 ms and on, under half a second in all. */
static void wait_for_lock(int tries)
{
	long wait_ms = (long)LOCK_FIRST_WAIT_MS << tries;
	struct timespec pause = { 0 };
	unsigned chance;

	random_bytes(&chance, sizeof(chance));
	wait_ms += (long)(chance % (unsigned)wait_ms);
	pause.tv_nsec = wait_ms * 1000000L;
	nanosleep(&pause, NULL);
}

static int conflict(struct err *err, const char *name)
{
	git_error_clear();
	return err_set(err, ERR_CONFLICT, "ref '%s' was moved by somebody else",
		       name);
}

static int locked(struct err *err, const struct repo *repo, const char *name)
{
	git_error_clear();
	return err_set(err, ERR_CONFLICT,
		       "ref '%s' is locked: another git is writing, or was "
		       "killed; if none is at work, remove %s%s.lock",
		       name, repo_git_dir(repo), name);
}

static int fail_move(int code, struct repo *repo, const char *name,
		     const struct oid *expected, struct err *err)
{
	const git_error *last = git_error_last();
	struct err unused = ERR_INIT;
	bool is_blocked;
	struct oid now;

	if (code == GIT_EMODIFIED)
		return conflict(err, name);
	if (code == GIT_ENOTFOUND && expected)
		return conflict(err, name); /* deleted meanwhile */
	if (code == GIT_ELOCKED)
		return locked(err, repo, name);
	is_blocked = code == GIT_EEXISTS || code == GIT_EDIRECTORY ||
		     (code == GIT_ERROR && last &&
		      strstr(last->message, "beneath"));
	err_set_git(err, code, "ref '%s'", name);
	/* Either it has come to be, or "a/b" stands in the way of "a". */
	if (is_blocked && ref_read(&now, repo, name, &unused) < 0)
		err->code = ERR_INVALID;
	return -1;
}

int ref_move(struct repo *repo, const char *name, const struct oid *expected,
	     const struct oid *target, const char *why, struct err *err)
{
	static const struct oid none;
	git_oid from = oid_to_git(expected ? expected : &none);
	git_oid to = oid_to_git(target);
	git_reference *moved = NULL;
	int code;

	fault_point("repo.ref");
	for (int tries = 0;; tries++) {
		/* force, or an existing ref is refused; the expected id is
		 * compared under the ref's lock, zero means absent. */
		code = git_reference_create_matching(&moved, repo_git(repo),
						     name, &to, 1, &from, why);
		if (code != GIT_ELOCKED || tries == LOCK_TRIES)
			break;
		wait_for_lock(tries);
	}
	git_reference_free(moved);
	return code < 0 ? fail_move(code, repo, name, expected, err) : 0;
}

static int delete_once(git_repository *git, const char *name,
		       const struct oid *expected)
{
	git_oid from = oid_to_git(expected);
	git_reference *ref = NULL;
	int code = git_reference_lookup(&ref, git, name);

	/* git_reference_delete() compares with the id it was looked up at. */
	if (!code && (git_reference_type(ref) != GIT_REFERENCE_DIRECT ||
		      !git_oid_equal(git_reference_target(ref), &from)))
		code = GIT_EMODIFIED;
	if (!code)
		code = git_reference_delete(ref);
	git_reference_free(ref);
	return code;
}

int ref_delete(struct repo *repo, const char *name, const struct oid *expected,
	       struct err *err)
{
	int code;

	fault_point("repo.ref");
	for (int tries = 0;; tries++) {
		code = delete_once(repo_git(repo), name, expected);
		if (code != GIT_ELOCKED || tries == LOCK_TRIES)
			break;
		wait_for_lock(tries);
	}
	return code < 0 ? fail_move(code, repo, name, expected, err) : 0;
}

static int compare_entries(const void *a, const void *b)
{
	const struct ref_entry *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int add_entry(struct ref_list *list, struct repo *repo,
		     git_reference *ref)
{
	const char *name = git_reference_name(ref);
	struct ref_entry *entry;
	git_oid id;

	/* A symbolic ref to nowhere is no ref; git leaves it out, too. */
	if (git_reference_name_to_id(&id, repo_git(repo), name) < 0)
		return 0;
	ARRAY_GROW(list->items, list->len, list->cap);
	entry = &list->items[list->len++];
	entry->name = xstrdup(name);
	entry->id = oid_from_git(&id);
	return 0;
}

int ref_list(struct ref_list *out, struct repo *repo, const char *prefix,
	     struct err *err)
{
	git_reference_iterator *iterator = NULL;
	git_reference *ref;
	int code;

	memset(out, 0, sizeof(*out));
	code = git_reference_iterator_new(&iterator, repo_git(repo));
	while (!code && !(code = git_reference_next(&ref, iterator))) {
		if (!strncmp(git_reference_name(ref), prefix, strlen(prefix)))
			code = add_entry(out, repo, ref);
		git_reference_free(ref);
	}
	git_reference_iterator_free(iterator);
	if (code != GIT_ITEROVER) {
		ref_list_release(out);
		return err_set_git(err, code, "refs below '%s'", prefix);
	}
	git_error_clear();
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items),
		      compare_entries);
	return 0;
}

void ref_list_release(struct ref_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		free(list->items[i].name);
	free(list->items);
	memset(list, 0, sizeof(*list));
}
