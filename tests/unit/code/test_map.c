#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "code/layer.h"
#include "code/map.h"
#include "core/attr.h"

static const struct {
	const char *path, *text;
} files[] = {
	{ "App/Data/SessionDao.swift",
	  "class SessionDao { func readAll() -> [Int] { [] } }" },
	{ "App/Data/SessionRepository.swift",
	  "class SessionRepository {\n"
	  "  let dao = SessionDao()\n"
	  "  func loadSession(id: String) async throws -> Int { 1 }\n"
	  "  private func hiddenThing() {}\n"
	  "}" },
	{ "App/Login/LoginView.swift",
	  "struct LoginView: View { let model = LoginViewModel()\n"
	  "  let shortcut = SessionDao() }" },
	{ "App/Login/LoginViewModel.swift",
	  "class LoginViewModel {\n"
	  "  func go() { SessionRepository().loadSession(id: \"a\") }\n"
	  "}" },
	{ "App/Other/Unrelated.swift", "class Unrelated { func noise() {} }" },
};

static struct map *sample(const char *in_question)
{
	struct map *map = map_new();

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		map_add_file(map, files[i].path, files[i].text,
			     strlen(files[i].text),
			     in_question &&
				     !strcmp(in_question, files[i].path));
	map_rank(map);
	return map;
}

Test(map, shows_what_there_is_in_its_folders)
{
	struct map *map = sample(NULL);
	struct buf out;

	buf_init(&out, 10000);
	map_render(&out, map, 1000);
	cr_expect(eq(str, out.ptr,
		     "App/Data/\n"
		     "  SessionDao.swift\n"
		     "    class SessionDao\n"
		     "  SessionRepository.swift\n"
		     "    class SessionRepository\n"
		     "      func loadSession(id: String) async throws -> Int\n"
		     "App/Login/\n"
		     "  LoginView.swift\n"
		     "    struct LoginView: View\n"
		     "  LoginViewModel.swift\n"
		     "    class LoginViewModel\n"
		     "App/Other/\n"
		     "  Unrelated.swift\n"
		     "    class Unrelated\n"),
		  "%s", out.ptr);
	buf_release(&out);
	map_free(map);
}

Test(map, is_about_the_files_in_question)
{
	struct map *map = sample("App/Data/SessionRepository.swift");
	struct buf out;

	buf_init(&out, 10000);
	map_render(&out, map, 1000);
	cr_expect(eq(str, out.ptr,
		     "App/Data/\n"
		     "  SessionDao.swift\n"
		     "    class SessionDao\n"),
		  "%s", out.ptr);
	buf_release(&out);
	map_free(map);
}

Test(map, keeps_its_budget)
{
	struct map *map = sample(NULL);

	for (size_t tokens = 0; tokens < 80; tokens++) {
		struct buf out;

		buf_init(&out, 10000);
		map_render(&out, map, tokens);
		cr_assert(out.len <=
			  (size_t)((double)tokens * MAP_BYTES_PER_TOKEN));
		buf_release(&out);
	}
	map_free(map);
}

Test(map, of_nothing_is_empty)
{
	struct map *map = map_new();
	struct map_violations violations;
	struct buf out;

	buf_init(&out, 100);
	map_rank(map);
	cr_assert(eq(sz, map_render(&out, map, 100), 0));
	map_find_violations(&violations, map);
	cr_assert(eq(sz, violations.len, 0));
	map_violations_release(&violations);
	buf_release(&out);
	map_free(map);
}

Test(map, sees_layers_that_are_skipped)
{
	struct map *map = sample(NULL);
	struct map_violations violations;

	map_find_violations(&violations, map);
	cr_assert(eq(sz, violations.len, 1));
	cr_assert(eq(str, (char *)violations.items[0].path,
		     "App/Login/LoginView.swift"));
	cr_assert(eq(str, (char *)violations.items[0].type, "SessionDao"));
	cr_assert(violations.items[0].layer == LAYER_VIEW);
	cr_assert(violations.items[0].other_layer == LAYER_DATA);
	map_violations_release(&violations);
	map_free(map);
}

Test(map, knows_layers_by_name)
{
	static const struct {
		const char *name;
		enum layer layer;
	} cases[] = {
		{ "LoginViewModel", LAYER_PRESENTATION },
		{ "LoginView", LAYER_VIEW },
		{ "LoginViewController", LAYER_VIEW },
		{ "AppCoordinator", LAYER_NAVIGATION },
		{ "UserDao", LAYER_DATA },
		{ "GetUserUseCase", LAYER_DOMAIN },
		{ "UserRepository", LAYER_REPOSITORY },
		{ "Viewer", LAYER_UNKNOWN },
		{ "", LAYER_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect(layer_of_type(cases[i].name, strlen(cases[i].name)) ==
				  cases[i].layer,
			  "%s", cases[i].name);
	cr_assert(layer_may_use(LAYER_VIEW, LAYER_PRESENTATION));
	cr_assert(layer_may_use(LAYER_NAVIGATION, LAYER_VIEW));
	cr_assert(not(layer_may_use(LAYER_VIEW, LAYER_DATA)));
	cr_assert(not(layer_may_use(LAYER_DOMAIN, LAYER_VIEW)));
	cr_assert(not(layer_may_use(LAYER_REPOSITORY, LAYER_PRESENTATION)));
}
