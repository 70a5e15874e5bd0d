#ifndef TESTS_UNIT_AGENTS_CHANGE_H
#define TESTS_UNIT_AGENTS_CHANGE_H

#include "agents/sources.h"
#include "sandbox.h"

/* A change of a real repository: two commits on main, made by shell commands.
 */
struct change {
	struct sandbox sandbox;
	struct repo *repo;
	struct changeset changeset;
	struct sources *sources;
};

void change_init(struct change *change, const char *before, const char *after);
void change_release(struct change *change);

#endif /* TESTS_UNIT_AGENTS_CHANGE_H */
