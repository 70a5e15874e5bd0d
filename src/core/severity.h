#ifndef CORE_SEVERITY_H
#define CORE_SEVERITY_H

#include <stdbool.h>

/** How bad a finding is, in rising order. */
enum severity {
	SEVERITY_INFO,
	SEVERITY_MINOR,
	SEVERITY_MAJOR,
	SEVERITY_CRITICAL,
};

#define SEVERITY_COUNT 4

/** "info", "minor", "major", "critical". Static. */
const char *severity_name(enum severity severity);

/** False if `name` is none of the four. */
bool severity_parse(enum severity *out, const char *name);

#endif /* CORE_SEVERITY_H */
