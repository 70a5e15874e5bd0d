#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/field.h"
#include "config/mistakes.h"
#include "config/secret_ref.h"
#include "core/attr.h"
#include "core/err.h"
#include "core/strvec.h"

/** \file
 * The configuration, referee.conf(5). Strings that are not set are NULL, lists
 * are empty, amounts of money and other numbers that are not set are -1 unless
 * a default is named.
 */

enum log_format { LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

struct budget_settings {
	int64_t daily_nusd, monthly_nusd, per_run_nusd;
	int64_t unknown_cost_nusd; /* default: $0.50 */
	double alert_at;           /* per cent; default: 80 */
	char *notify;              /* a notify section's name */
	char *timezone;            /* default: UTC */
	char *price_file;          /* prices before the shipped ones */
};

/** When a change is simple (at most) and when it is complex (more than). */
struct complexity_settings {
	int simple_lines, simple_files;   /* default: 60 and 3 */
	int complex_lines, complex_files; /* default: 400 and 15 */
};

enum service_kind {
	KIND_ANTHROPIC,
	KIND_OPENAI,
	KIND_CURSOR,
	KIND_HTTP,
	KIND_COMMAND,
	KIND_OFFLINE,
};

/** "anthropic" ... "offline"; ended by NULL. */
extern const char *const service_kind_names[];

/** How much thought a task asks for; "auto" decides by the change. */
enum complexity {
	COMPLEXITY_AUTO,
	COMPLEXITY_SIMPLE,
	COMPLEXITY_MEDIUM,
	COMPLEXITY_COMPLEX,
};

/** Variables that a program can be given. */
#define PROGRAM_VARIABLES_MAX 50

#define COMPLEXITY_COUNT (COMPLEXITY_COMPLEX + 1)

/** "auto", "simple", "medium", "complex"; ended by NULL. */
extern const char *const complexity_names[];

struct service_settings {
	char *name;
	enum service_kind kind;
	bool is_built_in; /* no section: it is there all the same */
	struct secret_ref key;
	char *url;
	int requests_per_minute, tokens_per_minute;
	int concurrency;               /* requests at once; default: 64 */
	int64_t timeout_ms;            /* of a request; default: 180 s */
	char *fallback;                /* another service's name */
	char *model[COMPLEXITY_COUNT]; /* by complexity; [AUTO]: `model` */
	struct strvec command;         /* kind command: its words */
	struct strvec environment;     /* and what it gets: NAME=value */
	char *directory;               /* where it starts; NULL: / */
	bool sandbox;                  /* whether it is shut in */
	char *request;                 /* kind http: the template's file */
	char *answer;                  /* and where in the reply the answer is:
					  a JSON pointer */
	char *input_tokens, *output_tokens; /* and the usage, likewise */
};

enum notify_kind { NOTIFY_SLACK, NOTIFY_WEBHOOK };

struct notify_settings {
	char *name;
	enum notify_kind kind;
	struct secret_ref url;
	struct secret_ref secret; /* kind webhook: signs what is sent */
};

enum forge_kind { FORGE_GITHUB, FORGE_GITLAB, FORGE_GITEA, FORGE_PLAIN };

/** "github", "gitlab", "gitea", "plain"; ended by NULL. */
extern const char *const forge_kind_names[];

enum adopt_mode { ADOPT_NEW, ADOPT_ALL };
enum notes_mode { NOTES_PUSH, NOTES_LOCAL, NOTES_SIDECAR };
enum forks_mode { FORKS_APPROVED, FORKS_ALWAYS, FORKS_NEVER };
enum tests_mode { TESTS_SANDBOX, TESTS_CI };

/** Rising. */
enum permission {
	PERMISSION_NONE,
	PERMISSION_READ,
	PERMISSION_WRITE,
	PERMISSION_MAINTAIN,
	PERMISSION_ADMIN,
};

/** "none" ... "admin"; ended by NULL. */
extern const char *const permission_names[];

/** Who may start a workflow by hand: accounts with at least `permission`
 * (PERMISSION_NONE: nobody by permission), and these users. */
struct allow_settings {
	char *workflow;
	enum permission permission;
	struct strvec users;
};

enum coverage_source {
	COVERAGE_NONE,
	COVERAGE_NOTE,    /* note:REF: notes on the commits */
	COVERAGE_FILE,    /* file:PATTERN: at the head, or checked out */
	COVERAGE_COMMAND, /* command:WORDS: what it prints  */
};

struct project_settings {
	char *name;
	char *url; /* of the git remote, or a path */
	enum forge_kind forge;
	char *api;        /* default from url and forge; NULL for plain */
	char *repository; /* "acme/wallet-ios", default from url */
	struct secret_ref token;
	char *app_id, *installation_id;
	struct secret_ref private_key;
	struct strvec branches; /* patterns; empty: the default branch */
	struct strvec pulls;    /* forge plain: patterns */
	char *target;           /* forge plain: what pulls go to */
	char *workflows;        /* default: .referee/workflows */
	enum adopt_mode adopt;
	enum notes_mode notes;
	char *sidecar; /* NOTES_SIDECAR: its URL */
	enum forks_mode forks;
	enum permission commands; /* default: write */
	struct allow_settings *allow;
	size_t allow_count;
	int64_t budget_monthly_nusd;
	enum coverage_source coverage;
	char *coverage_from; /* what follows the colon */
	enum tests_mode tests;
	struct strvec test_command; /* its words; empty: none are run */
	int64_t tests_timeout_ms; /* tests = ci: from the push; default: 60 m */
	struct strvec tests_checks; /* tests = ci: patterns of the statuses and
				       check runs that count; empty: all */
};

/** A model that is gone and what is asked instead. */
struct model_settings {
	char *from, *to;
};

struct settings {
	char *path; /* NULL: no file */

