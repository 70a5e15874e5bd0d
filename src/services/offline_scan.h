#ifndef SERVICES_OFFLINE_SCAN_H
#define SERVICES_OFFLINE_SCAN_H

#include "code/rules.h"
#include "code/secrets.h"
#include "core/severity.h"
#include "core/strvec.h"

/** \file
 * What rules and secrets say of one text, in words for people. Any thread.
 */

/** What a finding says; strings are borrowed, NULL where there is none. */
struct offline_remark {
	const char *path;
	int line;
	/* The code it speaks of, on that line: all or a part of it, never a
	 * secret. */
	const char *quote;
	enum severity severity;
	const char *category;
	const char *title;
	const char *body;
	const char *rule;
	const char *known_as; /* its line in a baseline */
};

typedef void offline_found_fn(const struct offline_remark *remark,
			      void *payload);

/** What is looked for and who is told; below, what was passed over. */
struct offline_scan {
	const struct rule_set *rules; /* with baseline and what is off */
	struct secrets *secrets;
	offline_found_fn *found;
	void *payload;
	size_t ignored;         /* matches that a comment excuses      */
	size_t baselined;       /* and that the baseline has           */
	struct strvec problems; /* rules that could not be applied */
};

void offline_scan_release(struct offline_scan *scan);

/** Rules on one file; offline_scan::secrets hides what is in quotes. */
void offline_scan_rules(struct offline_scan *scan,
			const struct rule_input *input);

/** Credentials in one file, also a generated one; documented examples and
 * personal data are not told. */
void offline_scan_secrets(struct offline_scan *scan,
			  const struct rule_input *input);

#endif /* SERVICES_OFFLINE_SCAN_H */
