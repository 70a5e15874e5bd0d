#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/json.h"
#include "core/random.h"
#include "core/severity.h"
#include "core/sha256.h"
#include "core/strvec.h"

/** \file
 * The record of a run: one workflow on one change. Plain data that owns its
 * strings; a string that is not known is NULL. Written once as JSON
 * (referee-refs(7) has the format) and never changed afterwards; every report
 * is a rendering of it.
 */

#define RECORD_VERSION 1

enum verdict {
	VERDICT_PASS,
	VERDICT_ATTENTION, /* findings at or above the workflow's bar */
	VERDICT_SKIPPED,
	VERDICT_FAILED,
};

const char *verdict_name(enum verdict verdict);
bool verdict_parse(enum verdict *out, const char *name);

#define FINGERPRINT_SIZE 13

/** One remark. */
struct finding {
	char fingerprint[FINGERPRINT_SIZE]; /* 12 hex digits, "" until known */
	char *path;
	int line, end_line; /* in the head; 0: shown without a line      */
	char *quote;        /* the code it speaks of, as it stands there */
	enum severity severity;
	char *category; /* "security", "correctness" ...             */
	char *title;
	char *body;
	char *suggestion;     /* replaces lines line..end_line             */
	double confidence;    /* 0..1; negative: not said                  */
	struct strvec agents; /* who said it                               */
	char *rule;           /* id of the rule, for findings of rules     */
	char *symbol;         /* enclosing function or type                */
};

struct finding_list {
	struct finding *items;
	size_t len, cap;
};

/** A zeroed finding at the end, to be filled. */
struct finding *finding_list_add(struct finding_list *list);
void finding_list_release(struct finding_list *list);
void finding_release(struct finding *finding);

/** By severity (worst first), path, line, title: the order of every report. */
void finding_list_sort(struct finding_list *list);

/** JSON object with the members of design part 8 and "fingerprint". */
struct json *finding_format(const struct finding *finding);
MUST_CHECK int finding_parse(struct finding *out, const struct json *at,
			     struct err *err);

enum task_state {
	TASK_ANSWERED,
	TASK_SKIPPED,
	TASK_FAILED,
};

/** One agent in one run. */
struct task_record {
	char *agent;
	enum task_state state;
	char *reason; /* of skipped and failed; NULL otherwise */
	char *service;
	char *model;           /* as the service reported it               */
	bool degraded;         /* offline stood in for another service     */
	char *mapped_from;     /* a retired model that was asked for        */
	char *instead_of;      /* the service that was asked first, if another
				 answered */
	char *instead_because; /* what became of that one              */
	bool cached;
	int64_t duration_ms;
	int64_t cost_nusd;
	int64_t input_tokens, cached_tokens, output_tokens;
	int requests; /* sent, retries counted                    */
	size_t findings;
	size_t dropped; /* findings or files that could not be used */
	char *left_out; /* context there was no room for, in words  */
	char *summary;
	struct strvec together; /* agents answered in the same request */
	struct json *attempts;  /* array, a line a request; NULL: none     */
	struct json *answer;    /* what was kept of it, by kind; NULL: none */
};

/** How far one file was looked at. */
enum file_coverage {
	FILE_REVIEWED,
	FILE_PARTIAL,
	FILE_SKIPPED,
};

struct file_record {
	char *path;
	enum file_coverage coverage;
	char *reason; /* of partial and skipped */
};

/** What a run waits for whose questions are at a provider's batch endpoint. */
#define RUN_WAITS_FOR_BATCH "batch"
/** Or whose generated tests the project's CI runs. A failed one that waits for
 * it was not answered in time, and may yet be. */
#define RUN_WAITS_FOR_CI "ci"

struct run_record {
	char id[ULID_SIZE];
	char *workflow;      /* its id    */
	char *title;         /* its name  */
	char definition[17]; /* first 16 digits of the definition digest */
	char change_key[SHA256_HEX_SIZE];
	char base[41], head[41]; /* commits, as first judged */
	char *event;             /* "manual", "pull_request" ... */
	int64_t pull;            /* its number; 0: none */
	enum verdict verdict;
	char *reason;    /* of skipped and failed */
	char *waits_for; /* of skipped: "budget", RUN_WAITS_FOR_BATCH, ..._CI
			    or the condition that nobody can tell of; NULL:
			    nothing */
	bool degraded;
	enum severity bar; /* lowest severity that asks for attention */
	int64_t started_at_ms, duration_ms; /* since 1970; of the run */
	int64_t cost_nusd;
	bool cost_unknown; /* a service did not tell */
	char *instance;
	int64_t epoch;
	struct finding_list findings;
	size_t dismissed; /* not among the findings any more; never stored */
	struct task_record *tasks;
	size_t task_count;
	struct file_record *files;
	size_t file_count;
	struct json *redacted; /* object: kind -> count; NULL: nothing */
	/* Array of {path, content, why, covers, agent}: files that agents
	 * wrote, as they are meant to be used; NULL: none. */
	struct json *generated;
};

void run_record_release(struct run_record *record);

/** Adds the names of a list that a stranger may have written, cleaned and cut;
 * 32 in all at most. */
void names_read(struct strvec *out, const struct json *list);

/** The JSON document, indented, with a line break at the end. */
void run_record_format(struct buf *out, const struct run_record *record);

/**
 * Reads one, also from a stranger. ERR_PROTOCOL: not a record. ERR_INVALID: of
 * a newer version than RECORD_VERSION.
 */
MUST_CHECK int run_record_parse(struct run_record *out, const char *text,
				size_t len, struct err *err);

/** Files by coverage. */
size_t run_record_files(const struct run_record *record,
			enum file_coverage coverage);

/** How many findings are of exactly this severity. */
size_t run_record_findings(const struct run_record *record,
			   enum severity severity);

/** The first task whose tests did not all pass; NULL: none. */
const struct task_record *
run_record_failing_tests(const struct run_record *record);

/** Is any finding at or above the workflow's bar, or did tests fail? */
bool run_record_is_serious(const struct run_record *record);

/** "$0.0421" style amount without the sign: nano-USD rounded up to 4 decimals.
 */
#define MONEY_TEXT_SIZE 32
void money_format(char out[MONEY_TEXT_SIZE], int64_t nusd);

#endif /* STORE_RECORD_H */
