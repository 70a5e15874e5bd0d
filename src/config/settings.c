#include "config/settings.h"

#include <stdlib.h>
#include <string.h>

#include "config/settings_internal.h"
#include "config/value.h"
#include "core/alloc.h"
#include "core/limits.h"

#define MINUTE_MS (60LL * 1000)
#define DAY_MS    (24LL * 60 * MINUTE_MS)

/* The services that need no section, and the usual variables of their keys. */
static const struct built_in {
	const char *name;
	enum service_kind kind;
	const char *key_variable;
} built_in[] = {
	{ "claude-api", KIND_ANTHROPIC, "ANTHROPIC_API_KEY" },
	{ "openai-api", KIND_OPENAI, "OPENAI_API_KEY" },
	{ "cursor", KIND_CURSOR, "CURSOR_API_KEY" },
	{ "offline", KIND_OFFLINE, NULL },
};

/* A configuration of the system's has its state with the system's. */
static char *default_state_dir(const char *path)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (path && !strncmp(path, "/etc/", 5))
		return xstrdup("/var/lib/referee");
	if (state && *state == '/')
		return xstrf("%s/referee", state);
	if (home && *home == '/')
		return xstrf("%s/.local/state/referee", home);
	return xstrdup("/var/lib/referee");
}

static struct service_settings *add_service(struct settings *settings,
					    const char *name)
{
	struct service_settings *service;

	settings->services = xreallocarray(settings->services,
					   settings->service_count + 1,
					   sizeof(*settings->services));
	service = &settings->services[settings->service_count++];
	*service = (struct service_settings){
		.name = xstrdup(name),
		.requests_per_minute = -1,
		.tokens_per_minute = -1,
		.concurrency = 64,
		.timeout_ms = 3 * MINUTE_MS,
	};
	for (size_t i = 0; i < ARRAY_LEN(built_in); i++)
		if (!strcmp(built_in[i].name, name))
			service->kind = built_in[i].kind;
	return service;
}

bool service_is_built_in(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(built_in); i++)
		if (!strcmp(built_in[i].name, name))
			return true;
	return false;
}

/* A key that is not said is the kind's usual variable, but never sent to an URL
 * that is not the kind's own. */
static void add_usual_key(struct service_settings *service)
{
	if (service->key.source != SECRET_NONE || service->url)
		return;
	for (size_t i = 0; i < ARRAY_LEN(built_in); i++) {
		if (built_in[i].kind != service->kind ||
		    !built_in[i].key_variable)
			continue;
		service->key.source = SECRET_ENV;
		service->key.text = xstrdup(built_in[i].key_variable);
	}
}

static void add_built_in(struct settings *settings)
{
	struct service_settings *service;

	for (size_t i = 0; i < ARRAY_LEN(built_in); i++) {
		if (settings_service(settings, built_in[i].name))
			continue;
		service = add_service(settings, built_in[i].name);
		service->is_built_in = true;
	}
	for (size_t i = 0; i < settings->service_count; i++)
		add_usual_key(&settings->services[i]);
}

/* The defaults of all but what is built in. `path` may be NULL. */
static void set_defaults(struct settings *out, const char *path)
{
	*out = (struct settings){
		.path = path ? xstrdup(path) : NULL,
		.state_dir = default_state_dir(path),
		.concurrency = 200,
		.deadline_ms = 10 * MINUTE_MS,
		.service = xstrdup("offline"),
		.instances = 1,
		.together = 1,
		.retention_ms = 400 * DAY_MS,
		.cache_bytes = 512L * MIB,
		.budget = { .daily_nusd = -1,
			    .monthly_nusd = -1,
			    .per_run_nusd = -1,
			    .unknown_cost_nusd = 500000000,
			    .alert_at = 80,
			    .timezone = xstrdup("UTC") },
		.complexity = { .simple_lines = 60,
				.simple_files = 3,
				.complex_lines = 400,
				.complex_files = 15 },
	};
}

void settings_init(struct settings *out)
{
	set_defaults(out, NULL);
	add_built_in(out);
}

static void read_service(struct settings *settings,
			 const struct section *section,
			 struct mistakes *mistakes)
{
	size_t count = 0;
	const struct field *fields = settings_fields("service", &count);

	fields_set(add_service(settings, section->name), section, fields, count,
		   mistakes);
}

static void read_notify(struct settings *settings,
			const struct section *section,
			struct mistakes *mistakes)
{
	size_t count = 0;
	const struct field *fields = settings_fields("notify", &count);
	struct notify_settings *notify;

	settings->notifies = xreallocarray(settings->notifies,
					   settings->notify_count + 1,
					   sizeof(*settings->notifies));
	notify = &settings->notifies[settings->notify_count++];
	*notify = (struct notify_settings){ .name = xstrdup(section->name) };
	fields_set(notify, section, fields, count, mistakes);
}

static void read_project(struct settings *settings,
			 const struct section *section,
			 struct mistakes *mistakes)
{
	size_t count = 0;
	const struct field *fields = settings_fields("project", &count);
	struct project_settings *project;

