/* See gitformat-pack(5) for packs, RFC 1950 and 1951 for the streams in it. */
#include "repo/pack_write.h"

#include <stdint.h>
#include <string.h>

#include "core/limits.h"
#include "core/sha1.h"

#define STORED_MAX    65535 /* bytes of one block that is not compressed */
#define ADLER_MODULUS 65521
/* So many bytes can be summed before a sum could run over. */
#define ADLER_RUN   5552
#define CHUNK_BYTES (256 * KIB)

static int flush(struct pack_write *pack, struct err *err)
{
	int ret = 0;

	if (pack->chunk.len) {
		sha1_add(pack->sha, pack->chunk.ptr, pack->chunk.len);
		ret = pack_sink_add(&pack->sink, pack->chunk.ptr,
				    pack->chunk.len, err);
	}
	buf_reset(&pack->chunk);
	return ret;
}

/* At most one block and what stands before it. */
static int add(struct pack_write *pack, const void *bytes, size_t len,
	       struct err *err)
{
	if (pack->chunk.len + len > CHUNK_BYTES && flush(pack, err) < 0)
		return -1;
	buf_add(&pack->chunk, bytes, len);
	return 0;
}

static void put_u32(unsigned char out[4], uint32_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(value >> (24 - 8 * i));
}

int pack_write_begin(struct pack_write *out, struct repo *repo, size_t count,
		     struct err *err)
{
	unsigned char header[12] = { 'P', 'A', 'C', 'K' };

	*out = (struct pack_write){ .sha = sha1_new() };
	buf_init(&out->chunk, CHUNK_BYTES);
	put_u32(header + 4, 2);
	put_u32(header + 8, (uint32_t)count);
	if (pack_sink_open(&out->sink, repo, err) < 0)
		return -1;
	return add(out, header, sizeof(header), err);
}

/* Type and length, seven bits a byte, the first one four. */
static int add_header(struct pack_write *pack, git_object_t type, size_t len,
		      struct err *err)
{
	unsigned char header[12];
	size_t count = 0;
	unsigned byte = ((unsigned)type << 4) | (unsigned)(len & 15);

	for (len >>= 4; len; len >>= 7) {
		header[count++] = (unsigned char)(byte | 0x80);
		byte = (unsigned)(len & 0x7f);
	}
	header[count++] = (unsigned char)byte;
	return add(pack, header, count, err);
}

static uint32_t adler32(const unsigned char *bytes, size_t len)
{
	uint32_t low = 1, high = 0;

	while (len > 0) {
		size_t run = len < ADLER_RUN ? len : ADLER_RUN;

		for (size_t i = 0; i < run; i++) {
			low += bytes[i];
			high += low;
		}
		low %= ADLER_MODULUS;
		high %= ADLER_MODULUS;
		bytes += run;
		len -= run;
	}
	return (high << 16) | low;
}

static int add_block(struct pack_write *pack, const unsigned char *bytes,
		     size_t len, bool is_last, struct err *err)
{
	unsigned char header[5] = { is_last };

	header[1] = (unsigned char)len;
	header[2] = (unsigned char)(len >> 8);
	header[3] = (unsigned char)~header[1];
	header[4] = (unsigned char)~header[2];
	if (add(pack, header, sizeof(header), err) < 0)
		return -1;
	return len ? add(pack, bytes, len, err) : 0;
}

int pack_write_object(struct pack_write *pack, git_object_t type,
		      const void *bytes, size_t len, struct err *err)
{
	static const unsigned char stream[] = { 0x78, 0x01 };
	const unsigned char *at = bytes;
	unsigned char sum[4];

	put_u32(sum, adler32(bytes, len));
	if (add_header(pack, type, len, err) < 0 ||
	    add(pack, stream, sizeof(stream), err) < 0)
		return -1;
	while (len > STORED_MAX) {
		if (add_block(pack, at, STORED_MAX, false, err) < 0)
			return -1;
		at += STORED_MAX;
		len -= STORED_MAX;
	}
	if (add_block(pack, at, len, true, err) < 0)
		return -1;
	return add(pack, sum, sizeof(sum), err);
}

int pack_write_commit(struct pack_write *pack, struct repo *repo,
		      struct err *err)
{
	unsigned char digest[SHA1_BYTES];

	if (flush(pack, err) < 0)
		return -1;
	sha1_end(pack->sha, digest);
	pack->sha = NULL;
	if (pack_sink_add(&pack->sink, digest, sizeof(digest), err) < 0)
		return -1;
	return pack_sink_commit(&pack->sink, repo, err);
}

void pack_write_drop(struct pack_write *pack)
{
	unsigned char ignored[SHA1_BYTES];

	if (pack->sha)
		sha1_end(pack->sha, ignored);
	pack->sha = NULL;
	buf_release(&pack->chunk);
	pack_sink_release(&pack->sink);
}
