#ifndef TESTS_LIB_BYTE_SOURCE_H
#define TESTS_LIB_BYTE_SOURCE_H

#include <stddef.h>
#include <string.h>

#include "core/attr.h"
#include "core/err.h"

/** Bytes in memory for a struct pkt_reader, in pieces of at most `piece`. */
struct byte_source {
	const char *bytes;
	size_t len, at, piece;
};

/** A pkt_source_fn(). */
static inline int byte_source_read(size_t *got, void *payload, void *bytes,
				   size_t size, struct err *err UNUSED)
{
	struct byte_source *source = payload;

	*got = source->len - source->at;
	if (*got > size)
		*got = size;
	if (*got > source->piece)
		*got = source->piece;
	memcpy(bytes, source->bytes + source->at, *got);
	source->at += *got;
	return 0;
}

#endif /* TESTS_LIB_BYTE_SOURCE_H */
