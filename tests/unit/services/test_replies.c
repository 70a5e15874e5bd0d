#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "io/file.h"
#include "io/http.h"
#include "services/kinds.h"

/*
 * Each file of tests/data/KIND is a reply (status, headers, body or text) and
 * what must be made of it (expect). "known": the quirks known before; "url":
 * another address of the service.
 */

static const char template[] =
	"{\"request\":{\"body\":{},\"error\":\"/error/a~1b\",\"cost\":\"/usd\","
	"\"stop\":\"/end\",\"complete\":\"done\"},\"answer\":\"/out/0/text\","
	"\"input_tokens\":\"/usage/in\",\"output_tokens\":\"/usage/out\"}";

static struct json *load(const char *path)
{
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	struct buf text;

	buf_init(&text, LIMIT_JSON_BYTES);
	must(file_read(&text, path, &err));
	must(json_parse(&doc, text.ptr, text.len, &err));
	buf_release(&text);
	return doc;
}

static void make_reply(struct http_reply *out, const struct json *doc)
{
	const struct json *at = json_first(json_get(doc, "headers"));
	const char *text = json_string_or(doc, "text", NULL);
	char *body = json_get(doc, "body") ? json_print(json_get(doc, "body"))
					   : NULL;

	*out = (struct http_reply){ .status = (int)json_int_or(doc, "status",
							       0) };
	buf_init(&out->body, LIMIT_REPLY_BYTES);
	buf_addstr(&out->body, body ? body : text);
	free(body);
	for (; at; at = json_next(at))
		strvec_addf(&out->headers, "%s: %s", json_name(at),
			    json_string_or(at, "", ""));
}

/* A number of the result, where the file expects one. */
static void check_number(const char *file, const struct json *expect,
			 const char *path, int64_t actual)
{
	int64_t wanted;
	struct err err = ERR_INIT;

	if (!json_find(expect, path))
		return;
	must(json_int(&wanted, expect, path, &err));
	cr_assert_eq(actual, wanted, "%s: %s is %lld, not %lld", file, path,
		     (long long)actual, (long long)wanted);
}

static void check_text(const char *file, const struct json *expect,
		       const char *name, const char *actual)
{
	const char *wanted = json_string_or(expect, name, NULL);

	if (wanted)
		cr_assert(actual && strcmp(actual, wanted) == 0,
			  "%s: %s is '%s', not '%s'", file, name,
			  actual ? actual : "NULL", wanted);
}

static void check(const char *file, const struct json *expect,
		  const struct service_result *result)
{
	static const char *const stops[] = { "complete", "truncated",
					     "refused" };
	const struct usage *usage = &result->reply.usage;
	const char *message = json_string_or(expect, "message", "");

	cr_assert_str_eq(fault_name(result->fault),
			 json_string_or(expect, "fault", ""), "%s: %s", file,
			 result->message);
	cr_assert(strstr(result->message, message) != NULL, "%s: '%s'", file,
		  result->message);
	check_text(file, expect, "answer", result->reply.text.ptr);
	check_text(file, expect, "stop", stops[result->reply.stop]);
	check_text(file, expect, "model", result->reply.model);
	check_text(file, expect, "request_id", result->reply.request_id);
	check_number(file, expect, "usage.input", usage->input_tokens);
	check_number(file, expect, "usage.cached", usage->cached_tokens);
	check_number(file, expect, "usage.written", usage->cache_write_tokens);
	check_number(file, expect, "usage.written_long",
		     usage->cache_write_long_tokens);
	check_number(file, expect, "usage.output", usage->output_tokens);
	check_number(file, expect, "cost_nusd", result->reply.cost_nusd);
	check_number(file, expect, "wait_ms", result->wait_ms);
	check_number(file, expect, "should_retry", result->should_retry);
	check_number(file, expect, "quirks", result->quirks);
	check_number(file, expect, "requests_left", result->rate.requests_left);
	check_number(file, expect, "requests_limit",
		     result->rate.requests_limit);
	check_number(file, expect, "requests_reset_ms",
		     result->rate.requests_reset_ms);
	check_number(file, expect, "tokens_left", result->rate.tokens_left);
	check_number(file, expect, "tokens_reset_ms",
		     result->rate.tokens_reset_ms);
	cr_assert_eq(json_bool_or(expect, "no_usage", false), result->no_usage,
		     "%s", file);
	cr_assert_eq(json_bool_or(expect, "blocked", false),
		     result->blocked_until_ms != 0, "%s", file);
	/* A fault says why, in one clean line. */
	cr_assert(result->fault == FAULT_NONE || result->message[0], "%s",
		  file);
	cr_assert(strpbrk(result->message, "\n\r\033") == NULL, "%s", file);
}

static void check_file(const struct service_ops *ops, const char *path)
{
	struct json *doc = load(path), *options = NULL;
	struct service service = { .name = "s", .ops = ops };
	struct chat chat = { .agent = "a", .model = "m" };
	struct service_result result;
	struct http_reply reply;
	struct err err = ERR_INIT;

	must(json_parse(&options, template, strlen(template), &err));
	service.options = options;
	service.url = json_string_or(doc, "url", NULL);
	chat.quirks = (unsigned)json_int_or(doc, "known", 0);
	make_reply(&reply, doc);
	service_result_init(&result);
	ops->parse(&result, &service, &chat, &reply);
	check(path, json_get(doc, "expect"), &result);
	service_result_release(&result);
	http_reply_release(&reply);
	json_free(doc);
	json_free(options);
}