	settings->projects = xreallocarray(settings->projects,
					   settings->project_count + 1,
					   sizeof(*settings->projects));
	project = &settings->projects[settings->project_count++];
	*project = (struct project_settings){
		.name = xstrdup(section->name),
		.workflows = xstrdup(".referee/workflows"),
		.commands = PERMISSION_WRITE,
		.budget_monthly_nusd = -1,
		.tests_timeout_ms = 3600 * 1000LL,
	};
	fields_set(project, section, fields, count, mistakes);
	project_add_defaults(project, section_get(section, "forge") != NULL);
}

/* Keys and values are both names of models. */
static void read_models(struct settings *settings,
			const struct section *section,
			struct mistakes *mistakes)
{
	for (size_t i = 0; i < section->len; i++) {
		const struct entry *entry = &section->entries[i];

		if (!*entry->value) {
			mistakes_add(mistakes, entry->place,
				     "'%s' must not be empty", entry->key);
			continue;
		}
		settings->models = xreallocarray(settings->models,
						 settings->model_count + 1,
						 sizeof(*settings->models));
		settings->models[settings->model_count++] =
			(struct model_settings){ xstrdup(entry->key),
						 xstrdup(entry->value) };
	}
}

static void read_plain(struct settings *settings, const struct section *section,
		       struct mistakes *mistakes)
{
	size_t count = 0;
	const struct field *fields = settings_fields(section->kind, &count);

	fields_set(settings, section, fields, count, mistakes);
}

/* The kinds of section, who reads them, and whether they have names. */
static const struct section_kind {
	const char *kind;
	void (*read)(struct settings *settings, const struct section *section,
		     struct mistakes *mistakes);
	bool is_named;
} section_kinds[] = {
	{ "referee", read_plain, false },    { "control", read_plain, false },
	{ "budget", read_plain, false },     { "service", read_service, true },
	{ "notify", read_notify, true },     { "project", read_project, true },
	{ "complexity", read_plain, false }, { "models", read_models, false },
};

static void note_unknown_section(const struct section *section,
				 struct mistakes *mistakes)
{
	const char *known[ARRAY_LEN(section_kinds)];
	char said[UNKNOWN_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(section_kinds); i++)
		known[i] = section_kinds[i].kind;
	unknown_format(said, "section", section->kind, known,
		       ARRAY_LEN(section_kinds));
	mistakes_add(mistakes, section->place, "%s", said);
}

static void read_section(struct settings *settings,
			 const struct section *section,
			 struct mistakes *mistakes)
{
	const struct section_kind *kind = NULL;

	for (size_t i = 0; i < ARRAY_LEN(section_kinds); i++)
		if (!strcmp(section_kinds[i].kind, section->kind))
			kind = &section_kinds[i];
	if (!*section->kind)
		return; /* it could not be read, which was said */
	if (!kind) {
		note_unknown_section(section, mistakes);
	} else if (kind->is_named && !section->name) {
		mistakes_add(mistakes, section->place,
			     "[%s] needs a name: [%s \"name\"]", kind->kind,
			     kind->kind);
	} else if (!kind->is_named && section->name) {
		mistakes_add(mistakes, section->place, "[%s] takes no name",
			     kind->kind);
	} else if (section->name && !value_is_id(section->name, false)) {
		mistakes_add(mistakes, section->place,
			     "'%.60s' is no name: lower-case letters, digits, "
			     "'-', '_' and '.', not ending in .lock",
			     section->name);
	} else {
		kind->read(settings, section, mistakes);
	}
}

void settings_parse(struct settings *out, const char *path, const char *text,
		    size_t len, bool is_private, struct mistakes *mistakes)
{
	struct sections sections;

	set_defaults(out, path);
	sections_parse(&sections, path, text, len, mistakes);
	for (size_t i = 0; i < sections.len; i++)
		read_section(out, &sections.items[i], mistakes);
	add_built_in(out);
	settings_check(out, &sections, is_private, mistakes);
	sections_release(&sections);
	mistakes_sort(mistakes);
}

const struct service_settings *settings_service(const struct settings *settings,
						const char *name)
{
	for (size_t i = 0; i < settings->service_count; i++)
		if (!strcmp(settings->services[i].name, name))
			return &settings->services[i];
	return NULL;
}

const struct notify_settings *settings_notify(const struct settings *settings,
					      const char *name)
{
	for (size_t i = 0; i < settings->notify_count; i++)
		if (!strcmp(settings->notifies[i].name, name))
			return &settings->notifies[i];
	return NULL;
}

const struct project_settings *settings_project(const struct settings *settings,
						const char *name)
{
	for (size_t i = 0; i < settings->project_count; i++)
		if (!strcmp(settings->projects[i].name, name))
			return &settings->projects[i];
	return NULL;
}

const struct allow_settings *
project_allow(const struct project_settings *project, const char *workflow)
{
	for (size_t i = 0; i < project->allow_count; i++)
		if (!strcmp(project->allow[i].workflow, workflow))
			return &project->allow[i];
	return NULL;
}
