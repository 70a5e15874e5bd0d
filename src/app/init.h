#ifndef APP_INIT_H
#define APP_INIT_H

#include "core/attr.h"
#include "core/err.h"
#include "core/strvec.h"

/** \file
 * `referee init`: what a project and its engineers start from. What is there
 * already stays as it is.
 */

struct init_result {
	struct strvec made; /* files, and settings of git */
	struct strvec kept;
};

void init_result_release(struct init_result *result);

/**
 * In the clone at `dir` (NULL: ours): a starter workflow, and git told to fetch
 * and show the team's notes. `config_path` (NULL: none is wanted): a starter
 * configuration that watches this project. ERR_NOT_FOUND: no repository;
 * ERR_INVALID: a bare one. *out is to be released also after a failure.
 */
MUST_CHECK int init_project(struct init_result *out, const char *dir,
			    const char *config_path, struct err *err);

#endif /* APP_INIT_H */
