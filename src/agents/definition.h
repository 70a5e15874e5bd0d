#ifndef AGENTS_DEFINITION_H
#define AGENTS_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/mistakes.h"
#include "config/settings.h"
#include "core/strvec.h"
#include "gateway/service.h"

/** \file
 * Agents as people define them: Markdown with YAML front matter,
 * referee-agent(5).
 */

/** What an agent gets to see beside the diff. */
enum agent_context {
	CONTEXT_CHANGE = 1 << 0,   /* the diff; always                        */
	CONTEXT_ABOUT = 1 << 1,    /* title and description of the pull       */
	CONTEXT_GUIDANCE = 1 << 2, /* AGENTS.md and the like                  */
	CONTEXT_SYMBOLS = 1 << 3,  /* enclosing functions, types, imports     */
	CONTEXT_STATIC = 1 << 4,   /* what rules and structure say            */
	CONTEXT_PREVIOUS = 1 << 5, /* earlier findings on this pull           */
	CONTEXT_RESULTS = 1 << 6,  /* results of the tasks it depends on      */
};

struct agent_task {
	char *name;
	char *text;
};

struct agent_definition {
	char *name; /* "code-review-agent"         */
	char *type; /* "CodeReviewAgent", or NULL  */
	enum answer_kind answer;
	unsigned context;           /* enum agent_context, or'ed */
	enum complexity complexity; /* default: COMPLEXITY_AUTO */
	struct strvec platforms;    /* empty: all */
	struct agent_task *tasks;
	size_t task_count, task_cap;
	int64_t cache_ms;   /* how long an answer to the same question serves;
			       0: not at all. Default: 7 days */
	int requests;       /* looks a large change is spread over at most */
	char *instructions; /* the Markdown below the front matter       */
	char *path;         /* where it is from, for messages            */
	char *digest;       /* SHA-256 of its file, 64 digits            */
	bool is_shipped;
};

/** The definitions in force: shipped ones, replaced or added to by others. */
struct agent_list {
	struct agent_definition **items;
	size_t len, cap;
};

/** Adds what is shipped. Its files are right, which a test shows. */
void agent_list_add_shipped(struct agent_list *list);

/** Reads one file and adds it, in place of one of the same name. Mistakes are
 * noted; false if there was one. */
bool agent_list_add(struct agent_list *list, const char *path, const char *text,
		    size_t len, struct mistakes *mistakes);
void agent_list_release(struct agent_list *list);

/** By name; else, if `type` is not NULL, the first of that type; else NULL. */
const struct agent_definition *agent_list_find(const struct agent_list *list,
					       const char *name,
					       const char *type);

/** The front matter's table, for tests and completion. */
extern const struct field agent_fields[];
extern const size_t agent_field_count;

/** What `context` takes, in the order of the bits; ended by NULL. */
extern const char *const agent_context_names[];

/** What `platforms` takes, ended by NULL. */
extern const char *const agent_platform_names[];

#endif /* AGENTS_DEFINITION_H */
