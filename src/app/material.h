#ifndef APP_MATERIAL_H
#define APP_MATERIAL_H

#include "app/judge.h"
#include "app/known.h"

/** \file
 * What agents get to see of a change, read and redacted once for all of its
 * workflows. For judge.c and judge_preview.c alone.
 */
struct redactor;
struct sources;
struct surroundings;

struct material {
	struct redactor *redactor;
	struct sources *sources;
	struct surroundings *surroundings; /* NULL: nobody needs them */
	char *guidance;
	char *previous; /* earlier findings; NULL: none */
	char *url;      /* where others find the project; NULL: nowhere */
	char trusted[OID_HEX_SIZE];
	struct known_place place; /* whose findings they are; borrows of the
				     input */
};

/** *out starts zeroed and is to be released, also after a failure. Blocking,
 * the thread of `repo`. */
MUST_CHECK int material_load(struct material *out,
			     const struct judge_input *input, struct repo *repo,
			     struct err *err);

void material_release(struct material *material);

/** What a run of one of the input's workflows starts from. It borrows all of
 * the arguments. */
struct run_input material_run_input(const struct material *material,
				    const struct judge_input *input,
				    const struct judge_workflow *use,
				    const struct plan *plan);

#endif /* APP_MATERIAL_H */
