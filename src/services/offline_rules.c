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

/* The rules that count for this question; mistakes in the project's become
 * remarks. */
static int load_rules(struct rule_set **out, struct offline_job *job,
		      enum offline_rules which, struct err *err)
{
	struct rule_set *set = rule_set_new();
	struct mistakes mistakes = { 0 };
	struct oid trusted;
	struct buf line;
	int ret = -1;

	buf_init(&line, LIMIT_LOG_LINE);
	rule_set_add_shipped(set);
	if (job->question->trusted &&
	    oid_parse(&trusted, job->question->trusted) &&
	    rule_set_add_project(set, job->question->repo, &trusted, &mistakes,
				 err) < 0)
		goto out;
	for (size_t i = rule_set_len(set); i-- > 0;)
		if (!is_asked_for(rule_set_get(set, i), which))
			rule_set_remove(set, rule_set_get(set, i)->id);
	for (size_t i = 0; i < mistakes.len && i < MISTAKES_TOLD; i++) {
		buf_reset(&line);
		mistake_format(&line, &mistakes.items[i]);
		strvec_addf(&job->remarks, "A mistake in the rules: %s.",
			    line.ptr);
	}
	if (mistakes.errors > MISTAKES_TOLD)
		strvec_addf(&job->remarks, "%zu more mistakes in the rules.",
			    mistakes.errors - MISTAKES_TOLD);
	*out = set;
	set = NULL;
	ret = 0;
out:
	rule_set_free(set);
	mistakes_release(&mistakes);
	buf_release(&line);
	return ret;
}

/* "Also on lines 4, 9 and 2 more." */
static void add_places(struct buf *body, const struct rule_hit *hit)
{
	size_t shown = hit->line_count - 1;

	if (!shown)
		return;
	buf_addstr(body, shown == 1 ? " Also on line " : " Also on lines ");
	for (size_t i = 1; i <= shown; i++)
		buf_addf(body, "%s%d",
			 i == 1                                        ? ""
			 : i == shown && hit->count == hit->line_count ? " and "
								       : ", ",
			 hit->lines[i]);
	if (hit->count > hit->line_count)
		buf_addf(body, " and %zu more", hit->count - hit->line_count);
	buf_addch(body, '.');
}

static void add_hit(struct offline_job *job, const char *path,
		    const struct rule_hit *hit)
{
	const struct rule *rule = hit->rule;
	struct offline_remark remark = {
		.path = path,
		.line = hit->lines[0],
		.quote = hit->quote,
		.severity = rule->severity,
		.category = rule->category,
		.title = rule->title,
		.rule = rule->id,
	};
	struct buf body;

	buf_init(&body, LIMIT_FINDING_BODY);
	buf_addf(&body, "%s %s", rule->message, rule->fix);
	add_places(&body, hit);
	if (hit->has_bare_ignore)
		buf_addstr(&body, " The comment that excuses it does not "
				  "count, since it gives no reason.");
	buf_addf(&body, " (rule %s", rule->id);
	if (rule->cwe)
		buf_addf(&body, ", %s", rule->cwe);
	if (rule->masvs)
		buf_addf(&body, ", %s", rule->masvs);
	buf_addch(&body, ')');
	remark.body = body.ptr;
	offline_add(job, &remark);
	buf_release(&body);
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

int offline_rules(struct offline_job *job, enum offline_rules which,
		  struct err *err)
{
	const struct changeset *changeset = job->question->changeset;
	struct rule_set *set = NULL;
	size_t files = 0, ignored = 0, baselined = 0;
	int ret = -1;

	if (load_rules(&set, job, which, err) < 0)
		return -1;
	for (size_t i = 0; i < changeset->file_count; i++) {
		const struct changed_file *file = &changeset->files[i];
		struct rule_hits hits = { 0 };
		struct offline_file loaded;

		if (!offline_is_readable(file))
			continue;
		if (offline_check(job, err) < 0 ||
		    offline_file_load(&loaded, job, file, err) < 0)
			goto out;
		rules_scan(
			&hits, set,
			&(struct rule_input){ .path = file->path,
					      .file_class = file->file_class,
					      .text = loaded.text,
					      .len = loaded.len,
					      .wanted = loaded.added,
					      .wanted_len = loaded.added_len });
		for (size_t j = 0; j < hits.len; j++)
			add_hit(job, file->path, &hits.items[j]);
		for (size_t j = 0; j < hits.problems.len; j++)
			strvec_addf(&job->remarks, "%s.", hits.problems.v[j]);
		files++;
		ignored += hits.ignored;
		baselined += hits.baselined;
		rule_hits_release(&hits);
		offline_file_release(&loaded);
	}
	strvec_addf(&job->remarks,
		    "Looked at the added lines of %zu file%s "
		    "with %zu rules.",
		    files, plural(files), rule_set_len(set));
	if (ignored)
		strvec_addf(&job->remarks, "%zu match%s excused by comments.",
			    ignored, ignored == 1 ? " is" : "es are");
	if (baselined)
		strvec_addf(&job->remarks,
			    "%zu match%s known from the baseline.", baselined,
			    baselined == 1 ? " is" : "es are");
	ret = 0;
out:
	rule_set_free(set);
	return ret;
}
