#include "app/scan.h"

#include <stdlib.h>
#include <string.h>

#include "app/place.h"
#include "app/scanner.h"
#include "code/rules_project.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "io/file.h"

void scan_result_release(struct scan_result *result)
{
	run_record_release(&result->record);
	strvec_release(&result->baseline);
	strvec_release(&result->remarks);
	*result = (struct scan_result){ 0 };
}

/* A scan as a run with one agent, which is what reports show. */
static void describe(struct run_record *record)
{
	ulid_new(record->id);
	record->workflow = xstrdup("scan");
	record->title = xstrdup("Rules and secrets");
	record->event = xstrdup("manual");
	record->verdict = VERDICT_PASS;
	record->bar = SEVERITY_INFO;
	record->started_at_ms = clock_wall_ms();
	record->tasks = xcalloc(1, sizeof(*record->tasks));
	record->task_count = 1;
	record->tasks[0].agent = xstrdup("scan");
	record->tasks[0].state = TASK_ANSWERED;
	record->tasks[0].service = xstrdup("offline");
}

/* What the change is compared with, else what is checked out, says which rules
 * count: a work tree of somebody else's branch does not switch them off. */
static int find_trusted(struct oid *out, struct repo *repo)
{
	struct err ignored = ERR_INIT;
	char *name = NULL;
	int ret = repo_default_base(out, &name, repo, &ignored);

	free(name);
	return ret < 0 ? repo_head(out, repo, &ignored) : 0;
}

/* "REV..REV", either of which may be left out. */
static int read_range(struct oid *base, struct oid *head, struct repo *repo,
		      const char *target, struct err *err)
{
	const char *dots = strstr(target, "..");
	char *from = xmemdup(target, (size_t)(dots - target));
	const char *to = dots + 2 + (dots[2] == '.');
	int ret = -1;

	if (repo_resolve(base, repo, *from ? from : "HEAD", err) == 0 &&
	    repo_resolve(head, repo, *to ? to : "HEAD", err) == 0)
		ret = 0;
	free(from);
	return ret;
}

static int scan_range(struct scanner *scanner, struct repo *repo,
		      const char *target, struct mistakes *mistakes,
		      struct err *err)
{
	struct scan_result *result = scanner->result;
	struct oid base, head;

	if (read_range(&base, &head, repo, target, err) < 0 ||
	    rule_set_add_project(scanner->rules, repo, &base, mistakes, err) <
		    0)
		return -1;
	oid_format(result->base, &base);
	oid_format(result->head, &head);
	return scan_change(scanner, repo, &base, &head, err);
}

static int scan_tree(struct scanner *scanner, struct repo *repo,
		     const char *target, struct mistakes *mistakes,
		     struct err *err)
{
	struct oid trusted;

	if (repo && find_trusted(&trusted, repo) == 0 &&
	    rule_set_add_project(scanner->rules, repo, &trusted, mistakes,
				 err) < 0)
		return -1;
	return scan_files(scanner, repo, target, err);
}

int scan_run(struct scan_result *out, const struct scan_options *options,
	     struct mistakes *mistakes, struct err *err)
{
	const char *target = options->target;
	bool is_change = target && strstr(target, "..") && !file_exists(target);
	int64_t begun = clock_mono_ms();
	struct scanner scanner = { 0 };
	struct repo *repo = NULL;
	int ret = -1;

	*out = (struct scan_result){ 0 };
	describe(&out->record);
	if (is_change ? repo_open(&repo, options->repo_dir, err) < 0
		      : place_repo(&repo, options->repo_dir, target, err) < 0)
		return -1;
	if (scanner_open(&scanner, out, repo, err) < 0)
		goto out;
	if (is_change)
		ret = scan_range(&scanner, repo, target, mistakes, err);
	else
		ret = scan_tree(&scanner, repo, target, mistakes, err);
	scanner_close(&scanner);
out:
	out->record.duration_ms = clock_mono_ms() - begun;
	repo_free(repo);
	return ret;
}
