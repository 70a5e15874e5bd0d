/* Sending, paging, conditional requests, limits, redirects, refusals. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "core/alloc.h"
#include "sandbox.h"
#include "unit.h"

#define PULL(number)                                                     \
	"{\"number\":" #number ",\"title\":\"pull " #number              \
	"\",\"state\":\"open\",\"head\":{\"ref\":\"t\",\"sha\":\"" HEAD  \
	"\",\"repo\":{\"full_name\":\"acme/app\"}},\"base\":{\"ref\":"   \
	"\"main\",\"sha\":\"" BASE                                       \
	"\",\"repo\":{\"full_name\":\"acme/app\"}},\"user\":{\"login\":" \
	"\"ada\",\"id\":7}}"

struct script {
	struct fake_reply replies[8]; /* by number; the last for all further */
	size_t count;
};

static void play(struct fake_reply *out, const struct fake_request *request,
		 size_t number, void *payload)
{
	const struct script *script = payload;

	(void)request;
	*out = script->replies[number < script->count ? number
						      : script->count - 1];
}

static const char *header(size_t request, const char *name)
{
	const struct strvec *headers = &fake_request(request)->headers;

	for (size_t i = 0; i < headers->len; i++)
		if (strncasecmp(headers->v[i], name, strlen(name)) == 0)
			return headers->v[i];
	return "";
}

static const struct forge_wish list = { .act = FORGE_PULLS };
static const struct forge_wish comment = { .act = FORGE_ADD_COMMENT,
					   .pull = 7,
					   .text = "hello" };

#define TOKEN "token = sesame-open-wide-0123456789\n"

Test(calls, the_list_is_paged_and_remembered)
{
	struct script script = {
		.replies = {
			{ .status = 200, .body = "[" PULL(9) "]",
			  .headers = { "ETag: W/\"one\"",
				       "Link: <https://api.github.com/x?page=2>; "
				       "rel=\"next\"" } },
			{ .status = 200, .body = "[" PULL(4) "]",
			  .headers = { "ETag: \"two\"" } },
			{ .status = 304 },
		},
		.count = 3,
	};
	struct sandbox box;
	struct asked got;
	struct site site;

	sandbox_init(&box);
	fake_reset(play, &script);
	site_open(&site, box.dir, TOKEN);
	ask(&got, &site, &list);
	cr_assert(eq(int, got.err.code, ERR_OK), "%s", got.err.msg);
	cr_expect(eq(sz, got.pulls, 2));
	cr_expect(not(got.is_unchanged));
	cr_expect(eq(str, header(0, "If-None-Match"), ""));
	cr_expect(eq(str, fake_request(1)->url,
		     "https://api.github.com/x?page=2"));
	site_close(&site);

	/* Another process, the same token: two pages, both as they were. */
	site_open(&site, box.dir, TOKEN);
	ask(&got, &site, &list);
	cr_expect(eq(sz, got.pulls, 2));
	cr_expect(got.is_unchanged);
	cr_expect(eq(str, got.first, "pull 9"));
	cr_expect(eq(sz, fake_request_count(), 4));
	cr_expect(eq(str, header(2, "If-None-Match"),
		     "If-None-Match: W/\"one\""));
	cr_expect(
		eq(str, header(3, "If-None-Match"), "If-None-Match: \"two\""));
	site_close(&site);

	/* Another token: what was told to the first does not count. */
	script.replies[2] = (struct fake_reply){ .status = 200, .body = "[]" };
	site_open(&site, box.dir, "token = another-token-0123456789\n");
	ask(&got, &site, &list);
	cr_expect(eq(str, header(4, "If-None-Match"), ""));
	cr_expect(eq(sz, got.pulls, 0));
	site_close(&site);
	fake_done();
	sandbox_release(&box);
}

Test(calls, what_is_sent_says_who_we_are)
{
	struct script script = { .replies = { { .status = 200, .body = "[]" } },
				 .count = 1 };
	struct sandbox box;
	struct asked got;
	struct site site;

	sandbox_init(&box);
	fake_reset(play, &script);
	site_open(&site, box.dir, TOKEN);
	ask(&got, &site, &list);
	cr_expect(eq(str, header(0, "Authorization"),
		     "Authorization: Bearer sesame-open-wide-0123456789"));
	cr_expect(eq(str, header(0, "X-GitHub-Api-Version"),
		     "X-GitHub-Api-Version: 2022-11-28"));
	cr_expect(ne(str, header(0, "User-Agent"), ""));
	site_close(&site);
	fake_done();
	sandbox_release(&box);
}

