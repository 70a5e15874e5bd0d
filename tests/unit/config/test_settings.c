#include "manual.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/sections.h"
#include "config/settings.h"
#include "core/limits.h"

static void parse(struct settings *out, const char *text,
		  struct mistakes *mistakes)
{
	settings_parse(out, "f", text, strlen(text), false, mistakes);
}

/* As the manual shows it. */
static const char whole[] =
	"[referee]\n"
	"state_dir = /var/lib/referee\n"
	"concurrency = 100                  ; runs at once\n"
	"deadline = 5m\n"
	"log_format = json\n"
	"service = claude-api\n"
	"instances = 2\n"
	"retention = 30d\n"
	"cache_size = 64 MB\n"
	"[control]\n"
	"remote = ssh://git@git.acme.dev/ci/referee-control.git\n"
	"[budget]\n"
	"daily = 150\nmonthly = 3000\nper_run = 2\nunknown_cost = 0.25\n"
	"alert_at = 90%\nnotify = mobile-alerts\ntimezone = UTC\n"
	"price_file = /etc/referee/prices.json\n"
	"[service \"claude-api\"]\n"
	"kind = anthropic\n"
	"key = command:vault kv get -field=key secret/ai   ; or env:NAME\n"
	"requests_per_minute = 1000\ntokens_per_minute = 400000\n"
	"concurrency = 32\ntimeout = 90s\nfallback = openai-api\n"
	"model_simple = claude-haiku-5-5\nmodel_complex = claude-opus-5-5\n"
	"[service \"llama\"]\n"
	"kind = openai\nurl = http://127.0.0.1:8080/v1\n"
	"[service \"diffblue\"]\n"
	"kind = command\ncommand = dcover create --batch\n"
	"key = env:D\nenvironment = DCOVER_KEY=${key} 'A=b c'\n"
	"directory = /srv/dcover\nsandbox = yes\n"
	"[notify \"mobile-alerts\"]\n"
	"kind = slack\nurl = file:/run/credentials/referee/slack-hook\n"
	"[project \"wallet-ios\"]\n"
	"url = https://github.com/acme/wallet-ios.git\n"
	"token = file:/run/credentials/referee/github\n"
	"branches = main, release/*\n"
	"adopt = all\nnotes = ssh://git@git.acme.dev/notes.git\n"
	"forks = never\ncommands = maintain\n"
	"allow.architecture-migration = maintain, user:ada\n"
	"budget_monthly = 400\n"
	"coverage = note:refs/notes/coverage\n"
	"tests = ci\ntest_command = ./gradlew 'test Debug'\n"
	"tests_timeout = 90m\ntests_checks = unit, ios / *\n"
	"[complexity]\n"
	"simple_lines = 10\ncomplex_files = 7\n"
	"[models]\n"
	"claude-3-opus = claude-opus-5-5\n";

static void check_project(const struct project_settings *project)
{
	const struct allow_settings *allow;

	cr_assert(project != NULL);
	cr_assert(eq(int, project->forge, FORGE_GITHUB));
	must_say("https://api.github.com", project->api);
	must_say("acme/wallet-ios", project->repository);
	cr_assert(eq(int, project->token.source, SECRET_FILE));
	must_say("/run/credentials/referee/github", project->token.text);
	cr_assert(eq(sz, project->branches.len, 2));
	must_say("release/*", project->branches.v[1]);
	must_say(".referee/workflows", project->workflows);
	cr_assert(eq(int, project->adopt, ADOPT_ALL));
	cr_assert(eq(int, project->notes, NOTES_SIDECAR));
	must_say("ssh://git@git.acme.dev/notes.git", project->sidecar);
	cr_assert(eq(int, project->forks, FORKS_NEVER));
	cr_assert(eq(int, project->commands, PERMISSION_MAINTAIN));
	allow = project_allow(project, "architecture-migration");
	cr_assert(allow != NULL);
	cr_assert(eq(int, allow->permission, PERMISSION_MAINTAIN));
	must_say("ada", allow->users.v[0]);
	cr_assert(project_allow(project, "docs") == NULL);
	cr_assert(eq(i64, project->budget_monthly_nusd, 400000000000LL));
	cr_assert(eq(int, project->coverage, COVERAGE_NOTE));
	must_say("refs/notes/coverage", project->coverage_from);
	cr_assert(eq(int, project->tests, TESTS_CI));
	must_say("test Debug", project->test_command.v[1]);
	cr_assert(eq(i64, project->tests_timeout_ms, 90 * 60 * 1000));
	must_say("ios / *", project->tests_checks.v[1]);
}

