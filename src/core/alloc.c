#include "core/alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void *check(void *ptr)
{
	if (!ptr) {
		fputs("referee: out of memory\n", stderr);
		abort();
	}
	return ptr;
}

void *xcalloc(size_t count, size_t size)
{
	return check(calloc(count ? count : 1, size ? size : 1));
}

void *xreallocarray(void *ptr, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		return check(NULL);
	if (!count || !size)
		count = size = 1;
	return check(realloc(ptr, count * size));
}

char *xstrdup(const char *s)
{
	return check(strdup(s));
}

char *xmemdup(const void *bytes, size_t len)
{
	char *copy = xreallocarray(NULL, len + 1, 1);

	if (len)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}

char *xjoin(const char *first, const char *second, const char *third)
{
	size_t a = strlen(first), b = strlen(second), c = strlen(third);
	char *out = xreallocarray(NULL, a + b + c + 1, 1);

	memcpy(out, first, a);
	memcpy(out + a, second, b);
	memcpy(out + a + b, third, c + 1);
	return out;
}

char *xstrf(const char *fmt, ...)
{
	char *out = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&out, fmt, ap) < 0)
		out = NULL;
	va_end(ap);
	return check(out);
}
