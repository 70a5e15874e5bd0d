#include <string.h>
#include <sys/stat.h>

#include "config/settings_internal.h"
#include "core/alloc.h"

/* What no single key can tell: names that must be there, keys that need or
 * exclude each other. */

static const char zone_folder[] = "/usr/share/zoneinfo";

struct check {
	const struct settings *settings;
	struct mistakes *mistakes;
	const char **services; /* names of all */
};

static void check_service_name(const struct check *check,
			       const struct section *section, const char *key)
{
	const struct entry *entry = section_get(section, key);
	char said[UNKNOWN_SIZE];

	if (!entry || !*entry->value ||
	    settings_service(check->settings, entry->value))
		return;
	unknown_format(said, "service", entry->value, check->services,
		       check->settings->service_count);
	mistakes_add(check->mistakes, entry->place, "%s", said);
}

/* A fallback that comes back to where it began. */
static void check_fallback(const struct check *check,
			   const struct section *section)
{
	const struct service_settings *at = settings_service(check->settings,
							     section->name);

	for (size_t steps = 0; at && at->fallback; steps++) {
		at = settings_service(check->settings, at->fallback);
		if (!at || steps > check->settings->service_count)
			return; /* unknown, or a circle that others make */
		if (strcmp(at->name, section->name) != 0)
			continue;
		mistakes_add(check->mistakes,
			     section_place(section, "fallback"),
			     "'fallback' leads back to '%s'", section->name);
		return;
	}
}

/* Keys that only one kind of service has; those it needs. */
static const struct kind_key {
	const char *key;
	enum service_kind kind;
	bool is_required;
	bool is_for_cursor; /* too: its command-line tool */
} kind_keys[] = {
	{ "command", KIND_COMMAND, true, true },
	{ "environment", KIND_COMMAND, false, false },
	{ "directory", KIND_COMMAND, false, false },
	{ "sandbox", KIND_COMMAND, false, false },
	{ "request", KIND_HTTP, true, false },
	{ "answer", KIND_HTTP, true, false },
	{ "input_tokens", KIND_HTTP, false, false },
	{ "output_tokens", KIND_HTTP, false, false },
};

static void check_kind_keys(const struct check *check,
			    const struct section *section,
			    enum service_kind kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kind_keys); i++) {
		const struct kind_key *known = &kind_keys[i];
		bool is_there = section_get(section, known->key) != NULL;

		if (is_there && known->kind != kind &&
		    !(known->is_for_cursor && kind == KIND_CURSOR))
			mistakes_add(check->mistakes,
				     section_place(section, known->key),
				     "'%s' is only for services of kind %s%s",
				     known->key,
				     service_kind_names[known->kind],
				     known->is_for_cursor ? " or cursor" : "");
		if (!is_there && known->kind == kind && known->is_required)
			mistakes_add(check->mistakes, section->place,
				     "'%s' is missing: kind %s needs it",
				     known->key, service_kind_names[kind]);
	}
	if (kind == KIND_HTTP && !section_get(section, "url"))
		mistakes_add(check->mistakes, section->place,
			     "'url' is missing: kind http needs it");
}

/* "NAME=value" */
static bool is_variable(const char *word)
{
	size_t len = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz0123456789_");

	return len && word[len] == '=' && !(*word >= '0' && *word <= '9');
}

/* What a program is given. */
static void check_program(const struct check *check,
			  const struct section *section,
			  const struct service_settings *service)
{
	const struct strvec *words = &service->environment;
	struct place place = section_place(section, "environment");
	bool gets_key = false, has_key = service->key.source != SECRET_NONE;

	for (size_t i = 0; i < words->len; i++) {
		const char *value = strchr(words->v[i], '=');

		gets_key |= value && strcmp(value, "=${key}") == 0;
		if (!is_variable(words->v[i]))
			mistakes_add(check->mistakes, place,
				     "'environment' is a list of NAME=value, "
				     "which '%.60s' is not",
				     words->v[i]);
	}
	if (words->len > PROGRAM_VARIABLES_MAX)
		mistakes_add(check->mistakes, place,
			     "'environment' holds over %d variables",
			     PROGRAM_VARIABLES_MAX);
	if (gets_key && !has_key)
		mistakes_add(check->mistakes, place,
			     "'environment' names ${key}, but there is no "
			     "'key'");
	if (has_key && !gets_key)
		mistakes_warn(check->mistakes, section_place(section, "key"),
			      "the program does not get 'key': say which "
			      "variable holds it, 'environment = NAME=${key}'");
	if (service->directory && service->directory[0] != '/')
		mistakes_add(check->mistakes,
			     section_place(section, "directory"),
			     "'directory' must be an absolute path");
}

