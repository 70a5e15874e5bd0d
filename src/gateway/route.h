#ifndef GATEWAY_ROUTE_H
#define GATEWAY_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"
#include "core/err.h"
#include "core/json.h"
#include "gateway/service.h"

/** \file
 * Which model is asked. Pure.
 */

/** The retired models and what is asked instead, and who refuses sampling
 * parameters; from workflows/models.json. */
struct model_map;

/** `shipped`: that file's document, "retired" and "no_temperature" are read. */
MUST_CHECK int model_map_new(struct model_map **out, const struct json *shipped,
			     struct err *err);
void model_map_free(struct model_map *map);

/** Before what is there. */
void model_map_add(struct model_map *map, const char *retired,
		   const char *model);

bool model_map_refuses_temperature(const struct model_map *map,
				   const char *model);

struct route {
	const char *model;       /* to ask for; borrowed */
	const char *mapped_from; /* what was asked for and is gone; NULL */
};

/**
 * `wanted` (NULL or "auto": by complexity) counts only for the service it was
 * written for: a substitute's model goes by complexity.
 */
struct route route_model(const struct model_map *map,
			 const struct service *service, const char *wanted,
			 bool is_substitute, enum complexity complexity);

/** What a change is like, for its complexity. */
struct change_size {
	size_t lines, files;
	bool has_risky_paths; /* keys, payments, build files ... */
};

/** The bounds that decide; zero members are the defaults. */
struct complexity_bounds {
	size_t simple_lines, simple_files;   /* at most: 60 and 3 */
	size_t complex_lines, complex_files; /* more than: 400 and 15 */
};

/** *why (may be NULL) is static text for `referee plan`. */
enum complexity complexity_of(const struct change_size *size,
			      const struct complexity_bounds *bounds,
			      const char **why);

#endif /* GATEWAY_ROUTE_H */
