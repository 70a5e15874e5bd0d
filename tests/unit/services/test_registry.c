#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/loop.h"
#include "services/registry.h"

static void configure(struct settings *settings, const char *text)
{
	struct mistakes mistakes = { 0 };
	struct buf said;

	settings_parse(settings, "t.conf", text, strlen(text), true, &mistakes);
	buf_init(&said, 10000);
	mistakes_format(&said, &mistakes);
	cr_assert_eq(mistakes.errors, 0, "%s", said.ptr);
	buf_release(&said);
	mistakes_release(&mistakes);
}

static const struct service *find(const struct service_set *set,
				  const char *name)
{
	for (size_t i = 0; i < service_set_count(set); i++)
		if (strcmp(service_set_at(set, i)->name, name) == 0)
			return service_set_at(set, i);
	cr_fatal("no service %s", name);
	return NULL;
}

Test(registry, makes_every_service_of_the_configuration)
{
	struct settings settings;
	struct service_set *set;
	const struct service *service;
	struct err err = ERR_INIT;

	configure(&settings, "[service \"claude-api\"]\nkind = anthropic\n"
			     "key = env:K\nrequests_per_minute = 1000\n"
			     "fallback = llama\nmodel_simple = small\n"
			     "[service \"llama\"]\nkind = openai\n"
			     "url = http://127.0.0.1:8080/v1\n"
			     "[service \"diffblue\"]\nkind = command\n"
			     "command = dcover create --batch\n"
			     "key = env:K\nenvironment = DCOVER=${key}\n"
			     "directory = /srv\nsandbox = yes\n");
	must(service_set_make(&set, &settings, &err));
	service = find(set, "claude-api");
	cr_assert_str_eq(service->ops->kind, "anthropic");
	cr_assert(eq(i64, service->requests_per_minute, 1000));
	cr_assert_str_eq(service->fallback, "llama");
	cr_assert_str_eq(service->models[COMPLEXITY_SIMPLE], "small");
	cr_assert(service->needs_key && service->load_key);
	service = find(set, "llama");
	cr_assert_str_eq(service->ops->kind, "openai");
	cr_assert_not(service->needs_key);
	service = find(set, "diffblue");
	cr_assert_str_eq(service->argv[1], "create");
	cr_assert_str_eq(service->environment[0], "DCOVER=${key}");
	cr_assert_null(service->environment[1]);
	cr_assert_str_eq(service->work_dir, "/srv");
	cr_assert(service->sandbox && service->load_key);
	cr_assert(find(set, "offline")->ops->is_local);
	cr_assert_str_eq(find(set, "cursor")->ops->kind, "cursor");
	service_set_free(set);
	settings_release(&settings);
}

Test(registry, says_what_a_service_lacks)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "[service \"v\"]\nkind = http\nurl = http://127.0.0.1:1\n",
		  "service v: kind = http needs url, request and answer" },
		{ "[service \"c\"]\nkind = command\n",
		  "service c: kind = command needs one" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct settings settings;
		struct service_set *set;
		struct mistakes mistakes = { 0 };
		struct err err = ERR_INIT;

		/* The configuration may find it first. */
		settings_parse(&settings, "t.conf", cases[i].text,
			       strlen(cases[i].text), true, &mistakes);
		if (!mistakes.errors) {
			must_fail(ERR_INVALID,
				  service_set_make(&set, &settings, &err));
			cr_assert(eq(str, err.msg, (char *)cases[i].message));
		}
		mistakes_release(&mistakes);
		settings_release(&settings);
	}
}

Test(registry, reads_the_template_of_a_vendor)
{
	char path[] = "/tmp/referee-template-XXXXXX", text[300];
	int fd = mkstemp(path);
	struct settings settings;
	struct service_set *set;
	struct err err = ERR_INIT;

	cr_assert(fd >= 0);
	cr_assert(write(fd, "{\"body\":{}}", 11) == 11);
	snprintf(text, sizeof(text),
		 "[service \"v\"]\nkind = http\nurl = http://127.0.0.1:1\n"
		 "request = %s\nanswer = /a\n",
		 path);
	configure(&settings, text);
	must(service_set_make(&set, &settings, &err));
	cr_assert_str_eq(json_string_or(find(set, "v")->options, "answer", ""),
			 "/a");
	service_set_free(set);
	cr_assert(write(fd, "}", 1) == 1);
	must_fail(ERR_INVALID, service_set_make(&set, &settings, &err));
	cr_assert(strstr(err.msg, path) != NULL, "%s", err.msg);
	settings_release(&settings);
	close(fd);
	unlink(path);
}

Test(registry, adds_services_and_mapped_models_to_a_gateway)
{
	struct settings settings;
	struct service_set *set;
	struct gateway *gateway;
	struct loop *loop;
	struct err err = ERR_INIT;

	configure(&settings, "[models]\nold = new\n");
	must(service_set_make(&set, &settings, &err));
	must(loop_new(&loop, &err));
	must(gateway_new(&gateway, loop, NULL, &(struct gateway_options){ 0 },
			 &err));
	must(service_set_add_to(set, gateway, &err));
	must_fail(ERR_CONFLICT, service_set_add_to(set, gateway, &err));
	gateway_free(gateway);
	loop_free(loop);
	service_set_free(set);
	settings_release(&settings);
}
