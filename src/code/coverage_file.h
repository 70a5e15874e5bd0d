#ifndef CODE_COVERAGE_FILE_H
#define CODE_COVERAGE_FILE_H

#include "code/coverage.h"

/** \file
 * What the readers of coverage.c share. Not for others.
 */

/** A new file, the last one. Fails with ERR_TOO_LARGE. */
MUST_CHECK int coverage_add_file(struct coverage *out, const char *path,
				 size_t len, struct err *err);

/** To the last file; lines may come in any order and more than once. */
MUST_CHECK int coverage_add_line(struct coverage *out, uint64_t line,
				 bool is_hit, struct err *err);

MUST_CHECK int coverage_parse_xml(struct coverage *out, const char *text,
				  size_t len, struct err *err);
MUST_CHECK int coverage_parse_json(struct coverage *out, const char *text,
				   size_t len, struct err *err);

#endif /* CODE_COVERAGE_FILE_H */
