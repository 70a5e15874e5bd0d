#include <string.h>

#include "config/settings_internal.h"

/* The tables of referee.conf(5). Their order is the manual's. */

const char *const service_kind_names[] = { "anthropic", "openai",  "cursor",
					   "http",      "command", "offline",
					   NULL };

const char *const complexity_names[] = { "auto", "simple", "medium", "complex",
					 NULL };

const char *const forge_kind_names[] = { "github", "gitlab", "gitea", "plain",
					 NULL };

const char *const permission_names[] = { "none",     "read",  "write",
					 "maintain", "admin", NULL };

static const char *const log_format_names[] = { "text", "json", NULL };
static const char *const yes_names[] = { "no", "yes", NULL };
static const char *const notify_kind_names[] = { "slack", "webhook", NULL };
static const char *const adopt_names[] = { "new", "all", NULL };
static const char *const forks_names[] = { "approved", "always", "never",
					   NULL };
static const char *const tests_names[] = { "sandbox", "ci", NULL };

#define DAY_MS (86400LL * 1000)

static const struct field referee_fields[] = {
	{ .key = "state_dir",
	  .set = field_set_text,
	  .offset = offsetof(struct settings, state_dir) },
	{ .key = "concurrency",
	  .set = field_set_number,
	  .min = 1,
	  .max = 10000,
	  .offset = offsetof(struct settings, concurrency) },
	{ .key = "deadline",
	  .set = field_set_duration,
	  .min = 1000,
	  .max = DAY_MS,
	  .offset = offsetof(struct settings, deadline_ms) },
	{ .key = "log_format",
	  .set = field_set_name,
	  .names = log_format_names,
	  .offset = offsetof(struct settings, log_format) },
	{ .key = "service",
	  .set = field_set_text,
	  .offset = offsetof(struct settings, service) },
	{ .key = "instances",
	  .set = field_set_number,
	  .min = 1,
	  .max = 64,
	  .offset = offsetof(struct settings, instances) },
	{ .key = "together",
	  .set = field_set_name,
	  .names = yes_names,
	  .offset = offsetof(struct settings, together) },
	{ .key = "retention",
	  .set = field_set_duration,
	  .min = DAY_MS,
	  .max = 36500 * DAY_MS,
	  .offset = offsetof(struct settings, retention_ms) },
	{ .key = "cache_size",
	  .set = field_set_size,
	  .offset = offsetof(struct settings, cache_bytes) },
	{ .key = "ca_file",
	  .set = field_set_text,
	  .offset = offsetof(struct settings, ca_file) },
	{ .key = "proxy",
	  .set = field_set_text,
	  .offset = offsetof(struct settings, proxy) },
};

static const struct field control_fields[] = {
	{ .key = "remote",
	  .set = settings_set_remote,
	  .is_required = true,
	  .offset = offsetof(struct settings, control_remote) },
};

#define BUDGET(member) offsetof(struct settings, budget.member)

static const struct field budget_fields[] = {
	{ .key = "daily",
	  .set = field_set_money,
	  .min = 1,
	  .offset = BUDGET(daily_nusd) },
	{ .key = "monthly",
	  .set = field_set_money,
	  .min = 1,
	  .offset = BUDGET(monthly_nusd) },
	{ .key = "per_run",
	  .set = field_set_money,
	  .min = 1,
	  .offset = BUDGET(per_run_nusd) },
	{ .key = "unknown_cost",
	  .set = field_set_money,
	  .min = 1,
	  .offset = BUDGET(unknown_cost_nusd) },
	{ .key = "alert_at",
	  .set = field_set_percent,
	  .offset = BUDGET(alert_at) },
	{ .key = "notify", .set = field_set_text, .offset = BUDGET(notify) },
	{ .key = "timezone",
	  .set = field_set_text,
	  .offset = BUDGET(timezone) },
	{ .key = "price_file",
	  .set = field_set_text,
	  .offset = BUDGET(price_file) },
};

#define SERVICE(member) offsetof(struct service_settings, member)

static const struct field service_fields[] = {
	{ .key = "kind",
	  .set = field_set_name,
	  .names = service_kind_names,
	  .offset = SERVICE(kind) },
	{ .key = "key", .set = field_set_secret, .offset = SERVICE(key) },
	{ .key = "url", .set = field_set_text, .offset = SERVICE(url) },
	{ .key = "requests_per_minute",
	  .set = field_set_number,
	  .min = 1,
	  .max = INT32_MAX,
	  .offset = SERVICE(requests_per_minute) },
	{ .key = "tokens_per_minute",
	  .set = field_set_number,
	  .min = 1,
	  .max = INT32_MAX,
	  .offset = SERVICE(tokens_per_minute) },
	{ .key = "concurrency",
	  .set = field_set_number,
	  .min = 1,
	  .max = 10000,
	  .offset = SERVICE(concurrency) },
	{ .key = "timeout",
	  .set = field_set_duration,
	  .min = 1000,
	  .max = 3600LL * 1000,
	  .offset = SERVICE(timeout_ms) },
	{ .key = "fallback",
	  .set = field_set_text,
	  .offset = SERVICE(fallback) },
	{ .key = "model",
	  .set = field_set_text,
	  .offset = SERVICE(model[COMPLEXITY_AUTO]) },
	{ .key = "model_simple",
	  .set = field_set_text,
	  .offset = SERVICE(model[COMPLEXITY_SIMPLE]) },
	{ .key = "model_medium",
	  .set = field_set_text,
	  .offset = SERVICE(model[COMPLEXITY_MEDIUM]) },
	{ .key = "model_complex",
	  .set = field_set_text,
	  .offset = SERVICE(model[COMPLEXITY_COMPLEX]) },
	{ .key = "command",
	  .set = field_set_words,
	  .offset = SERVICE(command) },
	{ .key = "environment",
	  .set = field_set_words,
	  .offset = SERVICE(environment) },
	{ .key = "directory",
	  .set = field_set_text,
	  .offset = SERVICE(directory) },
	{ .key = "sandbox", .set = field_set_flag, .offset = SERVICE(sandbox) },
	{ .key = "request", .set = field_set_text, .offset = SERVICE(request) },
	{ .key = "answer", .set = field_set_text, .offset = SERVICE(answer) },
	{ .key = "input_tokens",
	  .set = field_set_text,
	  .offset = SERVICE(input_tokens) },
	{ .key = "output_tokens",
	  .set = field_set_text,
	  .offset = SERVICE(output_tokens) },
};

