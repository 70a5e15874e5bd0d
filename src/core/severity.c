#include "core/severity.h"

#include <string.h>

static const char *const names[SEVERITY_COUNT] = {
	[SEVERITY_INFO] = "info",
	[SEVERITY_MINOR] = "minor",
	[SEVERITY_MAJOR] = "major",
	[SEVERITY_CRITICAL] = "critical",
};

const char *severity_name(enum severity severity)
{
	return names[severity];
}

bool severity_parse(enum severity *out, const char *name)
{
	for (int i = 0; i < SEVERITY_COUNT; i++) {
		if (!strcmp(names[i], name)) {
			*out = (enum severity)i;
			return true;
		}
	}
	return false;
}
