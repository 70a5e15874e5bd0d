/* Coverage reports come from a ref that many may write. */
#include <assert.h>
#include <stdint.h>

#include "code/coverage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct coverage coverage;
	struct err err = ERR_INIT;

	if (coverage_parse(&coverage, (const char *)data, size, &err) < 0) {
		assert(err.code != ERR_OK);
		return 0;
	}
	assert(coverage.count.covered <= coverage.count.total);
	for (size_t i = 0; i < coverage.len; i++) {
		const struct coverage_file *file = &coverage.files[i];

		assert(file->count.covered <= file->count.total);
		for (size_t j = 1; j < file->len; j++)
			assert(file->lines[j - 1].line < file->lines[j].line);
		coverage_find(&coverage, file->path);
	}
	coverage_release(&coverage);
	return 0;
}
