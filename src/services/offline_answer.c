#include "services/offline.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "services/offline_job.h"

typedef int offline_part_fn(struct offline_job *job, struct err *err);

static int all_rules(struct offline_job *job, struct err *err)
{
	return offline_rules(job, OFFLINE_ALL_RULES, err);
}

static int lint_rules(struct offline_job *job, struct err *err)
{
	return offline_rules(job, OFFLINE_LINT_RULES, err);
}

static int security_rules(struct offline_job *job, struct err *err)
{
	return offline_rules(job, OFFLINE_SECURITY_RULES, err);
}

/* What is known about each agent's question. An agent is found by its name,
 * else by its type. */
static const struct ability {
	const char *agent;
	const char *type;
	enum answer_kind answer;
	offline_part_fn *parts[2]; /* in this order; NULL: no more */
} abilities[] = {
	{ "code-review-agent",
	  "CodeReviewAgent",
	  ANSWER_FINDINGS,
	  { all_rules, offline_secrets } },
	{ "lint-agent", "LintAgent", ANSWER_FINDINGS, { lint_rules, NULL } },
	{ "security-agent",
	  "SecurityAgent",
	  ANSWER_FINDINGS,
	  { security_rules, offline_secrets } },
	{ "documentation-agent",
	  "DocumentationAgent",
	  ANSWER_FINDINGS,
	  { offline_docs, NULL } },
	{ "test-coverage-agent",
	  "TestCoverageAgent",
	  ANSWER_FINDINGS,
	  { offline_untested, offline_uncovered } },
	{ "test-generation-agent",
	  "TestGenerationAgent",
	  ANSWER_FILES,
	  { offline_generate, NULL } },
};

static const struct ability *find_ability(const char *agent, const char *type,
					  enum answer_kind answer)
{
	for (size_t i = 0; i < ARRAY_LEN(abilities); i++)
		if (abilities[i].answer == answer &&
		    strcmp(abilities[i].agent, agent) == 0)
			return &abilities[i];
	for (size_t i = 0; type && i < ARRAY_LEN(abilities); i++)
		if (abilities[i].answer == answer &&
		    strcmp(abilities[i].type, type) == 0)
			return &abilities[i];
	return NULL;
}

bool offline_can(const char *agent, const char *agent_type,
		 enum answer_kind answer)
{
	return find_ability(agent, agent_type, answer) != NULL;
}

static int run_parts(struct offline_job *job, const struct ability *ability,
		     struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(ability->parts); i++)
		if (ability->parts[i] && ability->parts[i](job, err) < 0)
			return -1;
	return 0;
}

/* The remarks, one after the other. */
static char *summary_of(struct offline_job *job)
{
	struct buf summary;
	size_t kept;

	buf_init(&summary, LIMIT_FINDING_BODY);
	if (job->dropped)
		strvec_addf(&job->remarks, "%zu more findings are left out.",
			    job->dropped);
	for (size_t i = 0; i < job->remarks.len; i++) {
		kept = summary.len;
		buf_addf(&summary, "%s%s", i ? " " : "", job->remarks.v[i]);
		if (summary.overflow) {
			buf_truncate(&summary, kept);
			break;
		}
	}
	return buf_detach(&summary);
}

int offline_answer(struct buf *out, const struct offline_question *question,
		   struct err *err)
{
	const struct ability *ability = find_ability(
		question->agent, question->agent_type, question->answer);
	struct json *answer = json_new_object();
	struct offline_job job = { .question = question };
	char *summary;
	int ret = -1;

	if (!ability) {
		err_set(err, ERR_INVALID, "offline cannot do what %s is asked",
			question->agent);
		goto out;
	}
	if (question->answer == ANSWER_FILES)
		job.files = json_set_array(answer, "files");
	else
		job.findings = json_set_array(answer, "findings");
	if (run_parts(&job, ability, err) < 0)
		goto out;
	summary = summary_of(&job);
	json_set_string(answer, "summary", summary);
	free(summary);
	json_print_to(out, answer);
	ret = 0;
out:
	strvec_release(&job.remarks);
	rule_set_free(job.rules);
	json_free(answer);
	return ret;
}
