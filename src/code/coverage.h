#ifndef CODE_COVERAGE_H
#define CODE_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/err.h"
#include "repo/changeset.h"

/** \file
 * Coverage reports, whoever wrote them: lcov, Cobertura, JaCoCo (Kover too),
 * xccov, SonarQube's generic format, llvm-cov and slather. What a report does
 * not speak of is unknown, which is neither covered nor uncovered.
 */

enum coverage_format {
	COVERAGE_LCOV,
	COVERAGE_COBERTURA,
	COVERAGE_JACOCO,
	COVERAGE_SONAR,
	COVERAGE_XCCOV,
	COVERAGE_LLVM,
	COVERAGE_SLATHER,
};

struct coverage_line {
	uint32_t line; /* from 1 */
	bool is_hit;
};

struct coverage_count {
	uint64_t covered,
		total; /* lines that can be executed; 0 of 0: unknown */
};

struct coverage_file {
	char *path; /* as in the report: absolute, or below a source root */
	struct coverage_line *lines; /* in order; none in an xccov report */
	size_t len, cap;
	struct coverage_count count;
};

struct coverage {
	enum coverage_format format;
	struct coverage_file *files;
	size_t len, cap;
	struct coverage_count count; /* of all files */
	size_t line_count;
};

/**
 * Reads a report of any of the formats; a first line "format: lcov" is passed
 * over. Fails with ERR_PROTOCOL if it is none, ERR_TOO_LARGE past
 * LIMIT_COVERAGE_BYTES, _FILES or _LINES.
 */
MUST_CHECK int coverage_parse(struct coverage *out, const char *text,
			      size_t len, struct err *err);
void coverage_release(struct coverage *coverage);

/** Lines covered of 100, or -1 if nothing is known. */
double coverage_percent(struct coverage_count count);

/**
 * The report's entry for a file of the repository: one path must end in the
 * other, folder by folder. NULL if there is none or two fit equally well.
 */
const struct coverage_file *coverage_find(const struct coverage *coverage,
					  const char *path);

enum coverage_state { LINE_UNKNOWN, LINE_COVERED, LINE_UNCOVERED };

/** Of line `line`, from 1; `file` NULL: unknown. */
enum coverage_state coverage_line_state(const struct coverage_file *file,
					uint32_t line);

/** Of the lines that the change adds to the file. */
struct coverage_count coverage_of_file(const struct coverage *coverage,
				       const struct changed_file *file);

/** Of the lines that the change adds to files of source. */
struct coverage_count coverage_of_change(const struct coverage *coverage,
					 const struct changeset *changeset);

/** Moves all files of `more` into `into`, which may be empty. */
void coverage_merge(struct coverage *into, struct coverage *more);

/**
 * Forgets the lines of those files of the change that are not as they were at
 * the commit `measured`: their numbers say nothing of the lines at the head.
 * Counts of whole files and of the report stay.
 */
MUST_CHECK int coverage_forget_moved(struct coverage *coverage,
				     struct repo *repo,
				     const struct changeset *changeset,
				     const struct oid *measured,
				     struct err *err);

/** Where a note was found. */
struct coverage_note {
	struct oid commit;
	unsigned behind; /* commits before the head */
};

/**
 * The report in the notes of `ref` ("refs/notes/coverage") on `head`, or on the
 * nearest of its first parents that has one, at most LIMIT_COVERAGE_BEHIND
 * commits back. ERR_NOT_FOUND if there is none.
 */
MUST_CHECK int coverage_load_note(struct coverage *out,
				  struct coverage_note *note, struct repo *repo,
				  const char *ref, const struct oid *head,
				  struct err *err);

#endif /* CODE_COVERAGE_H */
