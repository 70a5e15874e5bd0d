#include "repo/spans.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "repo/git.h"
#include "repo/object.h"
#include "repo/side.h"

#define PIECE_BYTES 64

static int by_hash(const void *a, const void *b)
{
	const struct span *left = a, *right = b;

	return (left->hash > right->hash) - (left->hash < right->hash);
}

/* FNV-1a of one piece; a carriage return before a line feed does not count in
 * text, so that a file with new line ends is still the same file. */
struct piece {
	uint32_t hash;
	uint32_t bytes;
};

static const struct piece no_piece = { 2166136261U, 0 };

static void add_piece(struct spans *spans, struct piece *piece)
{
	if (piece->bytes)
		spans->items[spans->len++] = (struct span){ piece->hash,
							    piece->bytes };
	*piece = no_piece;
}

static void cut(struct spans *spans, const unsigned char *bytes, size_t len,
		bool is_text)
{
	struct piece piece = no_piece;

	for (size_t i = 0; i < len; i++) {
		if (is_text && bytes[i] == '\r' && i + 1 < len &&
		    bytes[i + 1] == '\n')
			continue;
		piece.hash = (piece.hash ^ bytes[i]) * 16777619U;
		if (++piece.bytes == PIECE_BYTES || bytes[i] == '\n')
			add_piece(spans, &piece);
	}
	add_piece(spans, &piece);
}

/* One item for each hash, in rising order. */
static void unite(struct spans *spans)
{
	size_t kept = 0;

	if (!spans->len)
		return;
	qsort(spans->items, spans->len, sizeof(*spans->items), by_hash);
	for (size_t i = 1; i < spans->len; i++)
		if (spans->items[i].hash == spans->items[kept].hash)
			spans->items[kept].bytes += spans->items[i].bytes;
		else
			spans->items[++kept] = spans->items[i];
	spans->len = kept + 1;
	spans->items = xreallocarray(spans->items, spans->len,
				     sizeof(*spans->items));
}

/* As many pieces as there can be at most. */
static size_t count_pieces(const char *bytes, size_t len)
{
	size_t count = len / PIECE_BYTES + 2;
	const char *end = bytes + len;

	while ((bytes = memchr(bytes, '\n', (size_t)(end - bytes)))) {
		bytes++;
		count++;
	}
	return count;
}

static int read_size(struct repo *repo, struct spans_of of, struct err *err)
{
	if (of.spans->has_size)
		return 0;
	if (blob_size(&of.spans->size, repo, of.id, err) < 0)
		return -1;
	of.spans->has_size = true;
	of.spans->is_oversized = of.spans->size > (size_t)LIMIT_BLOB_BYTES;
	return 0;
}

static int read_spans(struct repo *repo, struct spans_of of, struct err *err)
{
	struct side side = { 0 };

	if (of.spans->is_read)
		return 0;
	if (side_open(&side, repo, of.id, err) < 0)
		return -1;
	of.spans->items = xcalloc(count_pieces(side.bytes, side.len),
				  sizeof(*of.spans->items));
	cut(of.spans, (const unsigned char *)side.bytes, side.len,
	    !side_is_binary(&side));
	unite(of.spans);
	of.spans->is_read = true;
	side_close(&side);
	return 0;
}

/* Bytes of `a` found in `b`; gives up where `least` is out of reach. */
static size_t common_bytes(const struct spans *a, const struct spans *b,
			   size_t least)
{
	size_t i = 0, j = 0, common = 0, left = a->size;

	while (i < a->len && j < b->len && common + left >= least) {
		const struct span *mine = &a->items[i];
		const struct span *other = &b->items[j];

		if (mine->hash == other->hash)
			common += mine->bytes < other->bytes ? mine->bytes
							     : other->bytes;
		if (mine->hash <= other->hash) {
			left -= mine->bytes;
			i++;
		}
		j += other->hash <= mine->hash;
	}
	return common;
}

int spans_compare(unsigned *out, struct repo *repo, struct spans_of a,
		  struct spans_of b, unsigned least, struct err *err)
{
	size_t larger, smaller, common;

	*out = 0;
	if (read_size(repo, a, err) < 0 || read_size(repo, b, err) < 0)
		return -1;
	if (a.spans->is_oversized || b.spans->is_oversized)
		return 0;
	larger = a.spans->size > b.spans->size ? a.spans->size : b.spans->size;
	smaller = a.spans->size + b.spans->size - larger;
	/* Even if all of the smaller one is in the larger. */
	if (!smaller || larger * (SIMILARITY_MAX - least) <
				(larger - smaller) * SIMILARITY_MAX)
		return 0;
	if (read_spans(repo, a, err) < 0 || read_spans(repo, b, err) < 0)
		return -1;
	if (a.spans->size > b.spans->size)
		common = common_bytes(b.spans, a.spans,
				      larger * least / SIMILARITY_MAX);
	else
		common = common_bytes(a.spans, b.spans,
				      larger * least / SIMILARITY_MAX);
	*out = (unsigned)(common * SIMILARITY_MAX / larger);
	return 0;
}

void spans_release(struct spans *spans)
{
	free(spans->items);
	*spans = (struct spans){ 0 };
}
