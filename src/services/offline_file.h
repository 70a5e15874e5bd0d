#ifndef SERVICES_OFFLINE_FILE_H
#define SERVICES_OFFLINE_FILE_H

#include "code/rules.h"
#include "repo/changeset.h"

/** One file of the change at its head. */
struct offline_file {
	const struct changed_file *file;
	char *text; /* a NUL behind it */
	size_t len;
	bool *added; /* by line, from 1: was it added? */
	size_t added_len;
};

/** Its added lines, for a scan. */
struct rule_input offline_file_input(const struct offline_file *file);

/** Is it text that people write and review, and still there? */
bool offline_is_readable(const struct changed_file *file);

/** *out is the caller's. ERR_NOT_FOUND: the object is missing. */
MUST_CHECK int offline_file_load(struct offline_file *out, struct repo *repo,
				 const struct changed_file *file,
				 struct err *err);
void offline_file_release(struct offline_file *file);

/** The text of a line (from 1) without white space around it; the caller frees
 * it. */
char *offline_line(const struct offline_file *file, uint32_t line);

/** A blob's text, the caller's, a NUL behind it. */
MUST_CHECK int offline_read_blob(char **out, size_t *len, struct repo *repo,
				 const struct oid *id, struct err *err);

#endif /* SERVICES_OFFLINE_FILE_H */