#define NOTIFY(member) offsetof(struct notify_settings, member)

static const struct field notify_fields[] = {
	{ .key = "kind",
	  .set = field_set_name,
	  .names = notify_kind_names,
	  .is_required = true,
	  .offset = NOTIFY(kind) },
	{ .key = "url",
	  .set = field_set_secret,
	  .is_required = true,
	  .offset = NOTIFY(url) },
	{ .key = "secret", .set = field_set_secret, .offset = NOTIFY(secret) },
};

#define PROJECT(member) offsetof(struct project_settings, member)

static const struct field project_fields[] = {
	{ .key = "url",
	  .set = settings_set_remote,
	  .is_required = true,
	  .offset = PROJECT(url) },
	{ .key = "forge",
	  .set = field_set_name,
	  .names = forge_kind_names,
	  .offset = PROJECT(forge) },
	{ .key = "api", .set = field_set_text, .offset = PROJECT(api) },
	{ .key = "repository",
	  .set = field_set_text,
	  .offset = PROJECT(repository) },
	{ .key = "token", .set = field_set_secret, .offset = PROJECT(token) },
	{ .key = "app_id", .set = field_set_text, .offset = PROJECT(app_id) },
	{ .key = "installation_id",
	  .set = field_set_text,
	  .offset = PROJECT(installation_id) },
	{ .key = "private_key",
	  .set = field_set_secret,
	  .offset = PROJECT(private_key) },
	{ .key = "branches",
	  .set = field_set_list,
	  .offset = PROJECT(branches) },
	{ .key = "pulls", .set = field_set_list, .offset = PROJECT(pulls) },
	{ .key = "target", .set = field_set_text, .offset = PROJECT(target) },
	{ .key = "workflows",
	  .set = field_set_text,
	  .offset = PROJECT(workflows) },
	{ .key = "adopt",
	  .set = field_set_name,
	  .names = adopt_names,
	  .offset = PROJECT(adopt) },
	{ .key = "notes", .set = settings_set_notes },
	{ .key = "forks",
	  .set = field_set_name,
	  .names = forks_names,
	  .offset = PROJECT(forks) },
	{ .key = "commands",
	  .set = field_set_name,
	  .names = permission_names,
	  .offset = PROJECT(commands) },
	{ .key = "allow.", .set = settings_set_allow },
	{ .key = "budget_monthly",
	  .set = field_set_money,
	  .min = 1,
	  .offset = PROJECT(budget_monthly_nusd) },
	{ .key = "coverage", .set = settings_set_coverage },
	{ .key = "tests",
	  .set = field_set_name,
	  .names = tests_names,
	  .offset = PROJECT(tests) },
	{ .key = "test_command",
	  .set = field_set_words,
	  .offset = PROJECT(test_command) },
	{ .key = "tests_timeout",
	  .set = field_set_duration,
	  .min = 60 * 1000LL,
	  .max = 7 * DAY_MS,
	  .offset = PROJECT(tests_timeout_ms) },
	{ .key = "tests_checks",
	  .set = field_set_list,
	  .offset = PROJECT(tests_checks) },
};

#define COMPLEXITY_FIELD(name)                                        \
	{                                                             \
		.key = #name, .set = field_set_number, .min = 1,      \
		.max = INT32_MAX,                                     \
		.offset = offsetof(struct settings, complexity.name), \
	}

static const struct field complexity_fields[] = {
	COMPLEXITY_FIELD(simple_lines),
	COMPLEXITY_FIELD(simple_files),
	COMPLEXITY_FIELD(complex_lines),
	COMPLEXITY_FIELD(complex_files),
};

const char *const settings_kinds[] = { "referee",    "control", "budget",
				       "service",    "notify",  "project",
				       "complexity", NULL };

#define TABLE(name)                                     \
	{                                               \
		name##_fields, ARRAY_LEN(name##_fields) \
	}

const struct field *settings_fields(const char *kind, size_t *count)
{
	static const struct {
		const struct field *fields;
		size_t count;
	} tables[] = { TABLE(referee),   TABLE(control), TABLE(budget),
		       TABLE(service),   TABLE(notify),  TABLE(project),
		       TABLE(complexity) };

	for (size_t i = 0; settings_kinds[i]; i++) {
		if (strcmp(settings_kinds[i], kind) != 0)
			continue;
		*count = tables[i].count;
		return tables[i].fields;
	}
	return NULL;
}