static void check_all(const struct service_ops *ops, int at_least)
{
	const char *source = getenv("SRCDIR");
	char *dir = xstrf("%s/tests/data/%s", source ? source : "..",
			  ops->kind);
	DIR *files = opendir(dir);
	struct dirent *at;
	int count = 0;

	cr_assert(files != NULL, "%s", dir);
	while ((at = readdir(files)) != NULL) {
		char *path;

		if (!strstr(at->d_name, ".json"))
			continue;
		path = xstrf("%s/%s", dir, at->d_name);
		check_file(ops, path);
		free(path);
		count++;
	}
	closedir(files);
	free(dir);
	cr_assert(count >= at_least, "%d", count);
}

Test(replies, of_anthropic_are_understood)
{
	check_all(&anthropic_service, 40);
}

Test(replies, of_openai_are_understood)
{
	check_all(&openai_service, 45);
}

Test(replies, of_any_vendor_are_understood)
{
	check_all(&http_service, 9);
}

/* Whatever the status and the body, there is a fault or an answer. */
Test(replies, of_every_status_have_a_meaning)
{
	static const struct service_ops *const kinds[] = { &anthropic_service,
							   &openai_service,
							   &http_service };
	static const char *const bodies[] = { "",
					      "{}",
					      "[]",
					      "null",
					      "<html>",
					      "{\"error\":null}",
					      "{\"error\":{}}",
					      "{\"error\":\"x\"}",
					      "\xff\xfe",
					      "{\"a\":" };

	struct json *options = NULL;
	struct err err = ERR_INIT;

	must(json_parse(&options, template, strlen(template), &err));
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
		for (int status = 200; status < 600; status++)
			for (size_t b = 0; b < ARRAY_LEN(bodies); b++) {
				struct service service = { .name = "s",
							   .ops = kinds[k],
							   .options = options };
				struct chat chat = { .agent = "a" };
				struct service_result result;
				struct http_reply reply = { .status = status };

				buf_init(&reply.body, 100);
				buf_addstr(&reply.body, bodies[b]);
				service_result_init(&result);
				kinds[k]->parse(&result, &service, &chat,
						&reply);
				cr_assert(result.fault != FAULT_NONE,
					  "%s %d '%s'", kinds[k]->kind, status,
					  bodies[b]);
				service_result_release(&result);
				http_reply_release(&reply);
			}
	json_free(options);
}

/* A usage of so many members, or names of so many bytes, are no use to anybody:
 * what is kept goes into records and ledgers. */
static void check_kept(const struct service_ops *ops, const char *head,
		       const char *tail)
{
	struct service service = { .name = "s", .ops = ops };
	struct chat chat = { .agent = "a" };
	struct http_reply reply = { .status = 200 };
	struct service_result result;
	char *kept;

	buf_init(&reply.body, LIMIT_REPLY_BYTES);
	buf_addf(&reply.body, "{\"model\":\"%0100000d\",\"usage\":{", 0);
	buf_addf(&reply.body, "\"large\":\"%0100000d\"", 0);
	for (int i = 0; i < 200000; i++)
		buf_addf(&reply.body, ",\"n%d\":1", i);
	buf_addf(&reply.body, ",%s}", head);
	buf_addstr(&reply.body, tail);
	strvec_addf(&reply.headers, "request-id: %0100000d", 0);
	strvec_addf(&reply.headers, "x-request-id: %0100000d", 0);

	service_result_init(&result);
	ops->parse(&result, &service, &chat, &reply);
	cr_assert_eq(result.fault, FAULT_NONE, "%s", result.message);
	cr_assert_eq(result.reply.usage.output_tokens, 50);
	cr_assert(strlen(result.reply.model) <= 128);
	cr_assert(strlen(result.reply.request_id) <= 128);
	kept = json_print(result.reply.raw_usage);
	cr_assert(strlen(kept) < 64 * KIB, "%zu", strlen(kept));
	free(kept);
	service_result_release(&result);
	http_reply_release(&reply);
}

Test(replies, of_any_size_leave_little_in_the_record)
{
	check_kept(&anthropic_service,
		   "\"input_tokens\":1,\"output_tokens\":50",
		   ",\"content\":[],\"stop_reason\":\"end_turn\"}");
	check_kept(&openai_service,
		   "\"prompt_tokens\":1,\"completion_tokens\":50",
		   ",\"choices\":[{\"message\":{\"content\":\"\"},"
		   "\"finish_reason\":\"stop\"}]}");
}

Test(replies, that_quote_the_key_do_not_get_it_into_messages)
{
	struct secret *key = secret_new("env:KEY", "sk-planted-0123456789");
	struct service_result result;

	service_result_init(&result);
	service_result_fail(&result, FAULT_AUTH, "Incorrect key: %s",
			    "sk-planted-0123456789");
	cr_assert_str_eq(result.message, "Incorrect key: [secret]");
	service_result_release(&result);
	secret_free(key);
}
