#include "core/strvec.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"

void strvec_release(struct strvec *vec)
{
	for (size_t i = 0; i < vec->len; i++)
		free(vec->v[i]);
	free(vec->v);
	*vec = (struct strvec)STRVEC_INIT;
}

void strvec_take(struct strvec *vec, char *s)
{
	if (vec->len + 1 >= vec->cap) {
		vec->cap = vec->cap ? vec->cap * 2 : 8;
		vec->v = xreallocarray(vec->v, vec->cap, sizeof(*vec->v));
	}
	vec->v[vec->len++] = s;
	vec->v[vec->len] = NULL;
}

void strvec_add(struct strvec *vec, const char *s)
{
	strvec_take(vec, xstrdup(s));
}

void strvec_addf(struct strvec *vec, const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&s, fmt, ap);
	va_end(ap);
	strvec_take(vec, len < 0 ? xstrdup("") : s);
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strvec_sort(struct strvec *vec)
{
	if (vec->len)
		qsort(vec->v, vec->len, sizeof(*vec->v), by_bytes);
}

bool strvec_has(const struct strvec *vec, const char *s)
{
	for (size_t i = 0; i < vec->len; i++)
		if (!strcmp(vec->v[i], s))
			return true;
	return false;
}

void strvec_split(struct strvec *vec, const char *text, char separator)
{
	while (*text) {
		const char *end = strchrnul(text, separator);
		const char *last = end;

		text += strspn(text, " \t");
		while (last > text && strchr(" \t", last[-1]))
			last--;
		if (last > text)
			strvec_take(vec, xmemdup(text, (size_t)(last - text)));
		text = *end ? end + 1 : end;
	}
}
