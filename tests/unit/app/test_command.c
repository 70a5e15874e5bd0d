#include "unit.h"

#include <stdlib.h>

#include "app/command.h"
#include "core/alloc.h"

static struct strvec ids;

static void setup(void)
{
	ids = (struct strvec)STRVEC_INIT;
	strvec_add(&ids, "pr-review");
	strvec_add(&ids, "docs");
}

static void teardown(void)
{
	strvec_release(&ids);
}

TestSuite(command, .init = setup, .fini = teardown);

Test(command, reads_the_first_line_only)
{
	static const struct {
		const char *body;
		enum command_kind kind;
	} cases[] = {
		{ "/referee run pr-review", COMMAND_RUN },
		{ "/referee   run   docs  ", COMMAND_RUN },
		{ "  /referee run docs\r\nplease", COMMAND_RUN },
		{ "/referee review", COMMAND_REVIEW },
		{ "/referee review\n", COMMAND_REVIEW },
		{ "/referee help", COMMAND_HELP },
		{ "/referee", COMMAND_HELP },
		{ "/referee dismiss 0123abcd4567 by design", COMMAND_DISMISS },
		{ "/referee dismiss 0123 by design", COMMAND_DISMISS },
		{ "", COMMAND_NONE },
		{ "please /referee review", COMMAND_NONE },
		{ "> /referee review", COMMAND_NONE },
		{ "```\n/referee review\n```", COMMAND_NONE },
		{ "`/referee review`", COMMAND_NONE },
		{ "    /referee review", COMMAND_NONE },
		{ "\n/referee review", COMMAND_NONE },
		{ "/refereereview", COMMAND_NONE },
		{ "/referee-bot review", COMMAND_NONE },
		{ "/REFEREE review", COMMAND_NONE },
		{ "\xe2\x80\x8b/referee review", COMMAND_NONE },
		{ "/referee review\n<!-- referee:summary -->", COMMAND_NONE },
		{ "/referee run", COMMAND_WRONG },
		{ "/referee run deploy", COMMAND_WRONG },
		{ "/referee run pr-review docs", COMMAND_WRONG },
		{ "/referee run ../../etc/passwd", COMMAND_WRONG },
		{ "/referee run $(id)", COMMAND_WRONG },
		{ "/referee run --base=main pr-review", COMMAND_WRONG },
		{ "/referee run PR-REVIEW", COMMAND_WRONG },
		{ "/referee review https://evil.example", COMMAND_WRONG },
		{ "/referee dismiss", COMMAND_WRONG },
		{ "/referee dismiss 0123abcd4567", COMMAND_WRONG },
		{ "/referee dismiss 012 why", COMMAND_WRONG },
		{ "/referee dismiss 0123abcd45678 why", COMMAND_WRONG },
		{ "/referee dismiss 0123xyz why", COMMAND_WRONG },
		{ "/referee merge @ada", COMMAND_WRONG },
		{ "/referee runs docs", COMMAND_WRONG },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct command command;

		command_parse(&command, cases[i].body, &ids);
		cr_assert(eq(int, command.kind, cases[i].kind), "%s",
			  cases[i].body);
		cr_assert(eq(int, command.refusal != NULL,
			     cases[i].kind == COMMAND_WRONG));
		/* What its author typed comes back only as a known id. */
		if (command.refusal)
			cr_assert(strpbrk(command.refusal, "@$<") == NULL, "%s",
				  command.refusal);
		command_release(&command);
	}
}

Test(command, keeps_what_it_needs_and_no_more)
{
	struct command command;
	char *line = xcalloc(1, 3000);

	command_parse(&command, "/referee run docs", &ids);
	must_say("docs", command.workflow);
	command_release(&command);
	command_parse(&command,
		      "/referee dismiss 0123ABcd it is\x1b[31m fine\nreally",
		      &ids);
	must_say("0123abcd", command.prefix);
	must_say("it is[31m fine", command.reason);
	command_release(&command);
	command_parse(&command, "/referee run pr-reveiw", &ids);
	must_say("There is no workflow `pr-reveiw` here. Did you mean "
		 "`pr-review`? There are: `pr-review`, `docs`.",
		 command.refusal);
	command_release(&command);
	memset(line, 'x', 2999);
	memcpy(line, "/referee run ", 13);
	command_parse(&command, line, &ids);
	cr_assert(eq(int, command.kind, COMMAND_WRONG));
	cr_assert(lt(sz, strlen(command.refusal), 100));
	command_release(&command);
	free(line);
}

