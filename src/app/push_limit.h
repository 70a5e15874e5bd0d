#ifndef APP_PUSH_LIMIT_H
#define APP_PUSH_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

/** \file
 * How often a project's remote is pushed to: twice a minute at most, since a
 * forge counts pushes. What has to wait goes with the next one. Pure; times are
 * of one clock that only goes forward.
 */
enum { PUSHES_A_MINUTE = 2 };

struct push_limit {
	int64_t at_ms[PUSHES_A_MINUTE]; /* of the last ones, oldest first */
	int count;                      /* of them, up to all             */
};

/** May it be pushed to once more now? */
bool push_limit_allows(const struct push_limit *limit, int64_t now_ms);

/** One more. */
void push_limit_count(struct push_limit *limit, int64_t now_ms);

#endif /* APP_PUSH_LIMIT_H */
