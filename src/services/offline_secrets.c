#include <stdlib.h>
#include <string.h>

#include "code/secrets.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "services/offline_job.h"

/* What may be told of it: the line with the secret masked is not the code, so
 * the finding quotes what stands before it. */
static char *quote_before(const struct offline_file *file,
			  const struct secret_finding *found)
{
	const char *line = file->text;
	size_t len = found->column - 1;

	for (size_t i = 1; i < found->line && line; i++) {
		line = memchr(line, '\n',
			      file->len - (size_t)(line - file->text));
		if (line)
			line++;
	}
	if (!line)
		return xstrdup("");
	while (len && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	while (len && strchr(" \t\"'`@(=:", line[len - 1]))
		len--;
	return xmemdup(line, len);
}

static void add_secret(struct offline_job *job, const struct offline_file *file,
		       const struct secret_finding *found)
{
	char *quote = quote_before(file, found);
	char *title = xstrf("%s in the code", found->title);
	char *body = xstrf(
		"%s. Whoever can read the repository, its clones or the app "
		"has it, and taking the line out leaves it in the history. "
		"Revoke it at its provider, make a new one, and read that "
		"from the environment or a vault. (rule %s)",
		found->masked, found->id);
	struct offline_remark remark = {
		.path = file->file->path,
		.line = (int)found->line,
		.quote = *quote ? quote : NULL,
		.severity = found->severity,
		.category = "security",
		.title = title,
		.body = body,
		.rule = found->id,
	};

	offline_add(job, &remark);
	free(quote);
	free(title);
	free(body);
}

static bool is_told(const struct offline_file *file,
		    const struct secret_finding *found)
{
	return !found->personal && !found->sample &&
	       found->line < file->added_len && file->added[found->line];
}

int offline_secrets(struct offline_job *job, struct err *err)
{
	const struct changeset *changeset = job->question->changeset;
	struct secrets *secrets;

	if (secrets_shared(&secrets, NULL, err) < 0)
		return -1;
	for (size_t i = 0; i < changeset->file_count; i++) {
		const struct changed_file *file = &changeset->files[i];
		struct secret_findings found = { 0 };
		struct offline_file loaded;

		/* Also in what tools write: a secret is one anywhere. */
		if (file->status == FILE_DELETED || !file->hunk_count ||
		    file->omitted != OMIT_NOTHING)
			continue;
		if (offline_check(job, err) < 0 ||
		    offline_file_load(&loaded, job, file, err) < 0)
			return -1;
		secrets_scan(&found, secrets, loaded.text, loaded.len,
			     file->path);
		for (size_t j = 0; j < found.len; j++)
			if (is_told(&loaded, &found.items[j]))
				add_secret(job, &loaded, &found.items[j]);
		secret_findings_release(&found);
		offline_file_release(&loaded);
	}
	return 0;
}
