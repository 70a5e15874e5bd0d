#include "app/ci_tests.h"
#include "app/judge.h"
#include "core/log.h"
#include "store/runs.h"

bool judge_find_any(struct run_record *out, struct repo *repo,
		    const char *change_key, const char *workflow)
{
	struct err err = ERR_INIT;

	if (runs_find(out, repo, change_key, workflow, &err) == 0)
		return true;
	if (err.code != ERR_NOT_FOUND)
		log_warn("stored result of %s: %s", workflow, err.msg);
	return false;
}

bool judge_find_stored(struct run_record *out, struct repo *repo,
		       const char *change_key, const char *workflow)
{
	if (!judge_find_any(out, repo, change_key, workflow))
		return false;
	if (out->verdict == VERDICT_PASS || out->verdict == VERDICT_ATTENTION)
		return true;
	run_record_release(out);
	return false;
}

bool judge_find_waiting(struct run_record *out, struct repo *repo,
			const char *change_key, const char *workflow)
{
	if (!judge_find_any(out, repo, change_key, workflow))
		return false;
	if (ci_tests_is_awaited(out))
		return true;
	run_record_release(out);
	return false;
}
