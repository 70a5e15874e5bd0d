#include <stdlib.h>
#include <string.h>

#include "code/rules.h"
#include "code/rules_project.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "services/offline_job.h"

enum { MISTAKES_TOLD = 5 };

static bool is_security(const struct rule *rule)
{
	static const char *const categories[] = { "security", "privacy",
						  "supply-chain" };

	for (size_t i = 0; i < ARRAY_LEN(categories); i++)
		if (strcmp(rule->category, categories[i]) == 0)
			return true;
	return false;
}

static bool is_asked_for(const struct rule *rule, enum offline_rules which)
{
	return which == OFFLINE_ALL_RULES ||
	       is_security(rule) == (which == OFFLINE_SECURITY_RULES);
}

static void note_mistakes(struct offline_job *job,
			  const struct mistakes *mistakes)
{
	struct buf line;

	buf_init(&line, LIMIT_LOG_LINE);
	for (size_t i = 0; i < mistakes->len && i < MISTAKES_TOLD; i++) {
		buf_reset(&line);
		mistake_format(&line, &mistakes->items[i]);
		strvec_addf(&job->remarks, "A mistake in the rules: %s.",
			    line.ptr);
	}
	if (mistakes->errors > MISTAKES_TOLD)
		strvec_addf(&job->remarks, "%zu more mistakes in the rules.",
			    mistakes->errors - MISTAKES_TOLD);
	buf_release(&line);
}

int offline_load_rules(struct offline_job *job, struct err *err)
{
	const struct offline_question *question = job->question;
	struct mistakes mistakes = { 0 };
	struct oid trusted;
	int ret = 0;

	if (job->rules)
		return 0;
	job->rules = rule_set_new();
	rule_set_add_shipped(job->rules);
	if (question->trusted && oid_parse(&trusted, question->trusted))
		ret = rule_set_add_project(job->rules, question->repo, &trusted,
					   &mistakes, err);
	note_mistakes(job, &mistakes);
	mistakes_release(&mistakes);
	return ret;
}

void offline_note_passed(struct offline_job *job,
			 const struct offline_scan *scan)
{
	for (size_t i = 0; i < scan->problems.len; i++)
		strvec_addf(&job->remarks, "%s.", scan->problems.v[i]);
	if (scan->ignored)
		strvec_addf(&job->remarks, "%zu match%s excused by comments.",
			    scan->ignored,
			    scan->ignored == 1 ? " is" : "es are");
	if (scan->baselined)
		strvec_addf(&job->remarks,
			    "%zu match%s known from the baseline.",
			    scan->baselined,
			    scan->baselined == 1 ? " is" : "es are");
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static int scan_files(struct offline_job *job, struct offline_scan *scan,
		      size_t *files, struct err *err)
{
	const struct changeset *changeset = job->question->changeset;

	for (size_t i = 0; i < changeset->file_count; i++) {
		const struct changed_file *file = &changeset->files[i];
		struct offline_file loaded;
		struct rule_input input;

		if (!offline_is_readable(file))
			continue;
		if (offline_check(job, err) < 0 ||
		    offline_file_load(&loaded, job->question->repo, file, err) <
			    0)
			return -1;
		input = offline_file_input(&loaded);
		offline_scan_rules(scan, &input);
		offline_file_release(&loaded);
		(*files)++;
	}
	return 0;
}

int offline_rules(struct offline_job *job, enum offline_rules which,
		  struct err *err)
{
	struct offline_scan scan = { .found = offline_add_found,
				     .payload = job };
	size_t files = 0;
	int ret;

	if (offline_load_rules(job, err) < 0 ||
	    secrets_shared(&scan.secrets, NULL, err) < 0)
		return -1;
	for (size_t i = rule_set_len(job->rules); i-- > 0;)
		if (!is_asked_for(rule_set_get(job->rules, i), which))
			rule_set_remove(job->rules,
					rule_set_get(job->rules, i)->id);
	scan.rules = job->rules;
	ret = scan_files(job, &scan, &files, err);
	strvec_addf(&job->remarks,
		    "Looked at the added lines of %zu file%s "
		    "with %zu rules.",
		    files, plural(files), rule_set_len(job->rules));
	offline_note_passed(job, &scan);
	offline_scan_release(&scan);
	return ret;
}
