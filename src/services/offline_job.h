#ifndef SERVICES_OFFLINE_JOB_H
#define SERVICES_OFFLINE_JOB_H

#include "code/outline.h"
#include "core/json.h"
#include "core/severity.h"
#include "core/strvec.h"
#include "repo/changeset.h"
#include "services/offline.h"
#include "services/offline_file.h"
#include "services/offline_scan.h"

/** \file
 * One answer in the making, handed through the parts that know something. For
 * the files of the offline service only.
 */
struct offline_job {
	const struct offline_question *question;
	struct json *findings; /* array, in the answer */
	size_t finding_count;
	size_t dropped;         /* findings past LIMIT_FINDINGS */
	struct json *files;     /* array, in the answer of kind files */
	struct strvec remarks;  /* sentences of the summary */
	struct rule_set *rules; /* with the project's; NULL: not loaded yet */
};

void offline_add(struct offline_job *job, const struct offline_remark *remark);

/** offline_add() as a scan calls it; `job` is the payload. */
void offline_add_found(const struct offline_remark *remark, void *job);

/** Between two files: ERR_TIMEOUT or ERR_CANCELLED if it is time to stop. */
MUST_CHECK int offline_check(const struct offline_job *job, struct err *err);

/** Its text at the merge base, the caller's; NULL if there was none. */
MUST_CHECK int offline_old_text(char **out, size_t *len,
				struct offline_job *job,
				const struct changed_file *file,
				struct err *err);

/** Is the symbol an override, by its keyword or its annotation? */
bool offline_is_override(const struct outline *outline,
			 const struct symbol *symbol);

/** Code of the app itself, of a language that tests are known in? */
bool offline_is_product(const struct changed_file *file);

/** A function of some size that others can call. */
bool offline_is_worth_a_test(const struct outline *outline,
			     const struct symbol *symbol);

/** Which rules count. */
enum offline_rules {
	OFFLINE_ALL_RULES,
	OFFLINE_LINT_RULES,     /* not security and privacy */
	OFFLINE_SECURITY_RULES, /* only these               */
};

/** Loads offline_job::rules once; mistakes in the project's become remarks. */
MUST_CHECK int offline_load_rules(struct offline_job *job, struct err *err);

/** What the scan passed over, as remarks. */
void offline_note_passed(struct offline_job *job,
			 const struct offline_scan *scan);

/* The parts. Each adds findings and remarks. */
MUST_CHECK int offline_rules(struct offline_job *job, enum offline_rules which,
			     struct err *err);

MUST_CHECK int offline_secrets(struct offline_job *job, struct err *err);
MUST_CHECK int offline_docs(struct offline_job *job, struct err *err);
MUST_CHECK int offline_untested(struct offline_job *job, struct err *err);
MUST_CHECK int offline_uncovered(struct offline_job *job, struct err *err);
/** This one adds files. */
MUST_CHECK int offline_generate(struct offline_job *job, struct err *err);

#endif /* SERVICES_OFFLINE_JOB_H */
