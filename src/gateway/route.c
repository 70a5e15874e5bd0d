#include "gateway/route.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "core/alloc.h"
#include "core/strvec.h"

/* A map that maps to what it maps is followed this far. */
#define HOPS_MAX 8

/* For services that speak a known protocol but run a model of their own. */
#define ANY_MODEL "default"

struct mapping {
	char *retired, *model;
	UT_hash_handle hh;
};

struct model_map {
	struct mapping *mappings;
	struct strvec no_temperature; /* prefixes */
};

void model_map_add(struct model_map *map, const char *retired,
		   const char *model)
{
	struct mapping *mapping;

	HASH_FIND_STR(map->mappings, retired, mapping);
	if (!mapping) {
		mapping = xcalloc(1, sizeof(*mapping));
		mapping->retired = xstrdup(retired);
		HASH_ADD_KEYPTR(hh, map->mappings, mapping->retired,
				strlen(mapping->retired), mapping);
	}
	free(mapping->model);
	mapping->model = xstrdup(model);
}

int model_map_new(struct model_map **out, const struct json *shipped,
		  struct err *err)
{
	struct model_map *map = xcalloc(1, sizeof(*map));
	const struct json *at = json_first(json_get(shipped, "retired"));
	const char *text;

	for (; at; at = json_next(at)) {
		if (json_string(&text, at, "", err) < 0)
			goto failed;
		model_map_add(map, json_name(at), text);
	}
	at = json_first(json_get(shipped, "no_temperature"));
	for (; at; at = json_next(at)) {
		if (json_string(&text, at, "", err) < 0)
			goto failed;
		strvec_add(&map->no_temperature, text);
	}
	*out = map;
	return 0;
failed:
	model_map_free(map);
	return err_prefix(err, "models");
}

void model_map_free(struct model_map *map)
{
	struct mapping *mapping, *next;

	if (!map)
		return;
	mapping = map->mappings;
	HASH_CLEAR(hh, map->mappings);
	for (; mapping; mapping = next) {
		next = mapping->hh.next;
		free(mapping->retired);
		free(mapping->model);
		free(mapping);
	}
	strvec_release(&map->no_temperature);
	free(map);
}

bool model_map_refuses_temperature(const struct model_map *map,
				   const char *model)
{
	for (size_t i = 0; i < map->no_temperature.len; i++) {
		const char *prefix = map->no_temperature.v[i];

		if (strncmp(model, prefix, strlen(prefix)) == 0)
			return true;
	}
	return false;
}

static const char *by_complexity(const struct service *service,
				 enum complexity complexity)
{
	if (service->models[complexity])
		return service->models[complexity];
	/* One model configured is better than none that fits. */
	for (int i = 0; i < COMPLEXITY_COUNT; i++)
		if (service->models[i])
			return service->models[i];
	if (complexity == COMPLEXITY_AUTO)
		complexity = COMPLEXITY_MEDIUM;
	/* At another address the kind's own models are not to be expected. */
	if (!service->url && service->ops->default_models[complexity])
		return service->ops->default_models[complexity];
	return ANY_MODEL;
}

struct route route_model(const struct model_map *map,
			 const struct service *service, const char *wanted,
			 bool is_substitute, enum complexity complexity)
{
	struct route route = { wanted, NULL };
	struct mapping *mapping;

	if (!wanted || !*wanted || strcmp(wanted, "auto") == 0 || is_substitute)
		route.model = by_complexity(service, complexity);
	for (int hop = 0; hop < HOPS_MAX; hop++) {
		HASH_FIND_STR(map->mappings, route.model, mapping);
		if (!mapping)
			break;
		if (!route.mapped_from)
			route.mapped_from = route.model;
		route.model = mapping->model;
	}
	return route;
}

enum complexity complexity_of(const struct change_size *size,
			      const struct complexity_bounds *bounds,
			      const char **why)
{
	struct complexity_bounds b = bounds ? *bounds
					    : (struct complexity_bounds){ 0 };
	enum complexity complexity = COMPLEXITY_MEDIUM;
	const char *reason = "neither small nor large";

	if (size->lines > (b.complex_lines ? b.complex_lines : 400) ||
	    size->files > (b.complex_files ? b.complex_files : 15)) {
		complexity = COMPLEXITY_COMPLEX;
		reason = "many lines or files";
	} else if (size->has_risky_paths) {
		complexity = COMPLEXITY_COMPLEX;
		reason = "risky paths";
	} else if (size->lines <= (b.simple_lines ? b.simple_lines : 60) &&
		   size->files <= (b.simple_files ? b.simple_files : 3)) {
		complexity = COMPLEXITY_SIMPLE;
		reason = "few lines in few files";
	}
	if (why)
		*why = reason;
	return complexity;
}
