/* The framing itself, and data among text for people. */
#include <stdint.h>

#include "byte_source.h"
#include "core/limits.h"
#include "repo/side_band.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pkt_reader reader;
	struct byte_source source = { (const char *)data, size, 0,
				      size % 5 + 1 };
	struct buf said;
	struct err err;
	const char *bytes;
	size_t len = 0;

	buf_init(&said, LIMIT_REMOTE_TEXT_BYTES);
	pkt_reader_init(&reader, byte_source_read, &source);
	while (!side_band_read(&bytes, &len, &reader, &said, &err) && len > 0)
		;
	buf_release(&said);
	return 0;
}
