#include "repo/ref_name.h"

#include <git2.h>
#include <string.h>

#include "core/limits.h"

bool ref_name_is_valid(const char *name)
{
	int valid = 0;

	if (!strcmp(name, "HEAD"))
		return true;
	if (strncmp(name, "refs/", 5) != 0 ||
	    strlen(name) > LIMIT_REF_NAME_BYTES)
		return false;
	return !git_reference_name_is_valid(&valid, name) && valid;
}