Test(settings, takes_every_key)
{
	struct mistakes mistakes = { 0 };
	struct settings settings;
	const struct service_settings *claude;
	struct buf said;

	buf_init(&said, 4096);
	parse(&settings, whole, &mistakes);
	mistakes_format(&said, &mistakes);
	must_say("", said.ptr);
	must_say("/var/lib/referee", settings.state_dir);
	cr_assert(eq(int, settings.concurrency, 100));
	cr_assert(eq(i64, settings.deadline_ms, 300000));
	cr_assert(eq(int, settings.log_format, LOG_FORMAT_JSON));
	cr_assert(eq(int, settings.instances, 2));
	cr_assert(eq(i64, settings.cache_bytes, 64 * MIB));
	cr_assert(eq(i64, settings.budget.per_run_nusd, 2000000000LL));
	cr_assert(eq(dbl, settings.budget.alert_at, 90));
	cr_assert(eq(int, settings.complexity.simple_lines, 10));
	cr_assert(eq(int, settings.complexity.simple_files, 3));
	cr_assert(eq(int, settings.complexity.complex_lines, 400));
	cr_assert(eq(int, settings.complexity.complex_files, 7));
	must_say("/etc/referee/prices.json", settings.budget.price_file);
	claude = settings_service(&settings, "claude-api");
	cr_assert(not(claude->is_built_in));
	cr_assert(eq(int, claude->key.source, SECRET_COMMAND));
	must_say("vault kv get -field=key secret/ai", claude->key.text);
	must_say("openai-api", claude->fallback);
	must_say("claude-haiku-5-5", claude->model[COMPLEXITY_SIMPLE]);
	cr_assert(claude->model[COMPLEXITY_MEDIUM] == NULL);
	cr_assert(eq(int, settings_service(&settings, "llama")->key.source,
		     SECRET_NONE));
	cr_assert(eq(sz, settings_service(&settings, "diffblue")->command.len,
		     3));
	cr_assert(eq(int, settings_notify(&settings, "mobile-alerts")->kind,
		     NOTIFY_SLACK));
	check_project(settings_project(&settings, "wallet-ios"));
	must_say("claude-opus-5-5", settings.models[0].to);
	buf_release(&said);
	settings_release(&settings);
	mistakes_release(&mistakes);
}

Test(settings, has_defaults_and_built_in_services)
{
	static const char *const names[] = { "claude-api", "openai-api",
					     "cursor", "offline" };
	struct settings settings;

	setenv("XDG_STATE_HOME", "/xdg", 1);
	settings_init(&settings);
	must_say("/xdg/referee", settings.state_dir);
	must_say("offline", settings.service);
	cr_assert(eq(int, settings.concurrency, 200));
	cr_assert(eq(i64, settings.budget.daily_nusd, -1));
	cr_assert(eq(i64, settings.budget.unknown_cost_nusd, 500000000));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct service_settings *service =
			settings_service(&settings, names[i]);

		cr_assert(service != NULL, "%s", names[i]);
		cr_assert(service->is_built_in);
		unsetenv("ANTHROPIC_API_KEY");
		cr_assert(not(secret_ref_is_there(&service->key)));
	}
	setenv("ANTHROPIC_API_KEY", "sk", 1);
	cr_assert(secret_ref_is_there(
		&settings_service(&settings, "claude-api")->key));
	settings_release(&settings);
}

static const struct {
	const char *url, *forge, *api, *repository;
} guesses[] = {
	{ "https://github.com/a/b.git", "github", "https://api.github.com",
	  "a/b" },
	{ "git@github.com:a/b.git", "github", "https://api.github.com", "a/b" },
	{ "ssh://git@gitlab.com/g/s/p.git", "gitlab",
	  "https://gitlab.com/api/v4", "g/s/p" },
	{ "https://codeberg.org/a/b/", "gitea", "https://codeberg.org/api/v1",
	  "a/b" },
	{ "https://git.acme.dev/a/b.git", "plain", NULL, NULL },
	{ "/srv/git/a.git", "plain", NULL, NULL },
	{ "https://ghe.acme.dev:8443/a/b\nforge = github", "github",
	  "https://ghe.acme.dev:8443/api/v3", "a/b" },
	{ "ssh://git@gl.acme.dev:2222/a/b\nforge = gitlab", "gitlab",
	  "https://gl.acme.dev/api/v4", "a/b" },
};

