#include "code/rules.h"
#include "services/offline_job.h"

static int scan_files(struct offline_job *job, struct offline_scan *scan,
		      struct err *err)
{
	const struct changeset *changeset = job->question->changeset;

	for (size_t i = 0; i < changeset->file_count; i++) {
		const struct changed_file *file = &changeset->files[i];
		struct offline_file loaded;
		struct rule_input input;

		/* Also in what tools write: a secret is one anywhere. */
		if (file->status == FILE_DELETED || !file->hunk_count ||
		    file->omitted != OMIT_NOTHING)
			continue;
		if (offline_check(job, err) < 0 ||
		    offline_file_load(&loaded, job->question->repo, file, err) <
			    0)
			return -1;
		input = offline_file_input(&loaded);
		offline_scan_secrets(scan, &input);
		offline_file_release(&loaded);
	}
	return 0;
}

int offline_secrets(struct offline_job *job, struct err *err)
{
	struct offline_scan scan = { .found = offline_add_found,
				     .payload = job };
	int ret;

	if (offline_load_rules(job, err) < 0 ||
	    secrets_shared(&scan.secrets, NULL, err) < 0)
		return -1;
	scan.rules = job->rules;
	ret = scan_files(job, &scan, err);
	offline_note_passed(job, &scan);
	offline_scan_release(&scan);
	return ret;
}
