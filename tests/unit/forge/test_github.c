/* GitHub's two translations: wishes to requests, replies to answers. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "forge/github.h"
#include "unit.h"

#define HEAD "1111111111111111111111111111111111111111"

static const struct forge_line lines[] = {
	{ .path = "a.swift", .line = 12, .text = "one" },
	{ .path = "a.swift", .line = 20, .start_line = 18, .text = "two" },
};
static const struct forge_review review = {
	.head = HEAD, .text = "body", .lines = lines, .count = 2
};
static const struct forge_status red = { .context = "referee/pr-review",
					 .state = FORGE_FAILURE,
					 .text = "1 major\n2 minor" };
static const struct forge_annotation note = { .path = "a.swift",
					      .line = 3,
					      .end_line = 4,
					      .severity = SEVERITY_MAJOR,
					      .title = "t",
					      .text = "m" };
static const struct forge_check check = { .name = "referee/pr-review",
					  .state = FORGE_PENDING,
					  .title = "skipped",
					  .text = "why",
					  .notes = &note,
					  .count = 1 };
static const struct forge_stacked stacked = { .head_ref = "referee/x",
					      .base_ref = "topic",
					      .title = "Tests",
					      .text = "hi" };

Test(github, requests)
{
	struct {
		struct forge_wish wish;
		const char *method, *path, *body;
	} cases[] = {
		{ { .act = FORGE_WHO }, "GET", "/user", "" },
		{ { .act = FORGE_PULLS },
		  "GET",
		  "/repos/acme/app/pulls?state=open&sort=updated&direction=desc"
		  "&per_page=100",
		  "" },
		{ { .act = FORGE_PULL, .pull = 7 },
		  "GET",
		  "/repos/acme/app/pulls/7",
		  "" },
		{ { .act = FORGE_COMMENTS, .since_ms = 1795489200000 },
		  "GET",
		  "/repos/acme/app/issues/comments?sort=updated&direction=asc"
		  "&per_page=100&since=2026-11-24T03:00:00Z",
		  "" },
		{ { .act = FORGE_PULL_COMMENTS, .pull = 7 },
		  "GET",
		  "/repos/acme/app/issues/7/comments?per_page=100",
		  "" },
		{ { .act = FORGE_REVIEW_LINES, .pull = 7, .id = "8" },
		  "GET",
		  "/repos/acme/app/pulls/7/reviews/8/comments?per_page=100",
		  "" },
		{ { .act = FORGE_PERMISSION, .text = "a/../b" },
		  "GET",
		  "/repos/acme/app/collaborators/a%2F..%2Fb/permission",
		  "" },
		{ { .act = FORGE_REVIEW, .pull = 7, .review = &review },
		  "POST",
		  "/repos/acme/app/pulls/7/reviews",
		  "{\"comments\":[{\"path\":\"a.swift\",\"line\":12,"
		  "\"side\":\"RIGHT\",\"body\":\"one\"},{\"path\":\"a.swift\","
		  "\"line\":20,\"side\":\"RIGHT\",\"start_line\":18,"
		  "\"start_side\":\"RIGHT\",\"body\":\"two\"}],\"commit_id\":"
		  "\"" HEAD "\",\"event\":\"COMMENT\",\"body\":\"body\"}" },
		{ { .act = FORGE_DROP_REVIEW, .pull = 7, .id = "8" },
		  "DELETE",
		  "/repos/acme/app/pulls/7/reviews/8",
		  "" },
		{ { .act = FORGE_EDIT_COMMENT,
		    .pull = 7,
		    .id = "9",
		    .text = "x" },
		  "PATCH",
		  "/repos/acme/app/issues/comments/9",
		  "{\"body\":\"x\"}" },
		{ { .act = FORGE_STATUS, .head = HEAD, .status = &red },
		  "POST",
		  "/repos/acme/app/statuses/" HEAD,
		  "{\"state\":\"failure\",\"context\":\"referee/pr-review\","
		  "\"description\":\"1 major 2 minor\"}" },
		{ { .act = FORGE_CHECK, .head = HEAD, .check = &check },
		  "POST",
		  "/repos/acme/app/check-runs",
		  "{\"name\":\"referee/pr-review\",\"head_sha\":\"" HEAD
		  "\",\"status\":\"queued\",\"output\":{\"title\":\"skipped\","
		  "\"summary\":\"why\",\"annotations\":[{\"path\":\"a.swift\","
		  "\"start_line\":3,\"end_line\":4,\"annotation_level\":"
		  "\"failure\",\"title\":\"t\",\"message\":\"m\"}]}}" },
		{ { .act = FORGE_REACT, .id = "9", .text = "eyes" },
		  "POST",
		  "/repos/acme/app/issues/comments/9/reactions",
		  "{\"content\":\"eyes\"}" },
		{ { .act = FORGE_STATUSES, .head = HEAD },
		  "GET",
		  "/repos/acme/app/commits/" HEAD "/status?per_page=100",
		  "" },
		{ { .act = FORGE_CHECKS, .head = HEAD },
		  "GET",
		  "/repos/acme/app/commits/" HEAD "/check-runs?per_page=100",
		  "" },
		{ { .act = FORGE_OPEN_PULL, .stacked = &stacked },
		  "POST",
		  "/repos/acme/app/pulls",
		  "{\"title\":\"Tests\",\"head\":\"referee/x\",\"base\":"
		  "\"topic\",\"body\":\"hi\"}" },
	};
	const struct forge_site site = { .api = "https://api.github.com",
					 .repository = "acme/app" };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct forge_request got;
		struct err err = ERR_INIT;

		cr_assert(eq(int,
			     github_forge.build(&got, &site, &cases[i].wish,
						NULL, &err),
			     0),
			  "%s", err.msg);
		cr_expect(eq(str, got.method, cases[i].method));
		cr_expect(eq(str, got.url + strlen(site.api), cases[i].path));
		cr_expect(eq(str, got.body.ptr, cases[i].body));
		forge_request_release(&got);
	}
}

Test(github, what_is_not_said_cannot_be_asked)
{
	const struct forge_wish cases[] = {
		{ .act = FORGE_PULL },
		{ .act = FORGE_PERMISSION },
		{ .act = FORGE_PERMISSION, .text = ".." },
		{ .act = FORGE_EDIT_COMMENT, .text = "x" },
		{ .act = FORGE_CHECKS, .id = HEAD },
	};
	const struct forge_site site = { .api = "https://api.github.com",
					 .repository = "acme/app" };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct forge_request got;
		struct err err = ERR_INIT;

		cr_expect(eq(
			int,
			github_forge.build(&got, &site, &cases[i], NULL, &err),
			-1));
		cr_expect(eq(int, err.code, ERR_INVALID));
		forge_request_release(&got);
	}
}

Test(github, graphql_lies_beside_the_rest_of_an_enterprise_server)
{
	const char *const cases[][2] = {
		{ "https://api.github.com", "https://api.github.com/graphql" },
		{ "https://git.acme.dev/api/v3",
		  "https://git.acme.dev/api/graphql" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct forge_site site = { .api = cases[i][0],
						 .repository = "acme/app" };
		const struct forge_wish wish = { .act = FORGE_RESOLVE,
						 .id = "T" };
		struct forge_request got;
		struct err err = ERR_INIT;

		cr_assert(eq(int,
			     github_forge.build(&got, &site, &wish, NULL, &err),
			     0));
		cr_expect(eq(str, got.url, cases[i][1]));
		forge_request_release(&got);
	}
}

static int parse(struct forge_answer *out, enum forge_act act, const char *text,
		 struct err *err)
{
	const struct forge_wish wish = { .act = act };
	struct json *doc = NULL;
	int status;

	cr_assert(eq(int, json_parse(&doc, text, strlen(text), err), 0));
	status = github_forge.parse(out, &wish, doc, err);
	json_free(doc);
	return status;
}

#define SIDE(repository) \
	"{\"ref\":\"r\",\"sha\":\"" HEAD "\",\"repo\":" repository "}"
#define REPO(name) "{\"full_name\":\"" name "\"}"

Test(github, pulls)
{
	struct {
		const char *head, *more;
		bool is_fork, is_closed, is_merged;
		const char *author;
	} cases[] = {
		{ REPO("acme/app"), "\"user\":{\"login\":\"ada\",\"id\":1}",
		  false, false, false, "ada" },
		{ REPO("Acme/App"), "\"user\":null", false, false, false, "" },
		{ REPO("eve/app"), "\"state\":\"closed\"", true, true, false,
		  "" },
		{ "null",
		  "\"state\":\"closed\",\"merged_at\":\"2026-01-01T00:"
		  "00:00Z\"",
		  true, true, true, "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *text = xstrf("{\"number\":3,\"head\":{\"ref\":\"t\","
				   "\"sha\":\"" HEAD "\",\"repo\":%s},"
				   "\"base\":" SIDE(REPO("acme/app")) ",%s}",
				   cases[i].head, cases[i].more);
		struct forge_answer answer = { 0 };
		struct err err = ERR_INIT;

		cr_assert(eq(int, parse(&answer, FORGE_PULL, text, &err), 0),
			  "%s", err.msg);
		cr_expect(eq(int, answer.pulls[0].is_fork, cases[i].is_fork));
		cr_expect(
			eq(int, answer.pulls[0].is_closed, cases[i].is_closed));
		cr_expect(
			eq(int, answer.pulls[0].is_merged, cases[i].is_merged));
		cr_expect(
			eq(str,
			   answer.pulls[0].author ? answer.pulls[0].author : "",
			   cases[i].author));
		forge_answer_release(&answer);
		free(text);
	}
}

Test(github, replies_that_cannot_be_read)
{
	const struct {
		enum forge_act act;
		const char *text;
		enum err_code code;
	} cases[] = {
		{ FORGE_PULLS, "{}", ERR_PROTOCOL },
		{ FORGE_PULLS, "[{}]", ERR_PROTOCOL },
		{ FORGE_PULLS, "[null]", ERR_PROTOCOL },
		{ FORGE_PULL, "[]", ERR_PROTOCOL },
		{ FORGE_PULL,
		  "{\"number\":-1,\"head\":{\"sha\":\"" HEAD
		  "\"},\"base\":{\"sha\":\"" HEAD "\"}}",
		  ERR_PROTOCOL },
		{ FORGE_PULL,
		  "{\"number\":1,\"head\":{\"sha\":\"--upload-pack"
		  "\"},\"base\":{\"sha\":\"" HEAD "\"}}",
		  ERR_PROTOCOL },
		{ FORGE_COMMENTS, "[{\"body\":\"x\"}]", ERR_PROTOCOL },
		{ FORGE_PERMISSION, "{}", ERR_PROTOCOL },
		{ FORGE_WHO, "{\"login\":\"x\"}", ERR_PROTOCOL },
		{ FORGE_ADD_COMMENT, "{}", ERR_PROTOCOL },
		{ FORGE_REACTIONS, "[{}]", ERR_PROTOCOL },
		{ FORGE_THREADS, "{\"data\":null}", ERR_PROTOCOL },
		{ FORGE_STATUSES, "{\"state\":\"success\"}", ERR_PROTOCOL },
		{ FORGE_STATUSES, "{\"statuses\":[{\"context\":\"ci\"}]}",
		  ERR_PROTOCOL },
		{ FORGE_CHECKS, "{\"check_runs\":null}", ERR_PROTOCOL },
		{ FORGE_CHECKS, "{\"check_runs\":[{\"name\":\"ci\"}]}",
		  ERR_PROTOCOL },
		{ FORGE_RESOLVE,
		  "{\"errors\":[{\"type\":\"FORBIDDEN\",\"message\":\"no\"}]}",
		  ERR_AUTH },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct forge_answer answer = { 0 };
		struct err err = ERR_INIT;

		cr_expect(eq(int,
			     parse(&answer, cases[i].act, cases[i].text, &err),
			     -1),
			  "%zu", i);
		cr_expect(eq(int, err.code, cases[i].code), "%zu: %s", i,
			  err.msg);
		forge_answer_release(&answer);
	}
}

Test(github, what_a_ci_says)
{
	const struct {
		enum forge_act act;
		const char *text;
		enum forge_signal_state state;
		const char *word, *url;
	} cases[] = {
#define STATUS(state) \
	"{\"statuses\":[{\"context\":\"ci\",\"state\":\"" state "\"}]}"
#define CHECK(status, conclusion)                                \
	"{\"check_runs\":[{\"name\":\"ci\",\"status\":\"" status \
	"\",\"conclusion\":" conclusion ",\"html_url\":\"https://h\"}]}"
		{ FORGE_STATUSES, STATUS("success"), SIGNAL_PASSED, "success",
		  "" },
		{ FORGE_STATUSES, STATUS("pending"), SIGNAL_PENDING, "pending",
		  "" },
		{ FORGE_STATUSES, STATUS("failure"), SIGNAL_FAILED, "failure",
		  "" },
		{ FORGE_STATUSES, STATUS("error"), SIGNAL_FAILED, "error", "" },
		{ FORGE_STATUSES, STATUS("unheard-of"), SIGNAL_FAILED,
		  "unheard-of", "" },
		{ FORGE_CHECKS, CHECK("queued", "null"), SIGNAL_PENDING,
		  "queued", "https://h" },
		{ FORGE_CHECKS, CHECK("in_progress", "\"success\""),
		  SIGNAL_PENDING, "in_progress", "https://h" },
		{ FORGE_CHECKS, CHECK("completed", "\"success\""),
		  SIGNAL_PASSED, "success", "https://h" },
		{ FORGE_CHECKS, CHECK("completed", "\"failure\""),
		  SIGNAL_FAILED, "failure", "https://h" },
		{ FORGE_CHECKS, CHECK("completed", "\"timed_out\""),
		  SIGNAL_FAILED, "timed_out", "https://h" },
		{ FORGE_CHECKS, CHECK("completed", "\"neutral\""),
		  SIGNAL_NEUTRAL, "neutral", "https://h" },
		{ FORGE_CHECKS, CHECK("completed", "\"skipped\""),
		  SIGNAL_NEUTRAL, "skipped", "https://h" },
		{ FORGE_CHECKS, CHECK("completed", "\"cancelled\""),
		  SIGNAL_STOPPED, "cancelled", "https://h" },
		{ FORGE_CHECKS, CHECK("completed", "\"stale\""), SIGNAL_STOPPED,
		  "stale", "https://h" },
		{ FORGE_CHECKS, CHECK("completed", "null"), SIGNAL_STOPPED, "",
		  "https://h" },
		{ FORGE_CHECKS, CHECK("completed", "\"action_required\""),
		  SIGNAL_PENDING, "action_required", "https://h" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct forge_answer answer = { 0 };
		struct err err = ERR_INIT;
		const struct forge_signal *signal;

		cr_assert(eq(int,
			     parse(&answer, cases[i].act, cases[i].text, &err),
			     0),
			  "%zu: %s", i, err.msg);
		signal = &answer.signals[0];
		cr_expect(eq(str, signal->name, "ci"));
		cr_expect(eq(int, signal->state, cases[i].state), "%zu", i);
		cr_expect(eq(str, signal->word, cases[i].word));
		cr_expect(
			eq(str, signal->url ? signal->url : "", cases[i].url));
		forge_answer_release(&answer);
	}
}

Test(github, permissions)
{
	const struct {
		const char *text;
		enum permission permission;
	} cases[] = {
		{ "{\"permission\":\"admin\",\"role_name\":\"admin\"}",
		  PERMISSION_ADMIN },
		{ "{\"permission\":\"write\",\"role_name\":\"maintain\"}",
		  PERMISSION_MAINTAIN },
		{ "{\"permission\":\"write\",\"role_name\":\"release-crew\"}",
		  PERMISSION_WRITE },
		{ "{\"permission\":\"read\",\"role_name\":\"admin\"}",
		  PERMISSION_READ },
		{ "{\"permission\":\"owner of all\"}", PERMISSION_NONE },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct forge_answer answer = { 0 };
		struct err err = ERR_INIT;

		cr_assert(eq(
			int,
			parse(&answer, FORGE_PERMISSION, cases[i].text, &err),
			0));
		cr_expect(eq(int, answer.permission, cases[i].permission),
			  "%zu", i);
		forge_answer_release(&answer);
	}
}

Test(github, long_texts_are_cut_where_it_does_no_harm)
{
	struct buf text;
	char *fit;

	buf_init(&text, 1 << 20);
	buf_addstr(&text, "<!-- marker -->\n```\n");
	while (text.len < 70000)
		buf_addstr(&text, "\xc3\xa4");
	fit = github_fit(text.ptr);
	cr_expect(strlen(fit) <= 65536);
	cr_expect(eq(int, strncmp(fit, "<!-- marker -->", 15), 0));
	cr_expect(strstr(fit, "\xc3\xa4\n```\n") != NULL);
	free(fit);
	buf_release(&text);
}
