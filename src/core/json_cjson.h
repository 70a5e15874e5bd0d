#ifndef CORE_JSON_CJSON_H
#define CORE_JSON_CJSON_H

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "core/json.h"

/** \file
 * What json*.c share: struct json is never defined, a pointer to it is a
 * pointer to a cJSON.
 */

static inline const cJSON *json_in(const struct json *at)
{
	return (const cJSON *)at;
}

static inline cJSON *json_own(struct json *at)
{
	return (cJSON *)at;
}

/** Never NULL: cJSON has none where memory is out. */
static inline struct json *json_out_of(cJSON *item)
{
	if (!item)
		abort();
	return (struct json *)item;
}

#endif /* CORE_JSON_CJSON_H */
