#ifndef AGENTS_SURROUNDINGS_H
#define AGENTS_SURROUNDINGS_H

#include "agents/sources.h"
#include "repo/repo.h"

/** \file
 * What agents are told of the project around a change: what rules say of the
 * added lines, the declarations that matter most to it, the tests of the
 * changed files. Read once for a change, then only read.
 */
struct surroundings;

/**
 * Reads the head's tree and the rules of `trusted` (NULL: the shipped ones).
 * Everything is redacted as `sources` are. Blocking, reads a lot. *out borrows
 * `sources`, and is the caller's. Fails only if the repository cannot be read.
 */
MUST_CHECK int surroundings_load(struct surroundings **out, struct repo *repo,
				 const struct sources *sources,
				 const struct oid *trusted, struct err *err);
void surroundings_free(struct surroundings *surroundings);

/** "line 6: major: Token in UserDefaults (swift-userdefaults-secret)", a line
 * each, of changeset->files[index]; NULL: nothing. */
const char *surroundings_rules(const struct surroundings *surroundings,
			       size_t index);

/** Signatures of the project's declarations, ranked by what the change uses;
 * NULL: there are none. */
const char *surroundings_map(const struct surroundings *surroundings);

/** The names of the tests there are for the changed files; NULL: none. */
const char *surroundings_tests(const struct surroundings *surroundings);

#endif /* AGENTS_SURROUNDINGS_H */
