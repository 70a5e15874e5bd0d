#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/secret.h"
#include "io/fetch_url.h"
#include "io/file.h"
#include "services/batch_call.h"
#include "services/kinds.h"

/*
 * Each file of tests/data/batches/KIND is a conversation about a batch of two
 * questions, "one" and "two": what is done (visit, find or submit), the replies
 * (of which each is to be asked for at "url", and may be cut), and what must be
 * made of them.
 */

#define ROOT "http://service"

static const struct json *replies; /* those that are left */
static int asked;

/* Instead of io/fetch_url: nothing leaves this test. */

struct fetch {
	struct http_reply reply;
	char *text;
	size_t at;
	bool is_cut;
};

int fetch_new(struct fetch **out, struct cancel *cancel, struct err *err)
{
	(void)cancel;
	(void)err;
	*out = xcalloc(1, sizeof(**out));
	return 0;
}

void fetch_free(struct fetch *fetch)
{
	if (!fetch)
		return;
	free(fetch->text);
	free(fetch);
}

/* The key goes to the configured server alone. */
static void check_request(const struct http_request *request)
{
	const char *url = json_string_or(replies, "url", "");
	bool has_key = false;

	cr_assert(replies != NULL, "%s: nothing more is to be asked",
		  request->url);
	cr_assert_eq(strncmp(request->url, ROOT, strlen(ROOT)), 0);
	cr_assert_str_eq(request->url + strlen(ROOT), url);
	cr_assert_eq(request->max_redirects, 0);
	cr_assert_eq(request->is_once, request->body != NULL);
	for (size_t i = 0; i < request->header_count; i++)
		has_key |= request->headers[i].secret != NULL;
	cr_assert(has_key);
}

int fetch_send(const struct http_reply **reply, struct fetch *fetch,
	       const struct http_request *request, struct err *err)
{
	const struct json *body, *at = replies;

	check_request(request);
	replies = json_next(replies);
	asked++;
	if (json_bool_or(at, "is_down", false)) {
		err_set(err, ERR_UNAVAILABLE, "no connection");
		err->detail = HTTP_NOT_SENT;
		return -1;
	}
	body = json_get(at, "body");
	fetch->text = body ? json_print(body)
			   : xstrdup(json_string_or(at, "text", ""));
	fetch->is_cut = json_bool_or(at, "is_cut", false);
	fetch->reply.status = (int)json_int_or(at, "status", 200);
	*reply = &fetch->reply;
	return 0;
}

/* A few bytes at a time, so that lines come in parts. */
int fetch_read(size_t *got, struct fetch *fetch, void *bytes, size_t size,
	       struct err *err)
{
	size_t left = strlen(fetch->text) - fetch->at;

	*got = left < 7 ? left : 7;
	cr_assert_leq(*got, size);
	memcpy(bytes, fetch->text + fetch->at, *got);
	fetch->at += *got;
	if (!left && fetch->is_cut)
		return err_set(err, ERR_UNAVAILABLE, "cut off");
	return 0;
}

struct case_ {
	struct service service;
	struct chat chat;
	struct service_result results[2];
	struct batch_item items[2];
	struct json *params;
	struct batch batch;
};

static void open_case(struct case_ *c, const struct service_ops *ops,
		      const struct json *doc)
{
	static const char *const ids[] = { "one", "two" };

	*c = (struct case_){ .service = {
				     .name = "s", .ops = ops, .url = ROOT } };
	c->chat =
		(struct chat){ .agent = "a", .model = "m", .is_batched = true };
	c->params = json_new_object();
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		service_result_init(&c->results[i]);
		c->items[i] = (struct batch_item){ .id = ids[i],
						   .params = c->params,
						   .chat = &c->chat,
						   .result = &c->results[i] };
	}
	c->batch = (struct batch){
		.service = &c->service,
		.key = secret_new("env:KEY", "sk-planted-0123456789"),
		.tag = "TAG",
		.sent_at_ms = 1800000000000,
		.was_missed = json_bool_or(doc, "missed", false),
		.items = c->items,
		.count = ARRAY_LEN(ids),
	};
}

static void close_case(struct case_ *c)
{
	for (size_t i = 0; i < ARRAY_LEN(c->results); i++)
		service_result_release(&c->results[i]);
	secret_free((struct secret *)c->batch.key);
	json_free(c->params);
}

