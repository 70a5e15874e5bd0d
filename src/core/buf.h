#ifndef CORE_BUF_H
#define CORE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"
#include "core/err.h"

/**
 * A growable byte string with a hard upper bound.
 *
 * `ptr` is always NUL-terminated and never NULL once initialised; the bytes
 * may hold NULs of their own. Appending past `max` bytes drops the whole
 * append and sets `overflow`; nothing more is appended until buf_reset().
 * So: append freely, then ask buf_check() once.
 */
struct buf {
	char *ptr;
	size_t len; /* bytes in use, terminator not counted */
	size_t cap;
	size_t max; /* upper bound for len                  */
	bool overflow;
};

/** An empty buffer that may grow to `max_bytes`. Cannot fail. */
void buf_init(struct buf *buf, size_t max_bytes);

/** Free what *buf holds. A zeroed or released buffer may be released again. */
void buf_release(struct buf *buf);

/** Forget the contents and the overflow, keep the memory. */
void buf_reset(struct buf *buf);

void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_addstr(struct buf *buf, const char *s);
void buf_addch(struct buf *buf, char ch);
void buf_addf(struct buf *buf, const char *fmt, ...) PRINTF(2, 3);

/** Fails with ERR_TOO_LARGE, naming `what`, if an append was dropped. */
MUST_CHECK int buf_check(const struct buf *buf, const char *what,
			 struct err *err);

/** Cut the contents to `len` bytes, which must not be more than there are. */
void buf_truncate(struct buf *buf, size_t len);

/** Hand the string over: the caller frees it, *buf is empty again. */
char *buf_detach(struct buf *buf);

#endif /* CORE_BUF_H */
