#include "app/command.h"

#include <stdlib.h>
#include <string.h>

#include "config/value.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"

#define PREFIX "/referee"

enum {
	MAX_LINE = 1000,
	MAX_REASON = 300,
	MAX_WORKFLOWS = 50, /* named in an answer */
	MIN_DIGITS = 4,
};

void command_release(struct command *command)
{
	free(command->workflow);
	free(command->reason);
	free(command->refusal);
	*command = (struct command){ 0 };
}

static void refuse(struct command *command, char *refusal)
{
	command->kind = COMMAND_WRONG;
	command->refusal = refusal;
}

/* `a`, `b` and so on: ids hold nothing that Markdown takes for something. */
static void list_workflows(struct buf *out, const struct strvec *workflows)
{
	for (size_t i = 0; i < workflows->len && i < MAX_WORKFLOWS; i++)
		buf_addf(out, "%s`%s`", i ? ", " : "", workflows->v[i]);
	if (workflows->len > MAX_WORKFLOWS)
		buf_addf(out, " and %zu more", workflows->len - MAX_WORKFLOWS);
	if (!workflows->len)
		buf_addstr(out, "none");
}

static void parse_run(struct command *out, const char *rest,
		      const struct strvec *workflows)
{
	const char *near;
	struct buf text;

	if (strvec_has(workflows, rest)) {
		out->kind = COMMAND_RUN;
		out->workflow = xstrdup(rest);
		return;
	}
	buf_init(&text, (size_t)64 * 1024);
	if (!*rest)
		buf_addstr(&text, "`/referee run` needs the name of a "
				  "workflow.");
	else if (strpbrk(rest, " \t"))
		buf_addstr(&text, "`/referee run` takes the name of one "
				  "workflow and nothing else.");
	else if (value_is_id(rest, true))
		buf_addf(&text, "There is no workflow `%s` here.", rest);
	else
		buf_addstr(&text, "That is no name of a workflow.");
	near = value_is_id(rest, true)
		       ? text_closest(rest, (const char *const *)workflows->v,
				      workflows->len)
		       : NULL;
	if (near)
		buf_addf(&text, " Did you mean `%s`?", near);
	buf_addstr(&text, " There are: ");
	list_workflows(&text, workflows);
	buf_addch(&text, '.');
	refuse(out, buf_detach(&text));
}

static void parse_dismiss(struct command *out, const char *rest)
{
	size_t len = strspn(rest, "0123456789abcdefABCDEF");
	const char *reason = rest + len + strspn(rest + len, " \t");

	if (len < MIN_DIGITS || len >= FINGERPRINT_SIZE ||
	    (rest[len] && !strchr(" \t", rest[len]))) {
		refuse(out, xstrdup("`/referee dismiss` needs the fingerprint "
				    "of a finding (12 hexadecimal digits, or "
				    "the first 4 or more of them) and a "
				    "reason."));
		return;
	}
	if (!*reason) {
		refuse(out, xstrdup("`/referee dismiss` needs a reason: who "
				    "reads the code later wants to know."));
		return;
	}
	out->kind = COMMAND_DISMISS;
	for (size_t i = 0; i < len; i++) /* digits are kept in lower case */
		out->prefix[i] = (char)(rest[i] | 0x20);
	out->reason = text_clean(reason, false);
	out->reason[text_cut(out->reason, strlen(out->reason), MAX_REASON)] =
		'\0';
}

static void parse_plain(struct command *out, enum command_kind kind,
			const char *word, const char *rest)
{
	if (!*rest)
		out->kind = kind;
	else
		refuse(out, xstrf("`/referee %s` takes nothing else.", word));
}

/* `line`: what stands behind "/referee". */
static void parse_line(struct command *out, const char *line,
		       const struct strvec *workflows)
{
	const char *word = line + strspn(line, " \t");
	size_t len = strcspn(word, " \t");
	const char *rest = word + len + strspn(word + len, " \t");

	if (len == 3 && !strncmp(word, "run", 3))
		parse_run(out, rest, workflows);
	else if (len == 7 && !strncmp(word, "dismiss", 7))
		parse_dismiss(out, rest);
	else if (len == 6 && !strncmp(word, "review", 6))
		parse_plain(out, COMMAND_REVIEW, "review", rest);
	else if (!len || (len == 4 && !strncmp(word, "help", 4)))
		parse_plain(out, COMMAND_HELP, "help", rest);
	else
		refuse(out, xstrdup("That is none of my commands. There are "
				    "`/referee run WORKFLOW`, "
				    "`/referee review`, `/referee dismiss "
				    "FINGERPRINT reason` and "
				    "`/referee help`."));
}