/* Who may do what, and what forks add to it. */
Test(command, asks_for_the_permission)
{
	struct allow_settings allow = { .workflow = "docs",
					.permission = PERMISSION_MAINTAIN };
	static const struct {
		const char *body, *name;
		enum permission has;
		enum forks_mode forks;
		bool is_fork, is_self;
		enum command_verdict verdict;
		bool approves;
		const char *why;
	} cases[] = {
#define MAY COMMAND_ACCEPTED
#define NOT COMMAND_REFUSED
		{ "/referee review", "bob", PERMISSION_WRITE, FORKS_APPROVED,
		  false, false, MAY, false, "" },
		{ "/referee review", "bob", PERMISSION_READ, FORKS_APPROVED,
		  false, false, NOT, false, "`write`; yours is `read`" },
		{ "/referee help", "bob", PERMISSION_NONE, FORKS_APPROVED,
		  false, false, NOT, false, "yours is `none`" },
		{ "/referee run nope", "bob", PERMISSION_READ, FORKS_APPROVED,
		  false, false, NOT, false, "yours is `read`" },
		{ "/referee run nope", "bob", PERMISSION_ADMIN, FORKS_APPROVED,
		  false, false, NOT, false, "no workflow `nope`" },
		{ "/referee run docs", "bob", PERMISSION_WRITE, FORKS_APPROVED,
		  false, false, NOT, false, "whom the configuration names" },
		{ "/referee run docs", "bob", PERMISSION_MAINTAIN,
		  FORKS_APPROVED, false, false, MAY, false, "" },
		{ "/referee run docs", "ada", PERMISSION_READ, FORKS_APPROVED,
		  false, false, MAY, false, "" },
		{ "/referee run docs", "ada", PERMISSION_READ, FORKS_APPROVED,
		  true, false, NOT, false, "fork needs somebody" },
		{ "/referee review", "bob", PERMISSION_WRITE, FORKS_APPROVED,
		  true, false, MAY, true, "" },
		{ "/referee review", "bob", PERMISSION_ADMIN, FORKS_NEVER, true,
		  false, NOT, false, "never run on pulls from forks" },
		{ "/referee review", "bob", PERMISSION_WRITE, FORKS_ALWAYS,
		  true, false, MAY, false, "" },
		{ "/referee dismiss 0123 x", "bob", PERMISSION_WRITE,
		  FORKS_NEVER, true, false, MAY, false, "" },
		{ "/referee review", "referee", PERMISSION_ADMIN,
		  FORKS_APPROVED, false, true, COMMAND_IGNORED, false, "" },
		{ "thanks", "bob", PERMISSION_ADMIN, FORKS_APPROVED, false,
		  false, COMMAND_IGNORED, false, "" },
	};

	strvec_add(&allow.users, "ada");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct project_settings project = {
			.forks = cases[i].forks,
			.commands = PERMISSION_WRITE,
			.allow = &allow,
			.allow_count = 1,
		};
		const struct command_author author = {
			.name = cases[i].name,
			.permission = cases[i].has,
			.is_self = cases[i].is_self,
		};
		struct command command;
		bool approves = true;
		struct buf why;

		buf_init(&why, 4096);
		command_parse(&command, cases[i].body, &ids);
		cr_assert(eq(int,
			     command_judge(&why, &approves, &command, &author,
					   &project, cases[i].is_fork),
			     cases[i].verdict),
			  "case %zu: %s", i, why.ptr);
		cr_assert(eq(int, approves, cases[i].approves), "case %zu", i);
		cr_assert(strstr(why.ptr, cases[i].why) != NULL, "case %zu: %s",
			  i, why.ptr);
		cr_assert(eq(int, !*why.ptr, !*cases[i].why), "case %zu", i);
		command_release(&command);
		buf_release(&why);
	}
	strvec_release(&allow.users);
}

Test(command, dismisses_what_it_names)
{
	struct pull_state state;
	struct known_finding *finding;
	struct command command;
	struct err err = ERR_INIT;

	pull_state_init(&state, 7, NULL);
	state.findings.items = xcalloc(1, sizeof(*finding));
	state.findings.len = state.findings.cap = 1;
	finding = &state.findings.items[0];
	memcpy(finding->fingerprint, "0123456789ab", FINGERPRINT_SIZE);
	command_parse(&command, "/referee dismiss 01234 by design", &ids);
	must(command_dismiss(&state, &command, "bob", 1000, &err));
	cr_assert(eq(int, finding->state, FINDING_DISMISSED));
	must_say("bob", finding->history[0].by);
	must_say("by design", finding->history[0].reason);
	command_release(&command);
	command_parse(&command, "/referee dismiss ffff x", &ids);
	must_fail(ERR_NOT_FOUND,
		  command_dismiss(&state, &command, "bob", 1000, &err));
	command_release(&command);
	pull_state_release(&state);
}

Test(command, forks_wait_for_somebody)
{
	struct project_settings project = { .forks = FORKS_APPROVED };
	struct pull_state state = { 0 };
	struct buf why;

	buf_init(&why, 1000);
	cr_assert(fork_may_run(&why, &project, &state, false));
	cr_assert(not(fork_may_run(&why, &project, &state, true)));
	cr_assert(strstr(why.ptr, "nobody approved") != NULL);
	state.is_approved = true;
	cr_assert(fork_may_run(&why, &project, &state, true));
	project.forks = FORKS_NEVER;
	cr_assert(not(fork_may_run(&why, &project, &state, true)));
	project.forks = FORKS_ALWAYS;
	state.is_approved = false;
	cr_assert(fork_may_run(&why, &project, &state, true));
	buf_release(&why);
}