Test(calls, limits_are_waited_out_or_told)
{
	struct {
		struct fake_reply first;
		int64_t at_ms; /* of the second request; 0: there is none */
		long detail;
	} cases[] = {
		{ { .status = 429,
		    .body = "slow",
		    .headers = { "Retry-After: 7" } },
		  7000,
		  0 },
		{ { .status = 403,
		    .body = "{}",
		    .headers = { "Retry-After: 20" } },
		  20000,
		  0 },
		{ { .status = 403,
		    .body = "{\"message\":\"You have exceeded a secondary rate "
			    "limit.\"}" },
		  60000,
		  0 },
		{ { .status = 429,
		    .body = "",
		    .headers = { "Retry-After: 3600" } },
		  0,
		  3600 },
		{ { .status = 403,
		    .body = "{}",
		    .headers = { "x-ratelimit-remaining: 0",
				 "x-ratelimit-reset: 1795490000" } },
		  0,
		  801 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct script script = {
			.replies = { cases[i].first,
				     { .status = 201, .body = "{\"id\":5}" } },
			.count = 2
		};
		struct sandbox box;
		struct asked got;
		struct site site;

		sandbox_init(&box);
		fake_reset(play, &script);
		site_open(&site, box.dir, TOKEN);
		ask(&got, &site, &comment);
		if (cases[i].at_ms) {
			cr_expect(eq(str, got.id, "5"), "%zu: %s", i,
				  got.err.msg);
			cr_expect(eq(i64, fake_request(1)->at_ms,
				     cases[i].at_ms));
		} else {
			cr_expect(eq(int, got.err.code, ERR_RATE), "%zu", i);
			cr_expect(eq(long, got.err.detail, cases[i].detail));
			/* Nobody else asks meanwhile. */
			ask(&got, &site, &list);
			cr_expect(eq(int, got.err.code, ERR_RATE));
			cr_expect(eq(sz, fake_request_count(), 1));
		}
		site_close(&site);
		fake_done();
		sandbox_release(&box);
	}
}

Test(calls, reads_are_repeated_and_writes_are_not)
{
	struct {
		struct fake_reply first;
		const struct forge_wish *wish;
		size_t requests;
	} cases[] = {
		{ { .status = 502, .body = "<html>" }, &list, 2 },
		{ { .error = ERR_UNAVAILABLE }, &list, 2 },
		{ { .error = ERR_TIMEOUT }, &list, 2 },
		{ { .status = 502, .body = "<html>" }, &comment, 1 },
		{ { .error = ERR_UNAVAILABLE }, &comment, 1 },
		{ { .error = ERR_TIMEOUT }, &comment, 1 },
		{ { .status = 404, .body = "{}" }, &list, 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct script script = { .replies = { cases[i].first,
						      { .status = 200,
							.body = "[]" } },
					 .count = 2 };
		struct sandbox box;
		struct asked got;
		struct site site;

		sandbox_init(&box);
		fake_reset(play, &script);
		site_open(&site, box.dir, TOKEN);
		ask(&got, &site, cases[i].wish);
		cr_expect(eq(sz, fake_request_count(), cases[i].requests),
			  "%zu: %s", i, got.err.msg);
		site_close(&site);
		fake_done();
		sandbox_release(&box);
	}
}

Test(calls, refusals_say_what_where_and_what_to_do)
{
	struct {
		struct fake_reply reply;
		enum err_code code;
		const char *says;
	} cases[] = {
		{ { .status = 401,
		    .body = "{\"message\":\"Bad credentials\"}" },
		  ERR_AUTH,
		  "Bad credentials" },
		{ { .status = 403,
		    .body = "{\"message\":\"Repository was archived so is "
			    "read-only.\"}" },
		  ERR_AUTH,
		  "archived" },
		{ { .status = 404, .body = "{\"message\":\"Not Found\"}" },
		  ERR_NOT_FOUND,
		  "not there" },
		{ { .status = 410, .body = "{}" }, ERR_NOT_FOUND, "gone" },
		{ { .status = 422,
		    .body = "{\"message\":\"Validation Failed\",\"errors\":[{"
			    "\"message\":\"body is too long\"}]}" },
		  ERR_INVALID,
		  "Validation Failed; body is too long" },
		{ { .status = 409, .body = "{}" }, ERR_CONFLICT, "409" },
		{ { .status = 500, .body = "<html>oops\033[31m" },
		  ERR_UNAVAILABLE,
		  "not JSON" },
		{ { .status = 418, .body = "" }, ERR_PROTOCOL, "unexpected" },
		{ { .status = 200, .body = "<html>log in</html>" },
		  ERR_PROTOCOL,
		  "not what it should be" },
		{ { .status = 201, .body = "{}" }, ERR_PROTOCOL, "id" },
		{ { .error = ERR_TOO_LARGE }, ERR_TOO_LARGE, "" },
		{ { .status = 307,
		    .headers = { "Location: https://evil.example/repos" } },
		  ERR_PROTOCOL,
		  "another host" },
		{ { .status = 307,
		    .headers = { "Location: http://api.github.com/repos" } },
		  ERR_PROTOCOL,
		  "http" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct script script = { .replies = { cases[i].reply },
					 .count = 1 };
		struct sandbox box;
		struct asked got;
		struct site site;

		sandbox_init(&box);
		fake_reset(play, &script);
		site_open(&site, box.dir, TOKEN);
		ask(&got, &site, &comment);
		cr_expect(eq(int, got.err.code, cases[i].code), "%zu: %s", i,
			  got.err.msg);
		cr_expect(strstr(got.err.msg, cases[i].says) != NULL, "%zu: %s",
			  i, got.err.msg);
		cr_expect(strncmp(got.err.msg,
				  "project app: pull 7: posting a comment: ",
				  40) == 0,
			  "%zu: %s", i, got.err.msg);
		cr_expect(strpbrk(got.err.msg, "\033\n") == NULL);
		cr_expect(eq(sz, fake_request_count(), 1));
		site_close(&site);
		fake_done();
		sandbox_release(&box);
	}
}

Test(calls, a_renamed_repository_is_followed_with_the_same_method)
{
	struct script script = {
		.replies = {
			{ .status = 301,
			  .headers = { "Location: /repositories/12/issues/7/"
				       "comments" } },
			{ .status = 201, .body = "{\"id\":5}" },
		},
		.count = 2,
	};
	struct sandbox box;
	struct asked got;
	struct site site;

	sandbox_init(&box);
	fake_reset(play, &script);
	site_open(&site, box.dir, TOKEN);
	ask(&got, &site, &comment);
	cr_expect(eq(str, got.id, "5"), "%s", got.err.msg);
	cr_expect(eq(str, fake_request(1)->method, "POST"));
	cr_expect(eq(str, fake_request(1)->body, "{\"body\":\"hello\"}"));
	site_close(&site);
	fake_done();
	sandbox_release(&box);
}

Test(calls, the_next_page_must_be_on_the_same_host)
{
	struct script script = {
		.replies = { { .status = 200,
			       .body = "[]",
			       .headers = { "Link: <https://evil.example/x>; "
					    "rel=\"next\"" } } },
		.count = 1
	};
	struct sandbox box;
	struct asked got;
	struct site site;

	sandbox_init(&box);
	fake_reset(play, &script);
	site_open(&site, box.dir, TOKEN);
	ask(&got, &site, &list);
	cr_expect(eq(int, got.err.code, ERR_PROTOCOL));
	cr_expect(eq(sz, fake_request_count(), 1));
	site_close(&site);
	fake_done();
	sandbox_release(&box);
}

static void count_answer(struct forge_answer *answer, const struct err *err,
			 void *payload)
{
	(void)err;
	*(size_t *)payload += answer != NULL;
}

Test(calls, writes_go_one_by_one_and_not_too_many_at_once)
{
	struct script script = { .replies = { { .status = 201,
						.body = "{\"id\":5}",
						.after_ms = 50 } },
				 .count = 1 };
	struct sandbox box;
	struct err err = ERR_INIT;
	struct site site;
	size_t answers = 0;

	sandbox_init(&box);
	fake_reset(play, &script);
	site_open(&site, box.dir, TOKEN);
	for (int i = 0; i < 40; i++)
		cr_assert(eq(int,
			     forge_start(site.forge, &comment, count_answer,
					 &answers, &err),
			     0));
	loop_run(site.loop);
	cr_expect(eq(sz, answers, 40));
	cr_expect(eq(sz, fake_most_in_flight(), 1));
	cr_expect(fake_now_ms() > 25000, "%ld", (long)fake_now_ms());
	site_close(&site);
	fake_done();
	sandbox_release(&box);
}
