/*
 * The JSON schema of each kind of answer, as sent to providers: every member
 * required and nothing else allowed, since strict modes ask for that.
 * referee-agent(5) documents them.
 */
#include <assert.h>
#include <string.h>

#include "agents/prompt.h"

#define TEXT     "{\"type\":\"string\"}"
#define NULLABLE "{\"type\":[\"string\",\"null\"]}"
#define NUMBER   "{\"type\":\"integer\"}"

#define OBJECT(required, members)                                           \
	"{\"type\":\"object\",\"additionalProperties\":false,\"required\":" \
	"[" required "],\"properties\":{" members "}}"
#define LIST(item) "{\"type\":\"array\",\"items\":" item "}"

static const char *const schemas[ANSWER_KIND_COUNT] = {
	[ANSWER_FINDINGS] = OBJECT(
		"\"findings\",\"summary\"",
		"\"findings\":" LIST(
			OBJECT("\"path\",\"line\",\"end_line\",\"quote\","
			       "\"severity\","
			       "\"category\",\"title\",\"body\",\"suggestion\","
			       "\"confidence\"",
			       "\"path\":" TEXT ",\"line\":" NUMBER
			       ",\"end_line\":{\"type\":[\"integer\",\"null\"]}"
			       ",\"quote\":" TEXT
			       ",\"severity\":{\"type\":\"string\",\"enum\":"
			       "[\"info\",\"minor\",\"major\",\"critical\"]}"
			       ",\"category\":" TEXT ",\"title\":" TEXT
			       ",\"body\":" TEXT ",\"suggestion\":" NULLABLE
			       ",\"confidence\":{\"type\":[\"number\",\"null\"]"
			       "}")) ","
				     "\"summary\":" TEXT),
	[ANSWER_FILES] = OBJECT(
		"\"files\",\"summary\"",
		"\"files\":" LIST(OBJECT(
			"\"path\",\"content\",\"why\",\"covers\"",
			"\"path\":" TEXT ",\"content\":" TEXT ",\"why\":" TEXT
			",\"covers\":" NULLABLE)) ",\"summary\":" TEXT),
	[ANSWER_DOCUMENT] = OBJECT("\"title\",\"markdown\",\"path\"",
				   "\"title\":" TEXT ",\"markdown\":" TEXT
				   ",\"path\":" NULLABLE),
	[ANSWER_VERDICT] = OBJECT(
		"\"items\",\"summary\"",
		"\"items\":" LIST(
			OBJECT("\"name\",\"verdict\",\"reason\",\"content\"",
			       "\"name\":" TEXT
			       ",\"verdict\":{\"type\":\"string\",\"enum\":"
			       "[\"keep\",\"change\",\"drop\"]}"
			       ",\"reason\":" TEXT
			       ",\"content\":" NULLABLE)) ","
							  "\"summary\":" TEXT),
	[ANSWER_TESTS] = OBJECT("\"passed\",\"failed\",\"skipped\",\"output\"",
				"\"passed\":" NUMBER ",\"failed\":" NUMBER
				",\"skipped\":" NUMBER ",\"output\":" TEXT),
};

struct json *prompt_schema(enum answer_kind answer)
{
	const char *text = schemas[answer];
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	int ret = json_parse(&doc, text, strlen(text), &err);

	assert(ret == 0);
	(void)ret;
	return doc;
}