Test(settings, tells_forge_api_and_repository_from_the_url)
{
	for (size_t i = 0; i < ARRAY_LEN(guesses); i++) {
		struct mistakes mistakes = { 0 };
		struct settings settings;
		const struct project_settings *project;
		char text[256];

		snprintf(text, sizeof(text), "[project \"p\"]\nurl = %s\n",
			 guesses[i].url);
		parse(&settings, text, &mistakes);
		cr_assert(eq(sz, mistakes.len, 0), "%s", guesses[i].url);
		project = settings_project(&settings, "p");
		must_say(guesses[i].forge, forge_kind_names[project->forge]);
		must_say(guesses[i].api ? guesses[i].api : "-",
			 project->api ? project->api : "-");
		must_say(guesses[i].repository ? guesses[i].repository : "-",
			 project->repository ? project->repository : "-");
		settings_release(&settings);
		mistakes_release(&mistakes);
	}
}

static const struct {
	const char *text, *said;
} broken[] = {
	/* the file's form */
	{ "x\n", "f:1: a section or 'key = value' expected\n" },
	{ "= x\n", "f:1: a section or 'key = value' expected\n" },
	{ "a b = x\n", "f:1: 'a b' is no name of a key\n" },
	{ "[referee\nconcurrency = 1\n",
	  "f:1: a section's name must end in ']'\n" },
	{ "[service x]\n", "f:1: a section is [kind] or [kind \"name\"]\n" },
	{ "[service \"x]\n", "f:1: a quote is not closed\n" },
	{ "[service \"\"]\n", "f:1: a section is [kind] or [kind \"name\"]\n" },
	{ "concurrency = 1\n",
	  "f:1: 'concurrency' stands before any section\n" },
	{ "[referee]\nconcurrency = \"1\n", "f:2: a quote is not closed\n" },
	{ "[referee]\n\xff = 1\n", "f:2: not UTF-8\n" },
	{ "[referee]\n[referee]\n",
	  "f:2: repeated section [referee], also on line 1\n" },
	{ "[referee]\ninstances = 1\ninstances = 2\n",
	  "f:3: repeated key 'instances', also on line 2\n" },
	/* sections */
	{ "[refree]\n",
	  "f:1: unknown section 'refree', did you mean 'referee'?\n" },
	{ "[banana]\n", "f:1: unknown section 'banana'\n" },
	{ "[]\n", "f:1: a section is [kind] or [kind \"name\"]\n" },
	{ "[project]\n", "f:1: [project] needs a name: [project \"name\"]\n" },
	{ "[budget \"x\"]\n", "f:1: [budget] takes no name\n" },
	{ "[project \"Wallet\"]\n",
	  "f:1: 'Wallet' is no name: lower-case letters, digits, '-', '_' and "
	  "'.', not ending in .lock\n" },
	{ "[project \"a.lock\"]\nurl = /x\n",
	  "f:1: 'a.lock' is no name: lower-case letters, digits, '-', '_' and "
	  "'.', not ending in .lock\n" },
	/* keys and values */
	{ "[referee]\nconcurency = 1\n",
	  "f:2: unknown key 'concurency', did you mean 'concurrency'?\n" },
	{ "[referee]\nconcurrency = many\n",
	  "f:2: 'concurrency' must be 1 to 10000, not 'many'\n" },
	{ "[referee]\nconcurrency = 0\n",
	  "f:2: 'concurrency' must be 1 to 10000, not '0'\n" },
	{ "[referee]\nconcurrency =\n",
	  "f:2: 'concurrency' must be 1 to 10000, not ''\n" },
	{ "[referee]\ninstances = 65\n",
	  "f:2: 'instances' must be 1 to 64, not '65'\n" },
	{ "[referee]\ndeadline = 10\n",
	  "f:2: 'deadline' must be a time such as 90s, 10m, 2h or 7d, not "
	  "'10'\n" },
	{ "[referee]\ndeadline = 2d\n",
	  "f:2: 'deadline' must be 1s to 86400s, not '2d'\n" },
	{ "[referee]\nlog_format = xml\n",
	  "f:2: 'log_format' must be text or json, not 'xml'\n" },
	{ "[referee]\nstate_dir = here\n",
	  "f:2: 'state_dir' must be an absolute path\n" },
	{ "[referee]\nstate_dir =\n", "f:2: 'state_dir' must not be empty\n" },
	{ "[referee]\nservice = claude\n", "f:2: unknown service 'claude'\n" },
	{ "[referee]\nservice = clade-api\n",
	  "f:2: unknown service 'clade-api', did you mean 'claude-api'?\n" },
	{ "[referee]\ncache_size = big\n",
	  "f:2: 'cache_size' must be a size such as 64 KB or 512 MB, not "
	  "'big'\n" },
	{ "[control]\n", "f:1: 'remote' is missing\n" },
	{ "[control]\nremote = git://x/y\n",
	  "f:2: 'remote' must be an https:// or ssh:// URL, user@host:path or "
	  "an absolute path\n" },
	{ "[control]\nremote = ext::sh -c x\n",
	  "f:2: 'remote' must be an https:// or ssh:// URL, user@host:path or "
	  "an absolute path\n" },
	{ "[budget]\ndaily = 1,5\n",
	  "f:2: 'daily' must be an amount of USD such as 150 or 0.50, not "
	  "'1,5'\n" },
	{ "[budget]\ndaily = 0\n", "f:2: 'daily' must be more than 0\n" },
	{ "[budget]\nalert_at = 120%\n",
	  "f:2: 'alert_at' must be a share such as 80%, not '120%'\n" },
	{ "[budget]\nnotify = nobody\n",
	  "f:2: warning: there is no [notify \"nobody\"]\n" },
	{ "[budget]\ntimezone = Europe/Atlantis\n",
	  "f:2: unknown time zone 'Europe/Atlantis'\n" },
	/* services */
	{ "[service \"x\"]\nkey = env:K\n", "f:1: 'kind' is missing\n" },
	{ "[service \"x\"]\nkind = claude\n",
	  "f:2: 'kind' must be anthropic, openai, cursor, http, command or "
	  "offline, not 'claude'\n" },
	{ "[service \"x\"]\nkind = command\n",
	  "f:1: 'command' is missing: kind command needs it\n" },
	{ "[service \"x\"]\nkind = http\nurl = https://x\nrequest = /t\n",
	  "f:1: 'answer' is missing: kind http needs it\n" },
	{ "[service \"openai-api\"]\ncommand = a\n",
	  "f:2: 'command' is only for services of kind command or cursor\n" },
	{ "[service \"x\"]\nkind = command\ncommand = 'a\n",
	  "f:3: 'command' has an unclosed '\n" },
	{ "[service \"x\"]\nkind = command\ncommand = a\n"
	  "environment = A=b 9C=d E -=f\n",
	  "f:4: 'environment' is a list of NAME=value, which '-=f' is not\n"
	  "f:4: 'environment' is a list of NAME=value, which '9C=d' is not\n"
	  "f:4: 'environment' is a list of NAME=value, which 'E' is not\n" },
	{ "[service \"x\"]\nkind = command\ncommand = a\n"
	  "environment = A=${key}\n",
	  "f:4: 'environment' names ${key}, but there is no 'key'\n" },
	{ "[service \"x\"]\nkind = command\ncommand = a\nkey = env:K\n",
	  "f:4: warning: the program does not get 'key': say which variable "
	  "holds it, 'environment = NAME=${key}'\n" },
	{ "[service \"x\"]\nkind = command\ncommand = a\ndirectory = b\n",
	  "f:4: 'directory' must be an absolute path\n" },
	{ "[service \"openai-api\"]\nsandbox = yes\n",
	  "f:2: 'sandbox' is only for services of kind command\n" },
	{ "[complexity]\ncomplex_lines = 50\n",
	  "f:1: what is simple, at most 60 lines and 3 files, would be "
	  "complex, more than 50 lines or 15 files\n" },
	{ "[complexity]\nsimple_files = 0\n",
	  "f:2: 'simple_files' must be a whole number from 1, not '0'\n" },
	{ "[service \"cursor\"]\nfallback = curser\n",
	  "f:2: unknown service 'curser', did you mean 'cursor'?\n" },
	{ "[service \"cursor\"]\nfallback = cursor\n",
	  "f:2: 'fallback' leads back to 'cursor'\n" },
	{ "[service \"claude-api\"]\nfallback = openai-api\n"
	  "[service \"openai-api\"]\nfallback = claude-api\n",
	  "f:2: 'fallback' leads back to 'claude-api'\n"
	  "f:4: 'fallback' leads back to 'openai-api'\n" },
	{ "[service \"claude-api\"]\nrequests_per_minute = 0\n",
	  "f:2: 'requests_per_minute' must be a whole number from 1, not "
	  "'0'\n" },
	/* secrets */
	{ "[service \"claude-api\"]\nkey = sk-ant-1234\n",
	  "f:2: 'key' holds a secret in a file that others may read: use "
	  "env:NAME, file:PATH, command:WORDS or credential:NAME, or chmod "
	  "600 the file\n" },
	{ "[service \"claude-api\"]\nkey = env:\n",
	  "f:2: 'key' names nothing behind 'env:'\n" },
	{ "[service \"claude-api\"]\nkey = env:sk-ant-1234\n",
	  "f:2: 'key' must name a variable behind 'env:'\n" },
	{ "[service \"claude-api\"]\nkey = file:key.txt\n",
	  "f:2: 'key' must be an absolute path behind 'file:'\n" },
	{ "[service \"claude-api\"]\nkey = credential:../x\n",
	  "f:2: 'key' must name a credential, not a path, behind "
	  "'credential:'\n" },
	{ "[notify \"a\"]\nkind = slack\nurl = https://hooks.example/x\n",
	  "f:3: 'url' holds a secret in a file that others may read: use "
	  "env:NAME, file:PATH, command:WORDS or credential:NAME, or chmod "
	  "600 the file\n" },
	{ "[notify \"a\"]\nurl = env:X\n", "f:1: 'kind' is missing\n" },
	/* projects */
	{ "[project \"p\"]\n", "f:1: 'url' is missing\n" },
	{ "[project \"p\"]\nurl = https://me:pw@h/x\n",
	  "f:2: 'url' must not hold a user or a password, use 'token'\n" },
	{ "[project \"p\"]\nurl = ./here\n",
	  "f:2: 'url' must be an https:// or ssh:// URL, user@host:path or an "
	  "absolute path\n" },
	{ "[project \"p\"]\nurl = --upload-pack=x\n",
	  "f:2: 'url' must be an https:// or ssh:// URL, user@host:path or an "
	  "absolute path\n" },
	{ "[project \"p\"]\nurl = http://h/a/b\ntoken = env:T\n",
	  "f:2: warning: the token goes to an http:// URL in clear text\n" },
	{ "[project \"p\"]\nurl = /a\nforge = bitbucket\n",
	  "f:3: 'forge' must be github, gitlab, gitea or plain, not "
	  "'bitbucket'\n" },
	{ "[project \"p\"]\nurl = /a\nforge = gitea\n",
	  "f:1: 'api' is missing: the URL does not tell it\n"
	  "f:1: 'repository' is missing: the URL does not tell it\n" },
	{ "[project \"p\"]\nurl = https://h/a\nrepository = a/b\n",
	  "f:3: 'repository' needs a forge, and this one is plain: set "
	  "'forge'\n" },
	{ "[project \"p\"]\nurl = https://github.com/a/b\npulls = x/*\n",
	  "f:3: 'pulls' is only for forge = plain\n" },
	{ "[project \"p\"]\nurl = https://github.com/a/b\napp_id = 1\n",
	  "f:3: 'app_id' needs 'private_key' too\n" },
	{ "[project \"p\"]\nurl = /a\nbranches = ,\n",
	  "f:3: 'branches' must not be empty\n" },
	{ "[project \"p\"]\nurl = /a\nnotes = maybe\n",
	  "f:3: 'notes' must be push, local or an URL, not 'maybe'\n" },
	{ "[project \"p\"]\nurl = /a\ncommands = owner\n",
	  "f:3: 'commands' must be none, read, write, maintain or admin, not "
	  "'owner'\n" },
	{ "[project \"p\"]\nurl = /a\nallow.docs = ada\n",
	  "f:3: 'allow.docs' takes permissions (read, write, maintain, admin) "
	  "and user:NAME, not 'ada'\n" },
	{ "[project \"p\"]\nurl = /a\nallow./ = write\n",
	  "f:3: 'allow./' names no workflow: letters, digits, '-', '_' and "
	  "'.'\n" },
	{ "[project \"p\"]\nurl = /a\ncoverage = 80%\n",
	  "f:3: 'coverage' must be note:refs/notes/NAME, file:PATH or "
	  "command:WORDS, not '80%'\n" },
	{ "[project \"p\"]\nurl = /a\ntests_timeout = 1s\n",
	  "f:3: 'tests_timeout' must be 60s to 604800s, not '1s'\n" },
	{ "[project \"p\"]\nurl = /a\ntests = sandbox\n",
	  "f:3: 'tests' needs 'test_command' too\n" },
	{ "[project \"p\"]\nurl = /a\nworkflows = ../x\n",
	  "f:3: 'workflows' must be a folder of the repository\n" },
	{ "[models]\nclaude-3-opus =\n",
	  "f:2: 'claude-3-opus' must not be empty\n" },
	/* several at once, in order */
	{ "[referee]\ninstances = x\nfoo = 1\n[project \"p\"]\nurl = x\n[a]\n",
	  "f:2: 'instances' must be 1 to 64, not 'x'\n"
	  "f:3: unknown key 'foo'\n"
	  "f:5: 'url' must be an https:// or ssh:// URL, user@host:path or an "
	  "absolute path\n"
	  "f:6: unknown section 'a'\n" },
};

