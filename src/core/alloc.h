#ifndef CORE_ALLOC_H
#define CORE_ALLOC_H

#include <stddef.h>
#include <stdlib.h>

#include "core/attr.h"

/*
 * These never return NULL: out of memory ends the program with a message.
 * What an outsider can make big is bounded by struct buf's limit instead.
 * Release everything with plain free().
 */
void *xcalloc(size_t count, size_t size);
void *xreallocarray(void *ptr, size_t count, size_t size);
char *xstrdup(const char *s);

/** A copy of `len` bytes with a NUL behind them; the bytes may hold NULs. */
char *xmemdup(const void *bytes, size_t len);

/** The three one behind the other, in a new string. */
char *xjoin(const char *first, const char *second, const char *third);

/** printf into a new string. For short, trusted text: there is no bound. */
char *xstrf(const char *fmt, ...) PRINTF(1, 2);

/**
 * Make room in a growable array for one more item.
 * `items`, `len`, `cap` are lvalues: struct x { T *items; size_t len, cap; }.
 */
#define ARRAY_GROW(items, len, cap)                                \
	do {                                                       \
		if ((len) == (cap)) {                              \
			(cap) = (cap) ? (cap)*2 : 8;               \
			(items) = xreallocarray((items), (cap),    \
						sizeof(*(items))); \
		}                                                  \
	} while (0)

#endif /* CORE_ALLOC_H */
