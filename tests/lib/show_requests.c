/*
 * Prints what services would send, a JSON line each: method, path and body, for
 * tests that compare them with a schema. Usage: show_requests KIND
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "services/kinds.h"

static const char schema_text[] =
	"{\"type\":\"object\",\"additionalProperties\":false,"
	"\"required\":[\"summary\"],\"properties\":{\"summary\":{\"type\":"
	"\"string\"}}}";

static char system_text[] = "system", change[] = "change", about[] = "about",
	    task[] = "task";
static struct prompt full = { system_text, change, about, task };
static struct prompt bare = { NULL, NULL, NULL, task };

static void show(const struct service *service, const struct chat *chat,
		 const char *path)
{
	struct service_request request;
	struct json *line = json_new_object(), *body = NULL;
	struct err err = ERR_INIT;
	char *text;

	service_request_init(&request);
	if (service->ops->build(&request, service, chat, &err) < 0 ||
	    json_parse(&body, request.body.ptr, request.body.len, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		exit(EXIT_FAILURE);
	}
	json_set_string(line, "method", request.method);
	json_set_string(line, "path", path);
	json_set(line, "body", body);
	text = json_print(line);
	puts(text);
	free(text);
	json_free(line);
	service_request_release(&request);
}

int main(int argc, char **argv)
{
	static const unsigned quirks[] = {
		0,
		QUIRK_NO_SCHEMA,
		QUIRK_NO_SCHEMA | QUIRK_NO_JSON,
		QUIRK_MAX_TOKENS | QUIRK_NO_TEMPERATURE,
		QUIRK_COMPLETION_TOKENS,
	};
	bool is_openai = argc > 1 && strcmp(argv[1], "openai") == 0;
	struct service service = { .name = "s",
				   .ops = is_openai ? &openai_service
						    : &anthropic_service };
	struct json *schema = NULL;
	struct err err = ERR_INIT;

	if (json_parse(&schema, schema_text, strlen(schema_text), &err) < 0)
		return EXIT_FAILURE;
	for (size_t i = 0; i < 4 * ARRAY_LEN(quirks); i++) {
		struct chat chat = {
			.agent = "a",
			.model = is_openai ? "gpt-6.1-sol" : "claude-opus-5-5",
			.prompt = i & 1 ? &bare : &full,
			.schema = schema,
			.max_tokens = 4000,
			.temperature = 0.3,
			.bad_answer = i & 2 ? "prose" : NULL,
			.complaint = i & 2 ? "it is no JSON" : NULL,
			.quirks = quirks[i / 4],
		};

		show(&service, &chat,
		     is_openai ? "/chat/completions" : "/v1/messages");
	}
	json_free(schema);
	return EXIT_SUCCESS;
}
