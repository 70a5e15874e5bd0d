#ifndef WORKFLOW_CONDITION_H
#define WORKFLOW_CONDITION_H

#include "config/yaml.h"
#include "core/buf.h"
#include "workflow/facts.h"

/** \file
 * The conditions of a trigger: pure functions of the facts of a change, which
 * can say why. A new one is a line in condition.c's table.
 */
struct condition;

enum holds {
	HOLDS_NO,
	HOLDS_YES,
	HOLDS_UNKNOWN, /* nobody can tell: coverage that was not measured */
};

/** Reads one condition, a value under its name. Mistakes are noted; NULL if
 * there was one. The caller's, for condition_free(). */
struct condition *condition_read(const struct node *node,
				 struct mistakes *mistakes);
void condition_free(struct condition *condition);

/** "files_changed". Static. */
const char *condition_name(const struct condition *condition);

/** Can it only hold for pulls? */
bool condition_is_of_pulls(const struct condition *condition);

/**
 * Does it hold? `why` gets the values that decided, on a line: "App/A.swift
 * matches *.swift, *.m". NULL: nobody wants to know. Any thread.
 */
enum holds condition_test(const struct condition *condition,
			  const struct facts *facts, struct buf *why);

/** The names of all conditions, ended by NULL. */
extern const char *const condition_names[];

#endif /* WORKFLOW_CONDITION_H */
