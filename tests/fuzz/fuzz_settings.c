/* Any bytes as a configuration: it is read or its mistakes are told, and all
 * that is told fits on a line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mistakes mistakes = { 0 };
	struct settings settings;

	settings_parse(&settings, "f", (const char *)data, size, size & 1,
		       &mistakes);
	for (size_t i = 0; i < mistakes.len; i++)
		if (strchr(mistakes.items[i].text, '\n'))
			abort();
	if (settings.concurrency < 1 || settings.instances < 1)
		abort();
	settings_release(&settings);
	mistakes_release(&mistakes);
	return 0;
}
