#ifndef AGENTS_PROMPT_H
#define AGENTS_PROMPT_H

#include "agents/sources.h"
#include "agents/surroundings.h"
#include "core/buf.h"
#include "core/strvec.h"
#include "gateway/service.h"
#include "store/record.h"

/** \file
 * What an agent is told: one text in four parts, in an order that lets agents
 * on the same change share a provider's cached prefix (design part 8). Text of
 * outsiders stands between markers and is named as data. Pure: the same input
 * gives the same bytes.
 */

/** A task of an agent: its name, and what it asks in prose (may be NULL). */
struct prompt_task {
	const char *name;
	const char *text;
};

/** A named text of the workflow or of earlier tasks. */
struct prompt_text {
	const char *name;
	const char *text;
};

/** All borrowed; lists may be empty. */
struct prompt_input {
	const struct sources *sources;
	const char *instructions; /* the body of the agent's definition */
	const struct prompt_task *tasks;
	size_t task_count;
	const struct prompt_text *settings; /* further config scalars: focus */
	size_t setting_count;
	const char *guidance; /* AGENTS.md and the like, of the trusted ref */
	const struct prompt_text *path_rules; /* the workflow's instructions: */
	size_t path_rule_count;            /* name is the paths it is for   */
	const struct prompt_text *results; /* of earlier tasks              */
	size_t result_count;
	const char *previous; /* earlier findings and their state; or NULL  */
	const char *title;    /* of the pull; NULL: not shown               */
	const char *description; /* likewise */
	enum answer_kind answer;
	size_t max_change_bytes; /* bound on the diff shown in one look */
	/* A larger change is looked at in several (agents/groups.h). */
	size_t group, max_groups; /* which of them; at most so many, 0: one */
	bool with_related; /* imports, types and functions around changes */
	bool with_rules;   /* what rules say of the added lines */
	const struct surroundings *surroundings; /* NULL: not looked at */
	size_t max_context_bytes; /* bound on code around the change */
};

/** How far each file of the changeset is shown, in its order. */
struct prompt_coverage {
	enum file_coverage *coverage;
	const char **reason; /* static text; NULL where reviewed */
	size_t count;
	size_t groups;          /* looks that the whole change takes */
	struct strvec left_out; /* context there was no room for, in words */
};

void prompt_coverage_release(struct prompt_coverage *coverage);

/** Fills *out (the caller's, for prompt_release()) and *coverage. Files that
 * are generated, vendored or not made to be read are left out; where the bounds
 * are reached the least risky ones are, first in part, then wholly. Of the code
 * around the change, what is worth least goes first. */
void prompt_build(struct prompt *out, struct prompt_coverage *coverage,
		  const struct prompt_input *input);
void prompt_release(struct prompt *prompt);

/** The JSON schema of an answer, the caller's. */
struct json *prompt_schema(enum answer_kind answer);

/** Appends the words that a prompt's last part ends with: what form the answer
 * has. */
void prompt_add_form(struct buf *out, enum answer_kind answer);

/** One of several agents that are asked in one prompt. */
struct prompt_part {
	const char *name; /* of the agent in the run: no two are the same */
	const struct prompt *prompt; /* as it would be asked alone */
};

/**
 * Makes one prompt of several that differ in their last part alone, and are all
 * for answers of that kind: what they share once, then what each agent is asked
 * under its name. The answer is an object with a member for each, which holds
 * what it would have answered alone; *schema (the caller's) says so.
 */
void prompt_join(struct prompt *out, struct json **schema,
		 const struct prompt_part *parts, size_t count,
		 enum answer_kind answer);

/** How much harm a mistake in this file does, from 0 (assets) to 100 (keys,
 * payment, login); from its class and the words in its path. */
int prompt_risk(const struct changed_file *file);

/** A bound from above on the tokens a text is: no tokenizer makes more of it.
 */
int64_t prompt_tokens(const struct prompt *prompt);

#endif /* AGENTS_PROMPT_H */