Test(settings, names_each_mistake_and_its_line)
{
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct mistakes mistakes = { 0 };
		struct settings settings;
		struct buf said;

		buf_init(&said, 8192);
		parse(&settings, broken[i].text, &mistakes);
		mistakes_format(&said, &mistakes);
		must_say(broken[i].said, said.ptr);
		buf_release(&said);
		settings_release(&settings);
		mistakes_release(&mistakes);
	}
}

Test(settings, may_hold_secrets_where_nobody_else_reads)
{
	static const char text[] = "[service \"claude-api\"]\nkey = sk-1\n";
	struct mistakes mistakes = { 0 };
	struct settings settings;
	char *name;

	settings_parse(&settings, "f", text, strlen(text), true, &mistakes);
	cr_assert(eq(sz, mistakes.len, 0));
	name = secret_ref_name(&settings_service(&settings, "claude-api")->key);
	must_say("a plain value", name);
	free(name);
	settings_release(&settings);
}

Test(sections, keep_what_inih_would_cut)
{
	struct mistakes mistakes = { 0 };
	struct sections sections;
	char text[2048], name[301], value[701];

	memset(name, 'n', 300);
	name[300] = '\0';
	memset(value, 'v', 700);
	value[700] = '\0';
	snprintf(text, sizeof(text),
		 "\xef\xbb\xbf[s \"%s\"]\r\na = %s ; comment\r\n"
		 "  b = \"x ; y\"\n c = a;b # c\nd = \"q\\\"\" ; z\n"
		 "e = \"a\" \"b\"\n# f = 1\n; g = 1\nh = 1",
		 name, value);
	sections_parse(&sections, "f", text, strlen(text), &mistakes);
	cr_assert(eq(sz, mistakes.len, 0));
	cr_assert(eq(sz, sections.len, 1));
	must_say(name, sections.items[0].name);
	cr_assert(eq(sz, sections.items[0].len, 6));
	must_say(value, section_get(&sections.items[0], "a")->value);
	must_say("x ; y", section_get(&sections.items[0], "b")->value);
	must_say("a;b # c", section_get(&sections.items[0], "c")->value);
	must_say("q\"", section_get(&sections.items[0], "d")->value);
	must_say("\"a\" \"b\"", section_get(&sections.items[0], "e")->value);
	must_say("1", section_get(&sections.items[0], "h")->value);
	cr_assert(eq(int, section_place(&sections.items[0], "h").line, 9));
	sections_release(&sections);
}

