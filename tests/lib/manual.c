#include "manual.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

enum { LARGEST = 1 << 20 };

char *manual_read(const char *name)
{
	char *path = xstrf("%s/doc/%s", getenv("SRCDIR"), name);
	char *page = xcalloc(1, LARGEST);
	FILE *in = fopen(path, "r");

	if (in) {
		page[fread(page, 1, LARGEST - 1, in)] = '\0';
		fclose(in);
	}
	free(path);
	return page;
}

bool manual_has_key(const char *page, const char *key)
{
	static const char item[] = "\n.It Cm ";
	size_t len = strlen(key);

	while ((page = strstr(page, item))) {
		page += strlen(item);
		for (const char *at = page; *at && *at != '\n';) {
			size_t word = strcspn(at, " \n");

			if (word == len && !strncmp(at, key, len))
				return true;
			at += word + (at[word] == ' ');
		}
		page--;
	}
	return false;
}

char *manual_example(const char *page)
{
	static const char begin[] = ".Bd -literal\n", end[] = ".Ed\n";
	const char *at = strstr(page, ".Sh EXAMPLES\n"), *stop;

	at = at ? strstr(at, begin) : NULL;
	stop = at ? strstr(at, end) : NULL;
	if (!stop)
		return xstrdup("");
	at += strlen(begin);
	return xmemdup(at, (size_t)(stop - at));
}