static void check_service(const struct check *check,
			  const struct section *section)
{
	const struct service_settings *service =
		settings_service(check->settings, section->name);

	check_service_name(check, section, "fallback");
	if (!service)
		return; /* its name is none, which was said */
	check_fallback(check, section);
	if (service->kind == KIND_COMMAND)
		check_program(check, section, service);
	if (section_get(section, "kind") || service_is_built_in(section->name))
		check_kind_keys(check, section, service->kind);
	else
		mistakes_add(check->mistakes, section->place,
			     "'kind' is missing");
}

static void check_budget(const struct check *check,
			 const struct section *section)
{
	const struct entry *notify = section_get(section, "notify");
	const struct entry *zone = section_get(section, "timezone");
	struct stat status;
	char *path;

	if (notify && *notify->value &&
	    !settings_notify(check->settings, notify->value))
		mistakes_warn(check->mistakes, notify->place,
			      "there is no [notify \"%.60s\"]", notify->value);
	if (!zone || !*zone->value || stat(zone_folder, &status) < 0)
		return;
	path = xstrf("%s/%s", zone_folder, zone->value);
	if (strstr(zone->value, "..") || stat(path, &status) < 0 ||
	    !S_ISREG(status.st_mode))
		mistakes_add(check->mistakes, zone->place,
			     "unknown time zone '%.60s'", zone->value);
	free(path);
}

static void check_complexity(const struct check *check,
			     const struct section *section)
{
	const struct complexity_settings *bounds = &check->settings->complexity;

	if (bounds->simple_lines > bounds->complex_lines ||
	    bounds->simple_files > bounds->complex_files)
		mistakes_add(check->mistakes, section->place,
			     "what is simple, at most %d lines and %d files, "
			     "would be complex, more than %d lines or %d files",
			     bounds->simple_lines, bounds->simple_files,
			     bounds->complex_lines, bounds->complex_files);
}

static void check_referee(const struct check *check,
			  const struct section *section)
{
	check_service_name(check, section, "service");
	if (check->settings->state_dir[0] != '/')
		mistakes_add(check->mistakes,
			     section_place(section, "state_dir"),
			     "'state_dir' must be an absolute path");
}

/* Keys that make no sense without, or beside, another. */
static void check_pairs(const struct check *check,
			const struct section *section)
{
	static const struct {
		const char *key, *needs;
	} needs[] = {
		{ "app_id", "private_key" },
		{ "installation_id", "app_id" },
		{ "private_key", "app_id" },
	};
	const struct entry *tests = section_get(section, "tests");

	for (size_t i = 0; i < ARRAY_LEN(needs); i++)
		if (section_get(section, needs[i].key) &&
		    !section_get(section, needs[i].needs))
			mistakes_add(check->mistakes,
				     section_place(section, needs[i].key),
				     "'%s' needs '%s' too", needs[i].key,
				     needs[i].needs);
	/* CI has a command of its own. */
	if (tests && strcmp(tests->value, "ci") != 0 &&
	    !section_get(section, "test_command"))
		mistakes_add(check->mistakes, tests->place,
			     "'tests' needs 'test_command' too");
	if (section_get(section, "token") && section_get(section, "app_id"))
		mistakes_add(check->mistakes, section_place(section, "app_id"),
			     "either 'token' or 'app_id', not both");
}

static void check_plain(const struct check *check,
			const struct section *section, bool is_plain)
{
	static const char *const only_plain[] = { "pulls", "target" };
	static const char *const never_plain[] = { "api", "repository",
						   "app_id" };

	for (size_t i = 0; i < ARRAY_LEN(only_plain); i++)
		if (!is_plain && section_get(section, only_plain[i]))
			mistakes_add(check->mistakes,
				     section_place(section, only_plain[i]),
				     "'%s' is only for forge = plain",
				     only_plain[i]);
	for (size_t i = 0; i < ARRAY_LEN(never_plain); i++)
		if (is_plain && section_get(section, never_plain[i]))
			mistakes_add(check->mistakes,
				     section_place(section, never_plain[i]),
				     "'%s' needs a forge, and this one is "
				     "plain: set 'forge'",
				     never_plain[i]);
}

