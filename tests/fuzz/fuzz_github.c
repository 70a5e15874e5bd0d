/* Any bytes as a reply of GitHub's: refused with a message, or an answer that
 * is whole. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "forge/github.h"
#include "forge/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_answer(const struct forge_answer *answer)
{
	for (size_t i = 0; i < answer->pull_count; i++)
		if (answer->pulls[i].number <= 0 ||
		    strlen(answer->pulls[i].head) != OID_HEX_SIZE - 1)
			abort();
	for (size_t i = 0; i < answer->comment_count; i++)
		if (!answer->comments[i].id || !answer->comments[i].body)
			abort();
	for (size_t i = 0; i < answer->reaction_count; i++)
		if (!answer->reactions[i].what)
			abort();
	for (size_t i = 0; i < answer->thread_count; i++)
		if (!answer->threads[i].id)
			abort();
	if (answer->permission < PERMISSION_NONE ||
	    answer->permission > PERMISSION_ADMIN)
		abort();
}

static void parse_token(const struct json *doc)
{
	struct secret *token = NULL;
	char *installation = NULL;
	int64_t ends_ms = 0;
	struct err err = ERR_INIT;

	if (github_forge.parse_token(&token, &ends_ms, &installation, doc,
				     &err) < 0 &&
	    !err.msg[0])
		abort();
	secret_free(token);
	free(installation);
}

/* The first byte picks what was asked; one more is a token, one a header. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct forge_answer answer = { 0 };
	struct forge_wish wish = { .pull = 7, .id = "1" };
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	unsigned pick;
	char *text;

	if (!size)
		return 0;
	pick = data[0] % (FORGE_ACT_COUNT + 2);
	text = xmemdup((const char *)data + 1, size - 1);
	if (pick == FORGE_ACT_COUNT) {
		free(link_next(text));
	} else if (json_parse(&doc, text, size - 1, &err) == 0) {
		wish.act = (enum forge_act)(pick % FORGE_ACT_COUNT);
		answer.act = wish.act;
		if (pick > FORGE_ACT_COUNT)
			parse_token(doc);
		else if (github_forge.parse(&answer, &wish, doc, &err) == 0)
			check_answer(&answer);
		else if (!err.msg[0])
			abort();
	}
	forge_answer_release(&answer);
	json_free(doc);
	free(text);
	return 0;
}