Test(sections, bound_lines_and_files)
{
	struct mistakes mistakes = { 0 };
	struct sections sections;
	size_t len = LIMIT_CONFIG_BYTES + 1;
	char *text = malloc(len);

	memset(text, 'a', len);
	sections_parse(&sections, "f", text, LIMIT_CONFIG_LINE + 1, &mistakes);
	sections_release(&sections);
	sections_parse(&sections, "f", text, len, &mistakes);
	sections_release(&sections);
	sections_parse(&sections, "f", "a\0b", 3, &mistakes);
	sections_release(&sections);
	cr_assert(eq(sz, mistakes.len, 3));
	must_say("longer than 65536 bytes", mistakes.items[0].text);
	must_say("larger than 1048576 bytes", mistakes.items[1].text);
	must_say("a NUL in it", mistakes.items[2].text);
	mistakes_release(&mistakes);
	free(text);
}

/* A folder of this test's own; *path is FOLDER/referee.conf with `text`. */
static void write_file(char *path, size_t size, const char *folder,
		       const char *text, mode_t mode)
{
	FILE *out;

	snprintf(path, size, "%s/referee.conf", folder);
	out = fopen(path, "w");
	cr_assert(out != NULL);
	fputs(text, out);
	fclose(out);
	chmod(path, mode);
}

