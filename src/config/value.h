#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/err.h"
#include "core/strvec.h"

/** \file
 * Values as people write them. Each fails with ERR_INVALID and a message that
 * goes on where "'key' " ends: "must be a time such as 90s, 10m or 2h, not
 * 'ten'".
 */

/** A whole number of min..max, without anything around it. */
MUST_CHECK int value_number(int64_t *out, const char *text, int64_t min,
			    int64_t max, struct err *err);

/** "true", "yes", "on" and "false", "no", "off". */
MUST_CHECK int value_flag(bool *out, const char *text, struct err *err);

/** "250ms", "90s", "10m", "2h", "7d": milliseconds. A unit is required. */
MUST_CHECK int value_duration_ms(int64_t *out, const char *text,
				 struct err *err);

/** "80%", also "80": 0 to 100. */
MUST_CHECK int value_percent(double *out, const char *text, struct err *err);

/** "4096", "64 KB", "64 MB", "1 GB" (also "MiB"): bytes, 1 KB being 1024. */
MUST_CHECK int value_size(int64_t *out, const char *text, struct err *err);

/** "150", "0.50", "$0.50": USD as nano-USD, up to nine decimals. */
MUST_CHECK int value_money_nusd(int64_t *out, const char *text,
				struct err *err);

/** A decimal number of min..max. */
MUST_CHECK int value_decimal(double *out, const char *text, double min,
			     double max, struct err *err);

/** The index of `text` among `names`, which end in NULL. */
MUST_CHECK int value_name(int *out, const char *text, const char *const *names,
			  struct err *err);

/** The words of a command line, as words_split() gives them; adds to `out`. */
MUST_CHECK int value_words(struct strvec *out, const char *text,
			   struct err *err);

/** As a project's name: [a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*, not ending in
 * ".lock", at most VALUE_ID_BYTES; with `capitals` also A-Z. */
#define VALUE_ID_BYTES 100
bool value_is_id(const char *text, bool capitals);

#endif /* CONFIG_VALUE_H */
