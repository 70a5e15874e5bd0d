/* Reports that a change's own tests leave: counted, or refused with the counts
 * as they were. */
#include <stdint.h>
#include <stdlib.h>

#include "code/junit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct junit_counts counts = { .passed = 1, .failed = 2, .skipped = 3 };
	struct err err = ERR_INIT;

	if (junit_add(&counts, (const char *)data, size, &err) < 0 &&
	    (counts.passed != 1 || counts.failed != 2 || counts.skipped != 3 ||
	     counts.failed_name_count))
		abort();
	if (counts.failed_name_count > JUNIT_FAILED_NAMES)
		abort();
	for (size_t i = 0; i < counts.failed_name_count; i++)
		if (!counts.failed_names[i])
			abort();
	junit_counts_release(&counts);
	return 0;
}
