/*
 * The definitions in force for changes of a project: from its trusted commits,
 * never from a head.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/poll_look.h"
#include "core/alloc.h"
#include "core/log.h"
#include "repo/refs.h"

static void tell_mistakes(const struct poll_project *project,
			  const struct mistakes *mistakes)
{
	for (size_t i = 0; i < mistakes->len; i++) {
		const struct mistake *mistake = &mistakes->items[i];

		if (mistake->is_warning)
			log_warn("project '%s': %s:%d:%d: %s",
				 project->project->name, mistake->path,
				 mistake->place.line, mistake->place.column,
				 mistake->text);
		else
			log_error("project '%s': %s:%d:%d: %s",
				  project->project->name, mistake->path,
				  mistake->place.line, mistake->place.column,
				  mistake->text);
	}
}

static bool is_trusted(const struct poll_project *project, const char *branch)
{
	struct pattern_list list = { 0 };
	struct err ignored = ERR_INIT;
	bool trusted = false;

	for (size_t i = 0; i < project->project->branches.len; i++)
		if (pattern_list_add(&list, project->project->branches.v[i],
				     &ignored) < 0)
			log_warn("%s", ignored.msg);
	if (list.len)
		trusted = pattern_list_match_name(&list, branch);
	pattern_list_release(&list);
	return trusted;
}

/* The branch whose definitions count for changes of `branch`; borrowed. */
static const char *trusted_branch(const struct poll_project *project,
				  const char *branch)
{
	const char *by_default = mirror_default_branch(project->mirror);

	return is_trusted(project, branch) || !by_default ? branch : by_default;
}

static struct poll_definitions *add_entry(struct poll_project *project,
					  const struct oid *trusted,
					  const char *branch)
{
	struct poll_definitions *entry = xcalloc(1, sizeof(*entry));

	entry->trusted = *trusted;
	entry->branch = xstrdup(branch);
	ARRAY_GROW(project->definitions, project->definitions_len,
		   project->definitions_cap);
	project->definitions[project->definitions_len++] = entry;
	return entry;
}

/* Were they told before, and is it not time yet to tell them again? */
static bool is_waiting(const struct poll_project *project,
		       const struct poll_definitions *entry)
{
	const struct pull_state *state = poll_find_state(project, 0,
							 entry->branch);

	return !project->dry_run && state &&
	       !strcmp(state->mistakes, entry->mistakes) &&
	       !(state->mistakes_retry_at_ms &&
		 state->mistakes_retry_at_ms <= project->now_ms);
}

static void note_mistakes(struct poll_project *project,
			  struct poll_definitions *entry,
			  const struct mistakes *mistakes)
{
	struct sha256 *sha = sha256_new();

	for (size_t i = 0; i < mistakes->len; i++) {
		const struct mistake *mistake = &mistakes->items[i];

		sha256_add_field(sha, mistake->path, strlen(mistake->path));
		sha256_add_field(sha, &mistake->place.line,
				 sizeof(mistake->place.line));
		sha256_add_field(sha, mistake->text, strlen(mistake->text));
	}
	sha256_end(sha, entry->mistakes);
	entry->is_waiting = is_waiting(project, entry);
	if (entry->is_waiting)
		log_info("project '%s': workflows at %s are still broken",
			 project->project->name, entry->branch);
}

static void load(struct poll_definitions *entry, struct poll_project *project)
{
	const struct definition_sources sources = {
		.repo = mirror_repo(project->mirror),
		.trusted = &entry->trusted,
		.folder = project->project->workflows,
		.company = project->company.repo,
		.company_commit = &project->company.commit,
		.settings = project->settings,
	};
	struct mistakes mistakes = { 0 };
	int ret = definitions_load(&entry->definitions, &sources, &mistakes,
				   &entry->err);

	if (ret < 0 && mistakes.errors)
		note_mistakes(project, entry, &mistakes);
	if (!entry->is_waiting)
		tell_mistakes(project, &mistakes);
	mistakes_release(&mistakes);
}

/* What is known at the trusted commit for changes of `branch`. */
static int find_entry(struct poll_definitions **out,
		      struct poll_project *project, const char *branch,
		      struct err *err)
{
	const char *name = trusted_branch(project, branch);
	struct oid trusted;
	char *ref = xstrf(HEADS "%s", name);
	int ret = ref_read(&trusted, mirror_repo(project->mirror), ref, err);

	free(ref);
	if (ret < 0)
		return -1;
	for (size_t i = 0; i < project->definitions_len; i++) {
		*out = project->definitions[i];
		if (oid_equal(&(*out)->trusted, &trusted))
			return 0;
	}
	*out = add_entry(project, &trusted, name);
	load(*out, project);
	return 0;
}

int poll_definitions_for(struct definitions **out, struct oid *trusted,
			 struct poll_project *project, const char *branch,
			 struct err *err)
{
	struct poll_definitions *entry;

	if (find_entry(&entry, project, branch, err) < 0)
		return -1;
	*out = &entry->definitions;
	*trusted = entry->trusted;
	if (!entry->err.code)
		return 0;
	*err = entry->err;
	return -1;
}

bool poll_definitions_wait(struct poll_project *project, const char *branch)
{
	struct err ignored = ERR_INIT;
	struct poll_definitions *entry;

	return !find_entry(&entry, project, branch, &ignored) &&
	       entry->is_waiting;
}

/* They were told a first time, or once more. */
static void remember_mistakes(struct pull_state *state,
			      const struct poll_definitions *entry,
			      int64_t now_ms)
{
	if (strcmp(state->mistakes, entry->mistakes) != 0)
		state->mistakes_told = 0;
	snprintf(state->mistakes, sizeof(state->mistakes), "%s",
		 entry->mistakes);
	state->mistakes_retry_at_ms = due_again(state->mistakes_told++, now_ms);
}

void look_at_mistakes(struct look *look)
{
	const struct poll_project *project = look->project;

	for (size_t i = 0; i < project->definitions_len; i++) {
		const struct poll_definitions *entry = project->definitions[i];
		struct pull_state *state = poll_find_state(look->project, 0,
							   entry->branch);
		bool is_new;

		if (entry->is_waiting ||
		    poll_is_unreadable(project, 0, entry->branch))
			continue;
		if (*entry->mistakes) {
			state = look_state(look, 0, entry->branch, &is_new);
			remember_mistakes(state, entry, project->now_ms);
			look_touch(look, state);
		} else if (!entry->err.code && state && *state->mistakes) {
			*state->mistakes = '\0';
			state->mistakes_told = 0;
			state->mistakes_retry_at_ms = 0;
			look_touch(look, state);
		}
	}
}
