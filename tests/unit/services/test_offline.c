#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "core/buf.h"
#include "core/limits.h"
#include "io/cancel.h"

static const struct {
	const char *what, *base, *head, *agent, *said;
} reviews[] = {
	{ "only added lines count", "echo 'let old = try! load()' >A.swift",
	  "echo 'let new = try! load()' >>A.swift", "code-review-agent",
	  "minor A.swift:2 swift-force-try\n" },
	{ "a changed line counts", "echo 'let a = try load()' >A.swift",
	  "echo 'let a = try! load()' >A.swift", "code-review-agent",
	  "minor A.swift:1 swift-force-try\n" },
	{ "a moved file does not",
	  "seq 20 | sed 's/^/let a = try! b(/' >A.swift",
	  "git mv A.swift B.swift", "code-review-agent", "" },
	{ "nor does a deleted one", "echo 'let a = try! b()' >A.swift",
	  "rm A.swift", "code-review-agent", "" },
	{ "nor what is generated or somebody else's", ":",
	  "mkdir Pods && echo 'let a = try! b()' | tee A.pb.swift "
	  ">Pods/A.swift",
	  "code-review-agent", "" },
	{ "nor what the attributes call generated",
	  "echo 'gen/** linguist-generated' >.gitattributes",
	  "mkdir gen && echo 'let a = try! b()' >gen/A.swift",
	  "code-review-agent", "" },
	{ "security is not asked of the lint agent", ":",
	  "printf 'try! a()\\nlet k = kSecAttrAccessibleAlways\\n' >A.swift",
	  "lint-agent", "minor A.swift:1 swift-force-try\n" },
	{ "and style not of the security agent", ":",
	  "printf 'try! a()\\nlet k = kSecAttrAccessibleAlways\\n' >A.swift",
	  "security-agent", "major A.swift:2 ios-keychain-always\n" },
	{ "an empty change", ":", ":", "code-review-agent", "" },
	{ "a project's own rule at the trusted ref",
	  "mkdir -p .referee/rules && cat >.referee/rules/a.yml <<'E'\n"
	  "rules:\n"
	  "  - id: no-dates\n    title: t\n    languages: [swift]\n"
	  "    pattern: Date\\(\\)\n    message: m\n    fix: f\n"
	  "    severity: info\n    category: style\n"
	  "off: [swift-force-try]\nE",
	  "echo 'let a = try! b(Date())' >A.swift", "code-review-agent",
	  "info A.swift:1 no-dates\n" },
	{ "the change's own rules do not count", ":",
	  "mkdir -p .referee/rules && echo 'off: [swift-force-try]' "
	  ">.referee/rules/a.yml; echo 'try! b()' >A.swift",
	  "code-review-agent", "minor A.swift:1 swift-force-try\n" },
};

Test(offline, reviews_what_a_change_adds)
{
	for (size_t i = 0; i < ARRAY_LEN(reviews); i++) {
		struct asked asked;
		char *said;

		asked_init(&asked, reviews[i].base, reviews[i].head);
		asked_ask(&asked, reviews[i].agent, ANSWER_FINDINGS);
		said = asked_findings(&asked);
		cr_expect(strcmp(said, reviews[i].said) == 0, "%s:\n%s",
			  reviews[i].what, said);
		free(said);
		asked_release(&asked);
	}
}

Test(offline, a_finding_quotes_the_code_and_says_why_and_what_to_do)
{
	struct asked asked;
	const struct json *at;
	const char *body;

	asked_init(&asked, ":",
		   "printf '\\n  let a = try! b()\\n\\ntry! c()\\n' >A.swift");
	asked_ask(&asked, "code-review-agent", ANSWER_FINDINGS);
	at = json_find(asked.answer, "findings.0");
	cr_expect(eq(str, (char *)json_string_or(at, "quote", ""),
		     "let a = try! b()"));
	cr_expect(eq(str, (char *)json_string_or(at, "category", ""),
		     "correctness"));
	body = json_string_or(at, "body", "");
	cr_expect(strstr(body, "ends the app") != NULL, "%s", body);
	cr_expect(strstr(body, "do/catch") != NULL, "%s", body);
	cr_expect(strstr(body, "Also on line 4.") != NULL, "%s", body);
	cr_expect(strstr(body, "swift-force-try, CWE-248") != NULL, "%s", body);
	asked_release(&asked);
}

Test(offline, mistakes_in_a_projects_rules_are_told)
{
	struct asked asked;
	const char *summary;

	asked_init(
		&asked,
		"mkdir -p .referee/rules; echo 'of: []' >.referee/rules/a.yml",
		"echo 'let a = 1' >A.swift");
	asked_ask(&asked, "code-review-agent", ANSWER_FINDINGS);
	summary = json_string_or(asked.answer, "summary", "");
	cr_expect(strstr(summary,
			 ".referee/rules/a.yml:1:1: unknown key 'of'") != NULL,
		  "%s", summary);
	asked_release(&asked);
}

Test(offline, the_same_question_has_the_same_answer)
{
	struct asked asked;
	char *once, *again;

	asked_init(&asked, ":",
		   "for i in 1 2 3 4 5 6; do echo 'let a = try! b(c!)' "
		   ">A$i.swift; done");
	asked_ask(&asked, "code-review-agent", ANSWER_FINDINGS);
	once = json_print(asked.answer);
	asked_ask(&asked, "code-review-agent", ANSWER_FINDINGS);
	again = json_print(asked.answer);
	cr_expect(eq(str, once, again));
	free(once);
	free(again);
	asked_release(&asked);
}

Test(offline, says_what_it_cannot_do)
{
	struct asked asked;
	struct offline_question question = {
		.agent = "migration-planning-agent", .answer = ANSWER_DOCUMENT
	};
	struct err err = ERR_INIT;
	struct buf out;

	asked_init(&asked, ":", ":");
	question.changeset = &asked.changes;
	question.repo = asked.repo;
	buf_init(&out, 1 * MIB);
	cr_expect(not(offline_can(question.agent, NULL, ANSWER_DOCUMENT)));
	must_fail(ERR_INVALID, offline_answer(&out, &question, &err));
	cr_expect(eq(str, err.msg,
		     "offline cannot do what migration-planning-agent is "
		     "asked"));
	buf_release(&out);
	asked_release(&asked);
}

Test(offline, an_agent_of_another_name_is_known_by_its_type)
{
	cr_expect(
		offline_can("our-review", "CodeReviewAgent", ANSWER_FINDINGS));
	cr_expect(not(offline_can("our-review", NULL, ANSWER_FINDINGS)));
	cr_expect(not(
		offline_can("our-review", "CodeReviewAgent", ANSWER_DOCUMENT)));
}

Test(offline, stops_when_it_is_told_to)
{
	struct asked asked;
	struct cancel cancel = { 0 };
	struct offline_question question = { .agent = "code-review-agent",
					     .answer = ANSWER_FINDINGS };
	struct err err = ERR_INIT;
	struct buf out;

	asked_init(&asked, ":", "echo 'let a = 1' >A.swift");
	question.changeset = &asked.changes;
	question.repo = asked.repo;
	buf_init(&out, 1 * MIB);
	question.until_ms = 1;
	must_fail(ERR_TIMEOUT, offline_answer(&out, &question, &err));
	question.until_ms = 0;
	question.cancel = &cancel;
	cancel_request(&cancel);
	must_fail(ERR_CANCELLED, offline_answer(&out, &question, &err));
	buf_release(&out);
	asked_release(&asked);
}
