/* What models answer, in every kind, and the paths they may write to. What was
 * read is whole: findings have what later code relies on. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agents/answers.h"
#include "agents/findings.h"
#include "core/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_findings(const char *text, size_t len)
{
	struct findings_answer answer;
	struct err err = ERR_INIT;

	if (findings_parse(&answer, text, len, "fuzz", &err) < 0) {
		if (!*err.msg)
			abort();
		return;
	}
	if (answer.findings.len > LIMIT_FINDINGS)
		abort();
	for (size_t i = 0; i < answer.findings.len; i++)
		if (!answer.findings.items[i].title)
			abort();
	findings_answer_release(&answer);
}

static void read_kind(enum answer_kind kind, const char *text, size_t len)
{
	struct json *doc = NULL;
	struct err err = ERR_INIT;

	if (answer_parse(&doc, kind, text, len, &err) < 0) {
		if (doc || !*err.msg)
			abort();
		return;
	}
	json_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct err err = ERR_INIT;

	if (!text)
		abort();
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	read_findings(text, size);
	for (int kind = ANSWER_FILES; kind < ANSWER_TESTS; kind++)
		read_kind((enum answer_kind)kind, text, size);
	if (generated_path_check(text, &err) == 0 &&
	    (*text == '/' || strstr(text, "..") == text ||
	     strstr(text, "/../") || !strncmp(text, ".git", 4)))
		abort();
	free(text);
	return 0;
}
