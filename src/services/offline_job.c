#include "services/offline_job.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "io/cancel.h"
#include "repo/object.h"

void offline_add(struct offline_job *job, const struct offline_remark *remark)
{
	struct json *at;

	if (job->finding_count >= LIMIT_FINDINGS) {
		job->dropped++;
		return;
	}
	job->finding_count++;
	at = json_add_object(job->findings);
	json_set_string(at, "path", remark->path);
	json_set_int(at, "line", remark->line);
	json_set_int(at, "end_line", remark->line);
	json_set_string(at, "quote", remark->quote);
	json_set_string(at, "severity", severity_name(remark->severity));
	json_set_string(at, "category", remark->category);
	json_set_string(at, "title", remark->title);
	json_set_string(at, "body", remark->body);
	json_set_null(at, "suggestion");
	if (remark->rule)
		json_set_string(at, "rule", remark->rule);
}

void offline_add_found(const struct offline_remark *remark, void *job)
{
	offline_add(job, remark);
}

int offline_check(const struct offline_job *job, struct err *err)
{
	const struct offline_question *question = job->question;

	if (question->cancel && cancel_is_wanted(question->cancel))
		return err_set(err, ERR_CANCELLED, "cancelled");
	if (question->until_ms && clock_mono_ms() > question->until_ms)
		return err_set(err, ERR_TIMEOUT, "the time is up");
	return 0;
}

int offline_old_text(char **out, size_t *len, struct offline_job *job,
		     const struct changed_file *file, struct err *err)
{
	*out = NULL;
	*len = 0;
	if (oid_is_zero(&file->old_id))
		return 0;
	if (offline_read_blob(out, len, job->question->repo, &file->old_id,
			      err) < 0)
		return err_prefix(err, "%s", file->old_path);
	return 0;
}

bool offline_is_override(const struct outline *outline,
			 const struct symbol *symbol)
{
	static const char annotation[] = "@Override";

	return symbol->is_override ||
	       memmem(outline->text + symbol->start,
		      symbol->signature_end - symbol->start, annotation,
		      strlen(annotation));
}
