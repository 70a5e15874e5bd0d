#include "config/value.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/buf.h"
#include "core/limits.h"
#include "core/text.h"
#include "core/words.h"

#define NANO 1000000000LL

enum { SHOWN = 60, LONGEST_DECIMAL = 30 };

/* "must be WHAT, not 'text'", the text cut short. */
static int refuse(struct err *err, const char *what, const char *text)
{
	int shown = (int)text_cut(text, strlen(text), SHOWN);

	return err_set(err, ERR_INVALID, "must be %s, not '%.*s'", what, shown,
		       text);
}

struct unit {
	const char *name;
	int64_t factor;
};

/* A whole number and a unit, with white space between them at most. */
static bool read_units(int64_t *out, const char *text, const struct unit *units,
		       size_t count)
{
	char *end;
	long long number;
	int64_t product;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno)
		return false;
	end += strspn(end, " \t");
	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(end, units[i].name) != 0)
			continue;
		if (__builtin_mul_overflow(number, units[i].factor, &product))
			return false;
		*out = product;
		return true;
	}
	return false;
}

int value_number(int64_t *out, const char *text, int64_t min, int64_t max,
		 struct err *err)
{
	char what[64], *end;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (!errno && *text && !isspace((unsigned char)*text) && !*end &&
	    number >= min && number <= max) {
		*out = number;
		return 0;
	}
	if (max == INT64_MAX || max == INT32_MAX)
		snprintf(what, sizeof(what), "a whole number from %" PRId64,
			 min);
	else
		snprintf(what, sizeof(what), "%" PRId64 " to %" PRId64, min,
			 max);
	return refuse(err, what, text);
}

int value_flag(bool *out, const char *text, struct err *err)
{
	static const char *const yes[] = { "true", "yes", "on" };
	static const char *const no[] = { "false", "no", "off" };

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (strcasecmp(text, yes[i]) != 0 &&
		    strcasecmp(text, no[i]) != 0)
			continue;
		*out = !strcasecmp(text, yes[i]);
		return 0;
	}
	return refuse(err, "true or false", text);
}

int value_duration_ms(int64_t *out, const char *text, struct err *err)
{
	static const struct unit units[] = {
		{ "ms", 1 },
		{ "s", 1000 },
		{ "m", 60 * 1000LL },
		{ "h", 3600 * 1000LL },
		{ "d", 86400 * 1000LL },
	};

	if (read_units(out, text, units, ARRAY_LEN(units)))
		return 0;
	return refuse(err, "a time such as 90s, 10m, 2h or 7d", text);
}

int value_size(int64_t *out, const char *text, struct err *err)
{
	static const struct unit units[] = {
		{ "", 1 },
		{ "B", 1 },
		{ "KB", KIB },
		{ "KiB", KIB },
		{ "MB", MIB },
		{ "MiB", MIB },
		{ "GB", 1024 * MIB },
		{ "GiB", 1024 * MIB },
	};

	if (read_units(out, text, units, ARRAY_LEN(units)))
		return 0;
	return refuse(err, "a size such as 64 KB or 512 MB", text);
}

/* Digits with at most one point among them, digits on both of its sides. */
static bool is_decimal(const char *text, size_t len)
{
	size_t whole = 0, rest;

	if (len > LONGEST_DECIMAL)
		return false;
	while (whole < len && isdigit((unsigned char)text[whole]))
		whole++;
	if (!whole || whole == len)
		return whole;
	rest = whole + 1;
	while (rest < len && isdigit((unsigned char)text[rest]))
		rest++;
	return text[whole] == '.' && rest == len && rest > whole + 1;
}

int value_decimal(double *out, const char *text, double min, double max,
		  struct err *err)
{
	char what[64];
	double number;

	if (is_decimal(text, strlen(text))) {
		number = strtod(text, NULL);
		if (number >= min && number <= max) {
			*out = number;
			return 0;
		}
	}
	snprintf(what, sizeof(what), "%g to %g", min, max);
	return refuse(err, what, text);
}

int value_percent(double *out, const char *text, struct err *err)
{
	size_t len = strlen(text);
	double number;

	if (len && text[len - 1] == '%')
		len--;
	while (len && text[len - 1] == ' ')
		len--;
	if (is_decimal(text, len)) {
		number = strtod(text, NULL);
		if (number <= 100) {
			*out = number;
			return 0;
		}
	}
	return refuse(err, "a share such as 80%", text);
}

int value_money_nusd(int64_t *out, const char *text, struct err *err)
{
	const char *digits = text + (*text == '$');
	char *point;
	long long whole;
	int64_t nusd, unit = NANO;

	if (!is_decimal(digits, strlen(digits)))
		goto refused;
	errno = 0;
	whole = strtoll(digits, &point, 10);
	if (errno || __builtin_mul_overflow(whole, NANO, &nusd))
		goto refused;
	for (const char *at = point + (*point == '.'); *at; at++) {
		unit /= 10;
		if (!unit ||
		    __builtin_add_overflow(nusd, (*at - '0') * unit, &nusd))
			goto refused;
	}
	*out = nusd;
	return 0;
refused:
	return refuse(err, "an amount of USD such as 150 or 0.50", text);
}

int value_name(int *out, const char *text, const char *const *names,
	       struct err *err)
{
	char what[256] = "";
	size_t used = 0;

	for (int i = 0; names[i]; i++) {
		if (!strcmp(names[i], text)) {
			*out = i;
			return 0;
		}
	}
	for (int i = 0; names[i] && used < sizeof(what); i++)
		used += (size_t)snprintf(what + used, sizeof(what) - used,
					 "%s%s",
					 !i             ? ""
					 : names[i + 1] ? ", "
							: " or ",
					 names[i]);
	return refuse(err, what, text);
}

int value_words(struct strvec *out, const char *text, struct err *err)
{
	return words_split(out, text, err);
}

bool value_is_id(const char *text, bool capitals)
{
	size_t len = strlen(text);

	if (!len || len > VALUE_ID_BYTES || strchr("_-", *text) ||
	    (len >= 5 && !strcmp(text + len - 5, ".lock")))
		return false;
	for (size_t i = 0; i < len; i++) {
		char ch = text[i];
		bool is_dot = ch == '.' && i && text[i - 1] != '.' &&
			      i + 1 < len;

		if (!is_dot && !islower((unsigned char)ch) &&
		    !isdigit((unsigned char)ch) && ch != '_' && ch != '-' &&
		    !(capitals && isupper((unsigned char)ch)))
			return false;
	}
	return true;
}
