/* Any bytes as the results of a batch: questions without a result, or with one
 * fault with a clean message, or a whole answer. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "services/batch_call.h"
#include "services/kinds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct batch_item *item)
{
	const struct service_result *result = item->result;

	if (!item->is_answered && (item->is_free || result->fault))
		abort();
	if (result->fault != FAULT_NONE && !result->message[0])
		abort();
	if (strpbrk(result->message, "\n\r\033"))
		abort();
	if (result->reply.usage.input_tokens < -1 ||
	    result->reply.usage.output_tokens < -1)
		abort();
}

/* The first byte picks the service, and how large the parts are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const ids[] = { "one", "two" };
	struct service service = { .name = "s", .ops = &anthropic_service };
	struct chat chat = { .agent = "a", .model = "m", .is_batched = true };
	struct service_result results[ARRAY_LEN(ids)];
	struct batch_item items[ARRAY_LEN(ids)];
	struct batch batch = { .service = &service,
			       .items = items,
			       .count = ARRAY_LEN(ids) };
	struct batch_lines lines;
	size_t part;

	if (!size)
		return 0;
	if (data[0] & 1)
		service.ops = &openai_service;
	part = data[0] / 2 + 1U;
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		service_result_init(&results[i]);
		items[i] = (struct batch_item){ .id = ids[i],
						.chat = &chat,
						.result = &results[i] };
	}
	batch_lines_init(&lines, &batch, batch_take_line, NULL);
	for (size_t at = 1; at < size; at += part)
		batch_lines_add(&lines, (const char *)data + at,
				size - at < part ? size - at : part);
	batch_lines_end(&lines);
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		check(&items[i]);
		service_result_release(&results[i]);
	}
	return 0;
}
