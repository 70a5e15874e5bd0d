#ifndef APP_SCANNER_H
#define APP_SCANNER_H

#include "app/scan.h"
#include "code/redact.h"
#include "code/rules.h"
#include "repo/repo.h"
#include "services/offline_scan.h"

/** \file
 * What is looked at with while a scan lasts; for the files of app/scan*.c only.
 */
struct scanner {
	struct scan_result *result;
	struct rule_set *rules;
	struct redactor *redactor;
	struct offline_scan scan;
	struct finding_list found; /* of the file under way */
	size_t dropped;            /* findings past LIMIT_SCAN_FINDINGS */
	size_t binary;             /* files */
};

/** With the shipped rules. */
MUST_CHECK int scanner_open(struct scanner *out, struct scan_result *result,
			    const struct repo *repo, struct err *err);
/** Ends what it made and finishes the result: sorted, named, remarks. */
void scanner_close(struct scanner *scanner);

/** Looks at one text and notes the file; `with_rules`: not at secrets alone. */
void scanner_take(struct scanner *scanner, const struct rule_input *input,
		  bool with_rules);

/** Notes a file that was not looked at, or only in part. */
void scanner_note_file(struct scanner *scanner, const char *path,
		       enum file_coverage coverage, const char *reason);

/** The files of `target` in the work tree of `repo`, or anywhere if NULL. */
MUST_CHECK int scan_files(struct scanner *scanner, struct repo *repo,
			  const char *target, struct err *err);

/** The lines that `head` adds to what it left `base` with. */
MUST_CHECK int scan_change(struct scanner *scanner, struct repo *repo,
			   const struct oid *base, const struct oid *head,
			   struct err *err);

#endif /* APP_SCANNER_H */
