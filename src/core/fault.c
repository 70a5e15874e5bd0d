#include "core/fault.h"

#ifdef ENABLE_FAULTS
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static bool is_wanted(const char *wanted, size_t len, const char *name)
{
	if (len == 3 && !strncmp(wanted, "any", 3))
		return true;
	return strlen(name) == len && !strncmp(wanted, name, len);
}

void fault_point(const char *name)
{
	static atomic_long visits;
	const char *wanted = getenv("REFEREE_FAULT");
	const char *colon = wanted ? strchr(wanted, ':') : NULL;

	if (!colon || !is_wanted(wanted, (size_t)(colon - wanted), name))
		return;
	if (atomic_fetch_add(&visits, 1) + 1 == strtol(colon + 1, NULL, 10))
		raise(SIGKILL);
}

bool fault_without(const char *name)
{
	const char *wanted = getenv("REFEREE_WITHOUT");

	return wanted && !strcmp(wanted, name);
}
#else
typedef int fault_unused; /* ISO C forbids an empty file */
#endif
