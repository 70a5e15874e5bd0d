#ifndef SERVICES_OFFLINE_JOB_H
#define SERVICES_OFFLINE_JOB_H

#include "code/outline.h"
#include "core/json.h"
#include "core/severity.h"
#include "core/strvec.h"
#include "repo/changeset.h"
#include "services/offline.h"

/** \file
 * One answer in the making, handed through the parts that know something. For
 * the files of the offline service only.
 */
struct offline_job {
	const struct offline_question *question;
	struct json *findings; /* array, in the answer */
	size_t finding_count;
	size_t dropped;        /* findings past LIMIT_FINDINGS */
	struct json *files;    /* array, in the answer of kind files */
	struct strvec remarks; /* sentences of the summary */
};

/** What a finding says; strings are borrowed, NULL where there is none. */
struct offline_remark {
	const char *path;
	int line;
	const char *quote; /* the code it speaks of, on that line */
	enum severity severity;
	const char *category;
	const char *title;
	const char *body;
	const char *rule;
};

void offline_add(struct offline_job *job, const struct offline_remark *remark);

/** One file of the change at its head. */
struct offline_file {
	const struct changed_file *file;
	char *text; /* a NUL behind it */
	size_t len;
	bool *added; /* by line, from 1: was it added? */
	size_t added_len;
};

/** Between two files: ERR_TIMEOUT or ERR_CANCELLED if it is time to stop. */
MUST_CHECK int offline_check(const struct offline_job *job, struct err *err);

/** Is it text that people write and review, and still there? */
bool offline_is_readable(const struct changed_file *file);

/** *out is the caller's. ERR_NOT_FOUND: the object is missing. */
MUST_CHECK int offline_file_load(struct offline_file *out,
				 struct offline_job *job,
				 const struct changed_file *file,
				 struct err *err);
void offline_file_release(struct offline_file *file);

/** Its text at the merge base, the caller's; NULL if there was none. */
MUST_CHECK int offline_old_text(char **out, size_t *len,
				struct offline_job *job,
				const struct changed_file *file,
				struct err *err);

/** Is the symbol an override, by its keyword or its annotation? */
bool offline_is_override(const struct outline *outline,
			 const struct symbol *symbol);

/** Which rules count. */
enum offline_rules {
	OFFLINE_ALL_RULES,
	OFFLINE_LINT_RULES,     /* not security and privacy */
	OFFLINE_SECURITY_RULES, /* only these               */
};

/* The parts. Each adds findings and remarks. */
MUST_CHECK int offline_rules(struct offline_job *job, enum offline_rules which,
			     struct err *err);

MUST_CHECK int offline_secrets(struct offline_job *job, struct err *err);
MUST_CHECK int offline_docs(struct offline_job *job, struct err *err);
MUST_CHECK int offline_untested(struct offline_job *job, struct err *err);

#endif /* SERVICES_OFFLINE_JOB_H */
