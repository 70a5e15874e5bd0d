#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "services/kinds.h"

static struct json *parsed(const char *text)
{
	struct json *doc = NULL;
	struct err err = ERR_INIT;

	must(json_parse(&doc, text, strlen(text), &err));
	return doc;
}

static struct prompt prompt = { "system", "change", "about", "task" };

static struct chat plain(void)
{
	return (struct chat){ .agent = "security-agent",
			      .answer = ANSWER_FINDINGS,
			      .prompt = &prompt,
			      .model = "m",
			      .max_tokens = 4000,
			      .temperature = 0.5 };
}

/* The body of what is sent, on one line; the caller frees it. */
static char *body_of(const struct service *service, const struct chat *chat,
		     struct service_request *kept)
{
	struct service_request request;
	struct err err = ERR_INIT;
	char *body;

	service_request_init(&request);
	must(service->ops->build(&request, service, chat, &err));
	body = strdup(request.body.ptr);
	if (kept)
		*kept = request;
	else
		service_request_release(&request);
	return body;
}

static void sends(const struct service *service, const struct chat *chat,
		  const char *expected)
{
	char *body = body_of(service, chat, NULL);

	cr_assert(eq(str, body, (char *)expected));
	free(body);
}

#define BLOCK(text) "{\"type\":\"text\",\"text\":\"" text "\"}"
#define CACHED(text)                                \
	"{\"type\":\"text\",\"text\":\"" text "\"," \
	"\"cache_control\":{\"type\":\"ephemeral\"}}"

Test(requests, of_anthropic_mark_the_shared_prefix)
{
	struct service service = { .name = "a", .ops = &anthropic_service };
	struct chat chat = plain();

	/* No temperature: this version of the API refuses it. */
	sends(&service, &chat,
	      "{\"model\":\"m\",\"max_tokens\":4000,\"system\":[" BLOCK(
		      "system") "],\"messages\":[{\"role\":\"user\",\"content\""
				":[" CACHED("change") "," BLOCK(
					"about") "," BLOCK("task") "]}],"
								   "\"stream\":"
								   "true}");
}

Test(requests, of_anthropic_carry_the_schema_until_it_is_refused)
{
	struct service service = { .name = "a", .ops = &anthropic_service };
	struct chat chat = plain();
	struct json *schema = parsed("{\"type\":\"object\"}");
	char *body;

	chat.schema = schema;
	body = body_of(&service, &chat, NULL);
	cr_assert(strstr(body, "\"output_config\":{\"format\":{\"type\":\"json_"
			       "schema\",\"schema\":{") != NULL);
	free(body);
	chat.quirks = QUIRK_NO_SCHEMA;
	body = body_of(&service, &chat, NULL);
	cr_assert(strstr(body, "output_config") == NULL);
	free(body);
	json_free(schema);
}

Test(requests, of_anthropic_go_where_they_are_told_with_the_key_apart)
{
	struct service service = { .name = "a", .ops = &anthropic_service };
	struct service_request request;
	struct chat chat = plain();

	free(body_of(&service, &chat, &request));
	cr_assert_str_eq(request.url, "https://api.anthropic.com/v1/messages");
	cr_assert_str_eq(request.method, "POST");
	cr_assert_str_eq(request.key_header, "x-api-key");
	cr_assert(
		strvec_has(&request.headers, "anthropic-version: 2026-10-21"));
	service_request_release(&request);
	service.url = "http://127.0.0.1:1/";
	free(body_of(&service, &chat, &request));
	cr_assert_str_eq(request.url, "http://127.0.0.1:1/v1/messages");
	service_request_release(&request);
}

Test(requests, for_a_repair_show_the_bad_answer)
{
	struct service a = { .name = "a", .ops = &anthropic_service };
	struct service o = { .name = "o", .ops = &openai_service };
	const struct service *const both[] = { &a, &o };
	struct chat chat = plain();

	chat.bad_answer = "prose";
	chat.complaint = "findings: an array expected";
	for (size_t i = 0; i < 2; i++) {
		char *body = body_of(both[i], &chat, NULL);
		char *answer = strstr(body, "\"role\":\"assistant\"");

		cr_assert(answer && strstr(answer, "prose") != NULL);
		cr_assert(strstr(answer, "findings: an array expected") !=
			  NULL);
		free(body);
	}
}

/* Providers refuse messages without a word in them. */
Test(requests, for_a_repair_do_not_show_an_answer_without_a_word)
{
	struct service a = { .name = "a", .ops = &anthropic_service };
	struct service o = { .name = "o", .ops = &openai_service };
	const struct service *const both[] = { &a, &o };
	static const char *const answers[] = { "", " \n\t" };
	struct chat chat = plain();

	chat.complaint = "nothing was said";
	for (size_t i = 0; i < 4; i++) {
		char *body;

		chat.bad_answer = answers[i / 2];
		body = body_of(both[i % 2], &chat, NULL);
		cr_assert(strstr(body, "assistant") == NULL, "%s", body);
		cr_assert(strstr(body, "nothing was said") != NULL);
		free(body);
	}
}

#define MESSAGES                                                          \
	"\"messages\":[{\"role\":\"system\",\"content\":\"system\"},"     \
	"{\"role\":\"user\",\"content\":\"change\\n\\nabout\\n\\ntask\"}" \
	"]"

