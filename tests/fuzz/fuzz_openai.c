/* Any bytes as a reply. */
#include "any_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	any_reply(&openai_service, NULL, data, size);
	return 0;
}
