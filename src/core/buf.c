#include "core/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"

/* What ptr points at while nothing is allocated. Never written to. */
static char empty[1];

void buf_init(struct buf *buf, size_t max_bytes)
{
	*buf = (struct buf){ .ptr = empty, .max = max_bytes };
}

void buf_release(struct buf *buf)
{
	if (buf->cap)
		free(buf->ptr);
	buf_init(buf, buf->max);
}

void buf_reset(struct buf *buf)
{
	buf->len = 0;
	buf->overflow = false;
	if (buf->cap)
		buf->ptr[0] = '\0';
}

/* Make room for `extra` more bytes; false once the bound is reached. */
static bool reserve(struct buf *buf, size_t extra)
{
	size_t need;

	if (buf->overflow || extra > buf->max - buf->len) {
		buf->overflow = true;
		return false;
	}

	need = buf->len + extra + 1;
	if (need > buf->cap) {
		size_t cap = buf->cap ? buf->cap : 64;

		while (cap < need)
			cap *= 2;
		buf->ptr = xreallocarray(buf->cap ? buf->ptr : NULL, cap, 1);
		buf->cap = cap;
	}
	return true;
}

void buf_add(struct buf *buf, const void *bytes, size_t len)
{
	if (!reserve(buf, len))
		return;
	memcpy(buf->ptr + buf->len, bytes, len);
	buf->len += len;
	buf->ptr[buf->len] = '\0';
}

void buf_addstr(struct buf *buf, const char *s)
{
	buf_add(buf, s, strlen(s));
}

void buf_addch(struct buf *buf, char ch)
{
	if (!reserve(buf, 1))
		return;
	buf->ptr[buf->len++] = ch;
	buf->ptr[buf->len] = '\0';
}

void buf_addf(struct buf *buf, const char *fmt, ...)
{
	va_list ap, again;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	if (len >= 0 && reserve(buf, (size_t)len)) {
		vsnprintf(buf->ptr + buf->len, (size_t)len + 1, fmt, again);
		buf->len += (size_t)len;
	}
	va_end(again);
	va_end(ap);
}

int buf_check(const struct buf *buf, const char *what, struct err *err)
{
	if (buf->overflow)
		return err_set(err, ERR_TOO_LARGE, "%s is over %zu bytes", what,
			       buf->max);
	return 0;
}

void buf_truncate(struct buf *buf, size_t len)
{
	assert(len <= buf->len);
	buf->len = len;
	if (buf->cap)
		buf->ptr[len] = '\0';
}

char *buf_detach(struct buf *buf)
{
	char *s = buf->cap ? buf->ptr : xstrdup("");

	buf_init(buf, buf->max);
	return s;
}
