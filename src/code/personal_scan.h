#ifndef CODE_PERSONAL_SCAN_H
#define CODE_PERSONAL_SCAN_H

#include <ctype.h>
#include <string.h>

#include "code/personal.h"

/** \file
 * Inside of personal.c and its parts: one scan and what it looks at.
 */

struct personal_scan {
	const char *text;
	size_t len;
	size_t end[PERSONAL_KINDS]; /* end of the last hit of each kind */
	personal_found_fn *found;
	void *payload;
};

/** Reports, unless it begins within the last hit of its kind. */
void personal_report(struct personal_scan *scan,
		     const struct personal_hit *hit);

/** `sign` is where the "@" is. */
void look_for_email(struct personal_scan *scan, size_t sign);

/** `plus` is where the "+" is. */
void look_for_phone(struct personal_scan *scan, size_t plus);

/** Accounts, cards, addresses and social security: a digit is at `start`, and
 * none before. */
void look_for_numbers(struct personal_scan *scan, size_t start);

/** The byte at `at`, 0 outside. */
static inline unsigned char byte_at(const struct personal_scan *scan, size_t at)
{
	return at < scan->len ? (unsigned char)scan->text[at] : 0;
}

static inline unsigned char byte_before(const struct personal_scan *scan,
					size_t at)
{
	return at ? (unsigned char)scan->text[at - 1] : 0;
}

static inline bool is_word(unsigned char ch)
{
	return isalnum(ch) || ch == '_';
}

/** Is the text one of a list that ends in NULL? */
static inline bool is_listed(const char *text, size_t len,
			     const char *const *list)
{
	for (; *list; list++) {
		if (strlen(*list) == len && memcmp(text, *list, len) == 0)
			return true;
	}
	return false;
}

#endif /* CODE_PERSONAL_SCAN_H */
