#ifndef CORE_PART_H
#define CORE_PART_H

#include <stddef.h>
#include <stdint.h>

/** What of `whole` is of one of `count` that share it: evenly, and what is left
 * over is the first one's, so that all parts together are the whole. */
static inline int64_t part_of(int64_t whole, size_t index, size_t count)
{
	int64_t among = (int64_t)count;

	return whole / among + (index ? 0 : whole % among);
}

#endif /* CORE_PART_H */
