#include "app/judge.h"
#include "core/log.h"
#include "store/runs.h"

bool judge_find_stored(struct run_record *out, struct repo *repo,
		       const char *change_key, const char *workflow)
{
	struct err err = ERR_INIT;

	if (runs_find(out, repo, change_key, workflow, &err) < 0) {
		if (err.code != ERR_NOT_FOUND)
			log_warn("stored result of %s: %s", workflow, err.msg);
		return false;
	}
	if (out->verdict == VERDICT_PASS || out->verdict == VERDICT_ATTENTION)
		return true;
	run_record_release(out);
	*out = (struct run_record){ 0 };
	return false;
}
