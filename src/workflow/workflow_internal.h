#ifndef WORKFLOW_WORKFLOW_INTERNAL_H
#define WORKFLOW_WORKFLOW_INTERNAL_H

#include "config/field.h"
#include "config/yaml.h"
#include "workflow/workflow.h"

/** \file
 * The parts of reading a workflow. All are field_read_fn(); `at` is the
 * workflow. Lists keep an item for each node, also for one with a mistake, so
 * that items and nodes go together until the end of the reading.
 */
void workflow_read_trigger(void *at, const struct field *field,
			   const struct node *node, struct mistakes *mistakes);
void workflow_read_agents(void *at, const struct field *field,
			  const struct node *node, struct mistakes *mistakes);
void workflow_read_phases(void *at, const struct field *field,
			  const struct node *node, struct mistakes *mistakes);
void workflow_read_instructions(void *at, const struct field *field,
				const struct node *node,
				struct mistakes *mistakes);
void workflow_read_fallback(void *at, const struct field *field,
			    const struct node *node, struct mistakes *mistakes);
void workflow_read_output(void *at, const struct field *field,
			  const struct node *node, struct mistakes *mistakes);
void workflow_read_verdict(void *at, const struct field *field,
			   const struct node *node, struct mistakes *mistakes);

/** True if `node` is a list of 1 to LIMIT_WORKFLOW_ITEMS; else a mistake. */
bool workflow_expect_items(const struct node *node, const char *what,
			   struct mistakes *mistakes);

/** Everything about names: agents, services, phases, notifies, circles. */
void workflow_check(const struct workflow *workflow, const struct node *root,
		    const struct workflow_names *names,
		    struct mistakes *mistakes);

void trigger_release(struct trigger *trigger);

/** \name Tables
 * For tests and completion; each ends with a zeroed field.
 */
extern const struct field workflow_fields[];
extern const struct field workflow_trigger_fields[];
extern const struct field workflow_agent_fields[];
extern const struct field workflow_config_fields[];
extern const struct field workflow_phase_fields[];
extern const struct field workflow_fallback_fields[];
extern const struct field workflow_instruction_fields[];
extern const struct field workflow_output_fields[];
extern const struct field workflow_inline_fields[];
extern const struct field workflow_verdict_fields[];

/** How many there are before the zeroed one. */
size_t workflow_field_count(const struct field *fields);

/** "pull_request", "pull_request.opened" ...; ended by NULL. */
extern const char *const trigger_event_names[];

#endif /* WORKFLOW_WORKFLOW_INTERNAL_H */
