#include "asked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "unit.h"

void site_open(struct site *site, const char *state_dir, const char *more)
{
	struct mistakes mistakes = { 0 };
	struct err err = ERR_INIT;
	char *text = xstrf("[project \"app\"]\n"
			   "url = https://github.com/acme/app.git\n"
			   "forge = github\n%s",
			   more);

	settings_parse(&site->settings, "test.conf", text, strlen(text), true,
		       &mistakes);
	free(text);
	cr_assert(eq(sz, site->settings.project_count, 1));
	mistakes_release(&mistakes);
	site->project = &site->settings.projects[0];
	cr_assert(eq(int, loop_new(&site->loop, &err), 0));
	cr_assert(eq(int, http_new(&site->http, site->loop, NULL, &err), 0));
	const struct forge_options options = {
		.loop = site->loop,
		.http = site->http,
		.project = site->project,
		.settings = &site->settings,
		.state_dir = state_dir,
	};

	cr_assert(eq(int, forge_new(&site->forge, &options, &err), 0), "%s",
		  err.msg);
}

void site_close(struct site *site)
{
	http_free(site->http);
	loop_free(site->loop);
	forge_free(site->forge);
	settings_release(&site->settings);
}

static void on_answer(struct forge_answer *answer, const struct err *err,
		      void *payload)
{
	struct asked *out = payload;

	out->err = err ? *err : (struct err)ERR_INIT;
	if (!answer)
		return;
	out->is_unchanged = answer->is_unchanged;
	out->pulls = answer->pull_count;
	out->comments = answer->comment_count;
	out->threads = answer->thread_count;
	out->permission = answer->permission;
	if (answer->id)
		snprintf(out->id, sizeof(out->id), "%s", answer->id);
	if (answer->user)
		snprintf(out->first, sizeof(out->first), "%s", answer->user);
	if (answer->pull_count)
		snprintf(out->first, sizeof(out->first), "%s",
			 answer->pulls[0].title);
	if (answer->comment_count)
		snprintf(out->first, sizeof(out->first), "%s",
			 answer->comments[0].body);
}

void ask(struct asked *out, struct site *site, const struct forge_wish *wish)
{
	struct err err = ERR_INIT;

	*out = (struct asked){ .err = { .code = ERR_CANCELLED } };
	cr_assert(eq(int, forge_start(site->forge, wish, on_answer, out, &err),
		     0),
		  "%s", err.msg);
	loop_run(site->loop);
}