void command_parse(struct command *out, const char *body,
		   const struct strvec *workflows)
{
	size_t len = strcspn(body, "\r\n");
	size_t indent = strspn(body, " ");
	char *line;

	*out = (struct command){ 0 };
	/* Four blanks are code. */
	if (indent > 3 || strncmp(body + indent, PREFIX, strlen(PREFIX)) != 0 ||
	    !strchr(" \t\r\n", body[indent + strlen(PREFIX)]) ||
	    strstr(body, "<!-- referee"))
		return;
	if (len > MAX_LINE) {
		refuse(out, xstrdup("That line is too long for a command."));
		return;
	}
	line = xmemdup(body, len);
	while (len && strchr(" \t", line[len - 1]))
		line[--len] = '\0';
	parse_line(out, line + indent + strlen(PREFIX), workflows);
	free(line);
}

void command_help(struct buf *out, const struct strvec *workflows)
{
	buf_addstr(out, "On the first line of a comment:\n\n"
			"- `/referee run WORKFLOW` runs one workflow on this "
			"head, whatever came of it before\n"
			"- `/referee review` runs all that this pull asks for\n"
			"- `/referee dismiss FINGERPRINT reason` keeps a "
			"finding silent until its code changes\n"
			"- `/referee help` shows this\n\n"
			"Workflows: ");
	list_workflows(out, workflows);
	buf_addstr(out, ".\n");
}

bool command_may_start(const struct project_settings *project,
		       const struct command_author *author,
		       const char *workflow)
{
	const struct allow_settings *allow = project_allow(project, workflow);

	if (!allow)
		return author->permission >= project->commands;
	return (author->name && strvec_has(&allow->users, author->name)) ||
	       (allow->permission != PERMISSION_NONE &&
		author->permission >= allow->permission);
}

static bool may_command(struct buf *why, const struct command *command,
			const struct command_author *author,
			const struct project_settings *project)
{
	bool is_run = command->kind == COMMAND_RUN;

	if (is_run ? command_may_start(project, author, command->workflow)
		   : author->permission >= project->commands)
		return true;
	if (is_run && project_allow(project, command->workflow))
		buf_addf(why,
			 "`%s` may be started only by those whom the "
			 "configuration names.",
			 command->workflow);
	else
		buf_addf(why,
			 "Commands here need the permission `%s`; yours is "
			 "`%s`.",
			 permission_names[project->commands],
			 permission_names[author->permission]);
	return false;
}

static bool may_run_fork(struct buf *why, bool *approves,
			 const struct command_author *author,
			 const struct project_settings *project)
{
	if (project->forks == FORKS_NEVER) {
		buf_addstr(why, "Workflows never run on pulls from forks "
				"here.");
		return false;
	}
	if (project->forks == FORKS_APPROVED &&
	    author->permission < PERMISSION_WRITE) {
		buf_addstr(why, "A pull from a fork needs somebody with the "
				"permission `write` to ask for this.");
		return false;
	}
	*approves = project->forks == FORKS_APPROVED;
	return true;
}

enum command_verdict command_judge(struct buf *why, bool *approves,
				   const struct command *command,
				   const struct command_author *author,
				   const struct project_settings *project,
				   bool is_fork)
{
	bool starts = command->kind == COMMAND_RUN ||
		      command->kind == COMMAND_REVIEW;

	*approves = false;
	if (command->kind == COMMAND_NONE || author->is_self)
		return COMMAND_IGNORED;
	if (!may_command(why, command, author, project))
		return COMMAND_REFUSED;
	if (command->kind == COMMAND_WRONG) {
		buf_addstr(why, command->refusal);
		return COMMAND_REFUSED;
	}
	if (starts && is_fork && !may_run_fork(why, approves, author, project))
		return COMMAND_REFUSED;
	return COMMAND_ACCEPTED;
}

int command_dismiss(struct pull_state *state, const struct command *command,
		    const char *by, int64_t now_ms, struct err *err)
{
	size_t at;

	if (known_list_resolve(&at, &state->findings, command->prefix, err) < 0)
		return -1;
	return known_finding_dismiss(&state->findings.items[at], by,
				     command->reason, now_ms, err);
}

bool fork_may_run(struct buf *why, const struct project_settings *project,
		  const struct pull_state *state, bool is_fork)
{
	if (!is_fork || project->forks == FORKS_ALWAYS)
		return true;
	if (project->forks == FORKS_NEVER)
		buf_addstr(why, "a pull from a fork, and forks = never");
	else if (!state->is_approved)
		buf_addstr(why, "a pull from a fork that nobody approved yet: "
				"a maintainer may say /referee review");
	else
		return true;
	return false;
}
