/* Any bytes as a reply of any vendor. */
#include "any_reply.h"

#define OPTIONS                                                                \
	"{\"request\":{\"body\":{},\"error\":\"/error\",\"error_code\":"       \
	"\"/code\",\"cost\":\"/usd\",\"stop\":\"/end\",\"complete\":\"done\"," \
	"\"refused\":\"filtered\",\"faults\":{\"E\":\"quota\"}},\"answer\":"   \
	"\"/out/0/a~1b\",\"input_tokens\":\"/use/in\",\"output_tokens\":"      \
	"\"/use/out\"}"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json *options = NULL;
	struct err err = ERR_INIT;

	if (json_parse(&options, OPTIONS, strlen(OPTIONS), &err) < 0)
		abort();
	any_reply(&http_service, options, data, size);
	json_free(options);
	return 0;
}
