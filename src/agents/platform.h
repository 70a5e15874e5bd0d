#ifndef AGENTS_PLATFORM_H
#define AGENTS_PLATFORM_H

#include "agents/definition.h"
#include "repo/changeset.h"

/** \file
 * `platforms` of an agent: which changes are its business.
 */

/** Bits, in the order of agent_platform_names. */
enum platform { PLATFORM_IOS = 1, PLATFORM_ANDROID = 2 };

/** Whose a file is, by its path: Swift, Objective-C and what Xcode reads, or
 * Kotlin, Java and what Gradle reads. Code in other languages is both's;
 * documents, assets and the like are nobody's, unless they lie in a folder
 * called ios or android. */
unsigned platforms_of_path(const char *path);

/**
 * Why the agent is not asked about the change: it names some platforms alone,
 * and no file is of any of them. The caller frees it; NULL: it is asked.
 */
char *agent_unconcerned(const struct agent_definition *agent,
			const struct changeset *changeset);

#endif /* AGENTS_PLATFORM_H */