Test(settings, come_from_the_first_file_there_is)
{
	char home[] = "/tmp/referee-home-XXXXXX", path[128], named[128];
	struct mistakes mistakes = { 0 };
	struct err err = ERR_INIT;
	struct settings settings;
	char folder[64];

	cr_assert(mkdtemp(home) != NULL);
	unsetenv("REFEREE_CONFIG");
	unsetenv("XDG_STATE_HOME");
	setenv("XDG_CONFIG_HOME", home, 1);
	setenv("HOME", home, 1);
	snprintf(folder, sizeof(folder), "%s/referee", home);
	cr_assert(eq(int, mkdir(folder, 0700), 0));
	write_file(path, sizeof(path), folder, "[referee]\ninstances = 2\n",
		   0644);
	must(settings_load(&settings, NULL, &mistakes, &err));
	must_say(path, settings.path);
	cr_assert(eq(int, settings.instances, 2));
	settings_release(&settings);

	write_file(named, sizeof(named), home, "[referee]\ninstances = 3\n",
		   0644);
	setenv("REFEREE_CONFIG", named, 1);
	must(settings_load(&settings, NULL, &mistakes, &err));
	cr_assert(eq(int, settings.instances, 3));
	settings_release(&settings);
	must(settings_load(&settings, path, &mistakes, &err));
	cr_assert(eq(int, settings.instances, 2));
	settings_release(&settings);

	unlink(named);
	must_fail(ERR_NOT_FOUND,
		  settings_load(&settings, NULL, &mistakes, &err));
	unlink(path);
	rmdir(folder);
	rmdir(home);
	cr_assert(eq(sz, mistakes.len, 0));
}

