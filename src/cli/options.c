#include "cli/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

enum { MOST_NAMES = 64 };

static const struct option *find(const struct option *table, const char *name,
				 size_t len, char letter)
{
	for (; table && table->type != OPTION_END; table++) {
		if (letter && table->letter == letter)
			return table;
		if (!letter && strlen(table->name) == len &&
		    !strncmp(table->name, name, len))
			return table;
	}
	return NULL;
}

static int unknown(const char *arg, const struct option *first,
		   const struct option *second, struct err *err)
{
	const struct option *tables[] = { first, second };
	const char *names[MOST_NAMES];
	const char *near;
	size_t count = 0;
	char word[64];

	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (const struct option *o = tables[t];
		     o && o->type != OPTION_END && count < MOST_NAMES; o++)
			if (!o->hidden)
				names[count++] = o->name;
	arg += strspn(arg, "-");
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(arg, "="), arg);
	near = text_closest(word, names, count);
	if (near)
		return err_set(err, ERR_INVALID,
			       "no option '--%s'; did you mean '--%s'?", word,
			       near);
	return err_set(err, ERR_INVALID, "no option '--%s'", word);
}

static int store_number(const struct option *option, const char *value,
			struct err *err)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(value, &end, 10);
	if (errno || *end || end == value || number < 0)
		return err_set(err, ERR_INVALID,
			       "--%s: a number expected, not '%s'",
			       option->name, value);
	*(long *)option->value = number;
	return 0;
}

static int store(const struct option *option, const char *value,
		 struct err *err)
{
	switch (option->type) {
	case OPTION_FLAG:
		*(bool *)option->value = true;
		return 0;
	case OPTION_STRING:
		*(const char **)option->value = value;
		return 0;
	case OPTION_LIST:
		strvec_add(option->value, value);
		return 0;
	case OPTION_NUMBER:
		return store_number(option, value, err);
	case OPTION_END:
		break;
	}
	return 0;
}

/* One option at argv[at]; *at moves on past its value. */
static int take(int *at, int argc, char **argv, const struct option *first,
		const struct option *second, struct err *err)
{
	const char *arg = argv[*at];
	bool is_long = arg[1] == '-';
	const char *name = arg + (is_long ? 2 : 1);
	size_t len = strcspn(name, "=");
	const char *letter = is_long ? "" : name; /* its first one */
	const char *value = is_long && name[len] ? name + len + 1 : NULL;
	const struct option *option = find(first, name, len, *letter);

	if (!option)
		option = find(second, name, len, *letter);
	if (!option || (*letter && name[1] && option->type == OPTION_FLAG))
		return unknown(arg, first, second, err);
	if (*letter && name[1])
		value = name + 1;
	if (option->type == OPTION_FLAG) {
		if (value)
			return err_set(err, ERR_INVALID, "--%s takes no value",
				       option->name);
		return store(option, NULL, err);
	}
	if (!value) {
		if (*at + 1 >= argc)
			return err_set(err, ERR_INVALID,
				       "--%s wants a value: %s", option->name,
				       option->arg);
		value = argv[++*at];
	}
	return store(option, value, err);
}

int options_parse(int *argc, char **argv, const struct option *first,
		  const struct option *second, struct err *err)
{
	int kept = 0;
	bool ended = false;

	for (int i = 0; i < *argc; i++) {
		if (!ended && !strcmp(argv[i], "--")) {
			ended = true;
		} else if (ended || argv[i][0] != '-' || !argv[i][1]) {
			argv[kept++] = argv[i];
		} else if (take(&i, *argc, argv, first, second, err) < 0) {
			return -1;
		}
	}
	*argc = kept;
	return 0;
}
