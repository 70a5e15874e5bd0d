#ifndef TESTS_FUZZ_ANY_REPLY_H
#define TESTS_FUZZ_ANY_REPLY_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "io/http.h"
#include "services/kinds.h"

/** \file
 * Any bytes as a reply to a service: a fault with a clean message, or a whole
 * answer. The first byte picks status and type of the reply.
 */

/** `options` may be NULL. */
static inline void any_reply(const struct service_ops *ops,
			     const struct json *options, const uint8_t *data,
			     size_t size)
{
	static const int statuses[] = { 200, 400, 429, 500 };
	struct service service = { .name = "s",
				   .ops = ops,
				   .options = options };
	struct chat chat = { .agent = "a", .model = "m" };
	struct service_result result;
	struct http_reply reply = { 0 };

	if (!size)
		return;
	reply.status = statuses[data[0] & 3];
	buf_init(&reply.body, LIMIT_REPLY_BYTES);
	buf_add(&reply.body, data + 1, size - 1);
	if (data[0] & 4)
		strvec_add(&reply.headers, "content-type: text/event-stream");
	service_result_init(&result);
	ops->parse(&result, &service, &chat, &reply);
	if (result.fault != FAULT_NONE && !result.message[0])
		abort();
	if (reply.status >= 300 && result.fault == FAULT_NONE)
		abort();
	if (strpbrk(result.message, "\n\r\033"))
		abort();
	if (result.reply.usage.input_tokens < -1 ||
	    result.reply.usage.output_tokens < -1 ||
	    result.reply.cost_nusd < -1)
		abort();
	service_result_release(&result);
	http_reply_release(&reply);
}

#endif /* TESTS_FUZZ_ANY_REPLY_H */