Test(requests, of_openai_use_the_names_the_server_knows)
{
	struct service own = { .name = "o", .ops = &openai_service };
	struct service llama = { .name = "l",
				 .ops = &openai_service,
				 .url = "http://127.0.0.1:1/v1" };
	struct chat chat = plain();

	sends(&own, &chat,
	      "{\"model\":\"m\"," MESSAGES
	      ",\"max_completion_tokens\":4000,\"temperature\":0.5}");
	sends(&llama, &chat,
	      "{\"model\":\"m\"," MESSAGES
	      ",\"max_tokens\":4000,\"temperature\":0.5}");
	chat.quirks = QUIRK_COMPLETION_TOKENS | QUIRK_NO_TEMPERATURE;
	sends(&llama, &chat,
	      "{\"model\":\"m\"," MESSAGES ",\"max_completion_tokens\":4000}");
	chat.quirks = QUIRK_MAX_TOKENS;
	chat.temperature = -1;
	sends(&own, &chat,
	      "{\"model\":\"m\"," MESSAGES ",\"max_tokens\":4000}");
}

Test(requests, of_openai_step_down_from_schema_to_json_to_nothing)
{
	static const struct {
		unsigned quirks;
		const char *holds; /* NULL: no response_format */
	} steps[] = {
		{ 0, "\"response_format\":{\"type\":\"json_schema\","
		     "\"json_schema\":{\"name\":\"findings\","
		     "\"strict\":true,\"schema\":{" },
		{ QUIRK_NO_SCHEMA,
		  "\"response_format\":{\"type\":\"json_object\"}" },
		{ QUIRK_NO_SCHEMA | QUIRK_NO_JSON, NULL },
	};
	struct service own = { .name = "o", .ops = &openai_service };
	struct chat chat = plain();
	struct json *schema = parsed("{\"type\":\"object\"}");

	chat.schema = schema;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		char *body;

		chat.quirks = steps[i].quirks;
		body = body_of(&own, &chat, NULL);
		if (steps[i].holds)
			cr_assert(strstr(body, steps[i].holds) != NULL, "%s",
				  body);
		else
			cr_assert(strstr(body, "response_format") == NULL);
		free(body);
	}
	json_free(schema);
}

Test(requests, of_azure_carry_the_key_as_it_wants_it)
{
	struct service azure = { .name = "z",
				 .ops = &openai_service,
				 .url = "https://x.openai.azure.com/openai/"
					"v1" };
	struct service_request request;
	struct chat chat = plain();

	free(body_of(&azure, &chat, &request));
	cr_assert_str_eq(request.key_header, "api-key");
	cr_assert_str_eq(request.key_prefix, "");
	cr_assert_str_eq(request.url, "https://x.openai.azure.com/openai/v1/"
				      "chat/completions");
	service_request_release(&request);
}

Test(requests, of_any_vendor_are_made_of_its_template)
{
	struct json *options = parsed(
		"{\"request\":{\"method\":\"PUT\",\"path\":\"/v2/x\","
		"\"headers\":{\"X-Team\":\"mobile\"},"
		"\"key\":{\"header\":\"X-Key\",\"prefix\":\"\"},"
		"\"body\":{\"model\":\"${model}\",\"n\":\"${max_tokens}\","
		"\"list\":[1,null,\"a ${task} b ${nobody} ${\"],"
		"\"q\":{\"text\":\"${prompt}\"}}},\"answer\":\"/a\"}");
	struct service vendor = { .name = "v",
				  .ops = &http_service,
				  .url = "https://v.example/api/",
				  .options = options };
	struct service_request request;
	struct chat chat = plain();
	struct err err = ERR_INIT;
	char *body;

	must(http_service_check(options, &err));
	prompt.task = "ta\"sk";
	body = body_of(&vendor, &chat, &request);
	cr_assert(eq(str, body,
		     "{\"model\":\"m\",\"n\":4000,\"list\":[1,null,"
		     "\"a ta\\\"sk b ${nobody} ${\"],\"q\":{\"text\":"
		     "\"system\\n\\nchange\\n\\nabout\\n\\nta\\\"sk\"}}"));
	free(body);
	cr_assert_str_eq(request.url, "https://v.example/api/v2/x");
	cr_assert_str_eq(request.method, "PUT");
	cr_assert_str_eq(request.key_header, "X-Key");
	cr_assert(strvec_has(&request.headers, "X-Team: mobile"));
	service_request_release(&request);
	json_free(options);
	prompt.task = "task";
}

Test(requests, of_a_template_that_is_wrong_are_not_made)
{
	static const struct {
		const char *options, *message;
	} cases[] = {
		{ "{\"request\":{}}", "'body' is missing" },
		{ "{\"request\":{\"body\":{},\"metod\":\"PUT\"}}",
		  "unknown key 'metod'" },
		{ "{\"request\":{\"body\":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}"
		  "}",
		  "'body' is too deep" },
		{ "{\"request\":{\"body\":{},\"faults\":{\"E1\":\"quota\","
		  "\"E2\":\"qouta\"}}}",
		  "'faults' has 'qouta', which is none" },
		{ "{\"request\":{\"body\":{},\"faults\":{\"E1\":7}}}",
		  "'faults' has '', which is none" },
	};
	struct err err = ERR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct json *options = parsed(cases[i].options);

		must_fail(ERR_INVALID, http_service_check(options, &err));
		cr_assert(eq(str, err.msg, (char *)cases[i].message));
		json_free(options);
	}
}

Test(requests, without_a_question_are_not_made)
{
	struct service a = { .name = "a", .ops = &anthropic_service };
	struct service o = { .name = "o", .ops = &openai_service };
	const struct service *const both[] = { &a, &o };
	struct prompt nothing = { "system", "change", NULL, "" };
	struct chat chat = plain();
	struct err err = ERR_INIT;

	chat.prompt = &nothing;
	for (size_t i = 0; i < 2; i++) {
		struct service_request request;

		service_request_init(&request);
		must_fail(ERR_INVALID,
			  both[i]->ops->build(&request, both[i], &chat, &err));
		service_request_release(&request);
	}
}