/* The forge was said, but is none. */
static bool is_forge_unknown(const struct section *section,
			     const struct project_settings *project)
{
	const struct entry *forge = section_get(section, "forge");

	return forge &&
	       strcmp(forge->value, forge_kind_names[project->forge]) != 0;
}

static void check_forge(const struct check *check,
			const struct section *section,
			const struct project_settings *project)
{
	if (!project->url || is_forge_unknown(section, project))
		return;
	check_plain(check, section, project->forge == FORGE_PLAIN);
	if (project->forge != FORGE_PLAIN && !project->api)
		mistakes_add(check->mistakes, section->place,
			     "'api' is missing: the URL does not tell it");
	if (project->forge != FORGE_PLAIN && !project->repository)
		mistakes_add(check->mistakes, section->place,
			     "'repository' is missing: the URL does not tell "
			     "it");
}

static void check_project(const struct check *check,
			  const struct section *section)
{
	const struct project_settings *project =
		settings_project(check->settings, section->name);

	if (!project)
		return;
	check_pairs(check, section);
	check_forge(check, section, project);
	if (*project->workflows == '/' || strstr(project->workflows, ".."))
		mistakes_add(check->mistakes,
			     section_place(section, "workflows"),
			     "'workflows' must be a folder of the repository");
	if (project->token.source != SECRET_NONE && project->url &&
	    !strncmp(project->url, "http://", 7))
		mistakes_warn(check->mistakes, section_place(section, "url"),
			      "the token goes to an http:// URL in clear text");
}

static bool is_plain_secret(const struct field *field, const char *value)
{
	struct secret_ref ref = { 0 };
	struct err err;
	bool is_plain;

	if (field->set != field_set_secret)
		return false;
	is_plain = secret_ref_parse(&ref, value, &err) == 0 &&
		   ref.source == SECRET_PLAIN;
	secret_ref_release(&ref);
	return is_plain;
}

/* A webhook's URL is no secret in itself. */
static bool is_open_url(const struct section *section, const char *key)
{
	const struct entry *kind = section_get(section, "kind");

	return !strcmp(section->kind, "notify") && !strcmp(key, "url") &&
	       kind && !strcmp(kind->value, "webhook");
}

static void check_secrets(const struct check *check,
			  const struct section *section)
{
	size_t count = 0;
	const struct field *fields = settings_fields(section->kind, &count);

	for (size_t i = 0; i < section->len && fields; i++) {
		const struct entry *entry = &section->entries[i];
		const struct field *field = field_find(fields, count,
						       entry->key);

		if (field && is_plain_secret(field, entry->value) &&
		    !is_open_url(section, entry->key))
			mistakes_add(check->mistakes, entry->place,
				     "'%s' holds a secret in a file that "
				     "others may read: use env:NAME, "
				     "file:PATH, command:WORDS or "
				     "credential:NAME, or chmod 600 the file",
				     entry->key);
	}
}

void settings_check(const struct settings *settings,
		    const struct sections *sections, bool is_private,
		    struct mistakes *mistakes)
{
	static const struct {
		const char *kind;
		bool is_named;
		void (*check)(const struct check *check,
			      const struct section *section);
	} checks[] = {
		{ "referee", false, check_referee },
		{ "budget", false, check_budget },
		{ "service", true, check_service },
		{ "project", true, check_project },
		{ "complexity", false, check_complexity },
	};
	struct check check = { .settings = settings, .mistakes = mistakes };

	check.services = xcalloc(settings->service_count, sizeof(char *));
	for (size_t i = 0; i < settings->service_count; i++)
		check.services[i] = settings->services[i].name;
	for (size_t i = 0; i < sections->len; i++) {
		const struct section *section = &sections->items[i];

		for (size_t j = 0; j < ARRAY_LEN(checks); j++)
			if (!strcmp(checks[j].kind, section->kind) &&
			    checks[j].is_named == (section->name != NULL))
				checks[j].check(&check, section);
		if (!is_private)
			check_secrets(&check, section);
	}
	free(check.services);
}
