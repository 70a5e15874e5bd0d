#include "services/repair.h"

#include <stdlib.h>
#include <string.h>

void repair_put(struct json_writer *json, const struct chat *chat,
		repair_put_fn *put_message)
{
	char *complaint;

	if (!chat->bad_answer)
		return;
	/* A message without a word is refused. */
	if (chat->bad_answer[strspn(chat->bad_answer, " \t\r\n")])
		put_message(json, "assistant", chat->bad_answer);
	complaint = service_complaint(chat);
	put_message(json, "user", complaint);
	free(complaint);
}