Test(settings, ask_who_else_may_read_a_file_with_secrets)
{
	static const char text[] = "[service \"cursor\"]\nkey = sk-1\n";
	char home[] = "/tmp/referee-home-XXXXXX", path[128];
	struct mistakes mistakes = { 0 };
	struct err err = ERR_INIT;
	struct settings settings;

	cr_assert(mkdtemp(home) != NULL);
	write_file(path, sizeof(path), home, text, 0600);
	must(settings_load(&settings, path, &mistakes, &err));
	cr_assert(eq(sz, mistakes.errors, 0));
	settings_release(&settings);
	chmod(path, 0640);
	must(settings_load(&settings, path, &mistakes, &err));
	cr_assert(eq(sz, mistakes.errors, 1));
	settings_release(&settings);
	mistakes_release(&mistakes);
	unlink(path);
	rmdir(home);
}

Test(settings, are_as_the_manual_says)
{
	char *page = manual_read("referee.conf.5");
	char *example = manual_example(page);
	struct mistakes mistakes = { 0 };
	struct settings settings;
	struct buf said;

	for (size_t i = 0; settings_kinds[i]; i++) {
		size_t count = 0;
		const struct field *fields = settings_fields(settings_kinds[i],
							     &count);

		for (size_t j = 0; j < count; j++)
			cr_expect(manual_has_key(page, fields[j].key),
				  "[%s] %s", settings_kinds[i], fields[j].key);
	}
	buf_init(&said, 4096);
	parse(&settings, example, &mistakes);
	mistakes_format(&said, &mistakes);
	must_say("", said.ptr);
	cr_assert(eq(sz, settings.project_count, 1));
	buf_release(&said);
	settings_release(&settings);
	free(example);
	free(page);
}
