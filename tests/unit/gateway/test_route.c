#include "unit.h"

#include <string.h>

#include "config/shipped.h"
#include "gateway/route.h"

static const struct service_ops ops = {
	.kind = "toy",
	.default_models = { NULL, "small", "middle", "large" },
};

static struct model_map *shipped(void)
{
	const struct shipped_file *file = shipped_find("workflows/models.json");
	struct model_map *map = NULL;
	struct json *doc = NULL;
	struct err err = ERR_INIT;

	must(json_parse(&doc, file->text, file->len, &err));
	must(model_map_new(&map, doc, &err));
	json_free(doc);
	return map;
}

Test(route, asks_for_the_model_that_was_named_or_fits)
{
	struct model_map *map = shipped();
	struct service own = { .ops = &ops };
	struct service one = { .ops = &ops,
			       .models = { [COMPLEXITY_MEDIUM] = "only" } };
	struct service elsewhere = { .ops = &ops, .url = "http://x/v1" };
	const struct {
		const struct service *service;
		const char *wanted;
		bool is_substitute;
		enum complexity complexity;
		const char *model, *mapped_from;
	} cases[] = {
		{ &own, "claude-opus-5-5", 0, 0, "claude-opus-5-5", NULL },
		{ &own, "auto", 0, COMPLEXITY_SIMPLE, "small", NULL },
		{ &own, NULL, 0, COMPLEXITY_COMPLEX, "large", NULL },
		{ &own, "claude-3-opus", 0, 0, "claude-opus-5-5",
		  "claude-3-opus" },
		{ &own, "gpt-4-turbo", 0, 0, "gpt-6.1-sol", "gpt-4-turbo" },
		{ &own, "claude-3-opus", 1, COMPLEXITY_MEDIUM, "middle", NULL },
		{ &one, NULL, 0, COMPLEXITY_COMPLEX, "only", NULL },
		{ &elsewhere, NULL, 0, COMPLEXITY_MEDIUM, "default", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct route route = route_model(
			map, cases[i].service, cases[i].wanted,
			cases[i].is_substitute, cases[i].complexity);

		cr_assert_str_eq(route.model, cases[i].model, "%zu", i);
		cr_assert_eq(route.mapped_from != NULL,
			     cases[i].mapped_from != NULL, "%zu", i);
		if (route.mapped_from)
			cr_assert_str_eq(route.mapped_from,
					 cases[i].mapped_from);
	}
	model_map_free(map);
}

Test(route, is_changed_by_the_configuration_and_never_circles)
{
	struct model_map *map = shipped();
	struct service own = { .ops = &ops };

	model_map_add(map, "claude-3-opus", "mine");
	cr_assert_str_eq(route_model(map, &own, "claude-3-opus", 0, 0).model,
			 "mine");
	model_map_add(map, "a", "b");
	model_map_add(map, "b", "a");
	cr_assert(route_model(map, &own, "a", 0, 0).model != NULL);
	cr_assert(model_map_refuses_temperature(map, "claude-opus-5-5"));
	cr_assert_not(model_map_refuses_temperature(map, "llama-4"));
	model_map_free(map);
}

Test(route, weighs_a_change)
{
	static const struct {
		struct change_size size;
		enum complexity complexity;
	} cases[] = {
		{ { 1, 1, false }, COMPLEXITY_SIMPLE },
		{ { 60, 3, false }, COMPLEXITY_SIMPLE },
		{ { 61, 3, false }, COMPLEXITY_MEDIUM },
		{ { 60, 4, false }, COMPLEXITY_MEDIUM },
		{ { 400, 15, false }, COMPLEXITY_MEDIUM },
		{ { 401, 1, false }, COMPLEXITY_COMPLEX },
		{ { 16, 16, false }, COMPLEXITY_COMPLEX },
		{ { 1, 1, true }, COMPLEXITY_COMPLEX },
	};
	const struct complexity_bounds bounds = { .simple_lines = 1000,
						  .complex_lines = 5000 };
	struct change_size large = { 900, 2, false };
	const char *why;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_assert_eq(complexity_of(&cases[i].size, NULL, &why),
			     cases[i].complexity, "%zu: %s", i, why);
	cr_assert_eq(complexity_of(&large, &bounds, NULL), COMPLEXITY_SIMPLE);
}
