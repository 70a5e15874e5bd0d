#ifndef CORE_STRVEC_H
#define CORE_STRVEC_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"

/**
 * A growable list of strings it owns. `v` is NULL-terminated once anything was
 * added, so it fits argv-like callers. A zeroed struct is an empty list.
 */
struct strvec {
	char **v;
	size_t len;
	size_t cap;
};

#define STRVEC_INIT        \
	{                  \
		NULL, 0, 0 \
	}

void strvec_release(struct strvec *vec);

/** Adds a copy. */
void strvec_add(struct strvec *vec, const char *s);
void strvec_addf(struct strvec *vec, const char *fmt, ...) PRINTF(2, 3);

/** Takes `s` over. */
void strvec_take(struct strvec *vec, char *s);

/** By bytes. */
void strvec_sort(struct strvec *vec);

bool strvec_has(const struct strvec *vec, const char *s);

/** Adds each piece of `text` between `separator`s, spaces and tabs trimmed,
 * empty ones left out. */
void strvec_split(struct strvec *vec, const char *text, char separator);

#endif /* CORE_STRVEC_H */
