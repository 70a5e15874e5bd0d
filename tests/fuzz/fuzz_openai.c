/* Any bytes as a reply: a fault with a clean message, or a whole answer. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "io/http.h"
#include "services/kinds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte picks status and type of the reply. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = { 200, 400, 429, 500 };
	struct service service = { .name = "s", .ops = &openai_service };
	struct chat chat = { .agent = "a", .model = "m" };
	struct service_result result;
	struct http_reply reply = { 0 };

	if (!size)
		return 0;
	reply.status = statuses[data[0] & 3];
	buf_init(&reply.body, LIMIT_REPLY_BYTES);
	buf_add(&reply.body, data + 1, size - 1);
	if (data[0] & 4)
		strvec_add(&reply.headers, "content-type: text/event-stream");
	service_result_init(&result);
	service.ops->parse(&result, &service, &chat, &reply);
	if (result.fault != FAULT_NONE && !result.message[0])
		abort();
	if (strpbrk(result.message, "\n\r\033"))
		abort();
	if (result.reply.usage.input_tokens < -1 ||
	    result.reply.usage.output_tokens < -1)
		abort();
	service_result_release(&result);
	http_reply_release(&reply);
	return 0;
}