static void check_item(const char *file, const struct json *expect,
		       const struct batch_item *item)
{
	const struct service_result *result = item->result;
	const char *answer = json_string_or(expect, "answer", NULL);
	const char *message = json_string_or(expect, "message", "");

	cr_assert_eq(item->is_answered, !json_is_null(expect), "%s: %s", file,
		     item->id);
	if (json_is_null(expect))
		return;
	cr_assert_str_eq(fault_name(result->fault),
			 json_string_or(expect, "fault", "none"), "%s: %s",
			 file, result->message);
	cr_assert(strstr(result->message, message) != NULL, "%s: '%s'", file,
		  result->message);
	cr_assert_eq(item->is_free, json_bool_or(expect, "free", false),
		     "%s: %s", file, item->id);
	if (answer)
		cr_assert_str_eq(result->reply.text.ptr, answer, "%s", file);
}

static void check_progress(const char *file, const struct json *expect,
			   const struct batch_progress *progress,
			   const struct case_ *c)
{
	const struct json *item = json_first(json_get(expect, "items"));

	cr_assert_eq(progress->is_over, json_bool_or(expect, "over", false),
		     "%s: over", file);
	cr_assert_eq(progress->rest_is_free,
		     json_bool_or(expect, "rest_is_free", false),
		     "%s: rest_is_free", file);
	cr_assert_not_null(
		strstr(progress->why, json_string_or(expect, "why", "")),
		"%s: '%s'", file, progress->why);
	for (size_t i = 0; i < c->batch.count; i++) {
		check_item(file, item, &c->items[i]);
		item = item ? json_next(item) : NULL;
	}
}

static void check_case(const struct service_ops *ops, const char *file,
		       const struct json *doc)
{
	const struct json *expect = json_get(doc, "expect");
	const char *what = json_string_or(doc, "what", "visit");
	struct batch_progress progress = { 0 };
	struct err err = ERR_INIT;
	char *id = NULL;
	struct case_ c;
	int ret;

	open_case(&c, ops, doc);
	replies = json_first(json_get(doc, "replies"));
	asked = 0;
	if (!strcmp(what, "submit"))
		ret = ops->batch->submit(&id, &c.batch, &err);
	else if (!strcmp(what, "find"))
		ret = ops->batch->find(&id, &c.batch, &err);
	else
		ret = ops->batch->visit(&progress, &c.batch,
					json_string_or(doc, "id", "b1"), &err);
	cr_assert_str_eq(err_code_name(err.code),
			 json_string_or(expect, "error", "ok"), "%s: %s", file,
			 err.msg);
	cr_assert_eq(ret, err.code ? -1 : 0, "%s", file);
	cr_assert_not_null(
		strstr(err.msg, json_string_or(expect, "message", "")),
		"%s: %s", file, err.msg);
	cr_assert_null(strstr(err.msg, "sk-planted"), "%s", file);
	cr_assert_null(replies, "%s: only %d were asked", file, asked);
	cr_assert_str_eq(id ? id : "", json_string_or(expect, "id", ""), "%s",
			 file);
	check_progress(file, expect, &progress, &c);
	free(id);
	close_case(&c);
}

static int check_file(const struct service_ops *ops, const char *path)
{
	const struct json *at;
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	struct buf text;
	int count = 0;

	buf_init(&text, LIMIT_JSON_BYTES);
	must(file_read(&text, path, &err));
	must(json_parse(&doc, text.ptr, text.len, &err));
	buf_release(&text);
	for (at = json_first(doc); at; at = json_next(at), count++)
		check_case(ops, json_name(at), at);
	json_free(doc);
	return count;
}

static void check_all(const struct service_ops *ops, int at_least)
{
	char *path = xstrf("%s/tests/data/batches/%s.json", getenv("SRCDIR"),
			   ops->kind);
	int count = check_file(ops, path);

	cr_assert(count >= at_least, "%d", count);
	free(path);
}

Test(batches, anthropic_replies_are_what_they_are)
{
	check_all(&anthropic_service, 20);
}

Test(batches, openai_replies_are_what_they_are)
{
	check_all(&openai_service, 20);
}

static void count_line(const struct batch *batch, const struct json *line,
		       void *payload)
{
	(void)batch;
	(void)line;
	++*(int *)payload;
}

Test(batches, a_line_without_an_end_is_left_out_and_the_next_is_read)
{
	struct service service = { .name = "s" };
	struct batch batch = { .service = &service };
	struct batch_lines lines;
	char *part = xcalloc(1, 1 << 20);
	int count = 0;

	memset(part, ' ', 1 << 20);
	batch_lines_init(&lines, &batch, count_line, &count);
	for (int i = 0; i < 20; i++)
		batch_lines_add(&lines, part, 1 << 20);
	batch_lines_add(&lines, "{}\n{}\n{}", 8);
	batch_lines_end(&lines);
	cr_assert_eq(count, 2);
	cr_assert_eq(lines.unreadable, 1U);
	free(part);
}