	char *state_dir; /* absolute */
	int concurrency; /* default: 200 */
	int64_t deadline_ms;
	enum log_format log_format;
	char *service; /* default: "offline" */
	int instances; /* default: 1 */
	int together;  /* small questions of a run in one request; default: 1 */
	int64_t retention_ms;
	int64_t cache_bytes; /* of the reply cache; default: 512 MB */
	char *ca_file, *proxy;

	char *control_remote;

	struct budget_settings budget;
	struct complexity_settings complexity;
	struct service_settings *services;
	size_t service_count;
	struct notify_settings *notifies;
	size_t notify_count;
	struct project_settings *projects; /* in the file's order */
	size_t project_count;
	struct model_settings *models;
	size_t model_count;
};

/** The defaults, with the built-in services and no projects. */
void settings_init(struct settings *out);
void settings_release(struct settings *settings);

/**
 * Reads `text` over the defaults; *out is to be released also if there were
 * mistakes. `is_private`: only its owner can read the file, so it may hold
 * secrets.
 */
void settings_parse(struct settings *out, const char *path, const char *text,
		    size_t len, bool is_private, struct mistakes *mistakes);

/**
 * Finds and reads the file: `path` if not NULL (it must exist), else
 * $REFEREE_CONFIG (likewise), $XDG_CONFIG_HOME/referee/referee.conf,
 * ~/.config/referee/referee.conf, /etc/referee/referee.conf, else the defaults
 * alone. Fails if a file cannot be read, not for the mistakes in it.
 */
MUST_CHECK int settings_load(struct settings *out, const char *path,
			     struct mistakes *mistakes, struct err *err);

/** Where a user's own configuration is looked for; NULL without a home. The
 * caller frees it. */
char *settings_user_path(void);

/** NULL if there is none of that name. */
const struct service_settings *settings_service(const struct settings *settings,
						const char *name);
const struct notify_settings *settings_notify(const struct settings *settings,
					      const char *name);
const struct project_settings *settings_project(const struct settings *settings,
						const char *name);

/** NULL: who may use commands may start it. */
const struct allow_settings *
project_allow(const struct project_settings *project, const char *workflow);

/** The tables, for tests and completion; *count is set. `kind` is a section's:
 * "referee", "service" ... NULL if there is none such. */
const struct field *settings_fields(const char *kind, size_t *count);

/** The kinds of section that have tables, ended by NULL; [models] takes any
 * key. */
extern const char *const settings_kinds[];

#endif /* CONFIG_SETTINGS_H */
