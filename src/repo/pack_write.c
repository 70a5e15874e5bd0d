/* See gitformat-pack(5) for packs and their indexes, RFC 1950 and 1951 for the
 * streams in them. */
#include "repo/pack_write.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/fault.h"
#include "core/hex.h"
#include "core/limits.h"
#include "core/random.h"
#include "core/sha1.h"
#include "io/file.h"
#include "repo/git.h"

#define STORED_MAX    65535 /* bytes of one block that is not compressed */
#define ADLER_MODULUS 65521
/* So many bytes can be summed before a sum could run over. */
#define ADLER_RUN       5552
#define CRC_POLYNOMIAL  0xedb88320   /* its bits in reverse */
#define PACK_MAX_BYTES  (1024 * MIB) /* offsets have 31 bits */
#define INDEX_PER_ENTRY (GIT_OID_RAWSZ + 4 + 4)
#define INDEX_REST      (8 + 256 * 4 + 2 * GIT_OID_RAWSZ)

struct packed {
	git_oid id;
	uint32_t offset, crc;
};

static void put_u32(unsigned char out[4], uint32_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(value >> (24 - 8 * i));
}

static void add_u32(struct buf *out, uint32_t value)
{
	unsigned char bytes[4];

	put_u32(bytes, value);
	buf_add(out, bytes, sizeof(bytes));
}

/* tables[n][b]: what byte b does to the sum, n bytes later. */
static void make_crc_tables(uint32_t tables[4][256])
{
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t sum = byte;

		for (int bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? CRC_POLYNOMIAL : 0);
		tables[0][byte] = sum;
	}
	for (int later = 1; later < 4; later++)
		for (int byte = 0; byte < 256; byte++) {
			uint32_t sum = tables[later - 1][byte];

			tables[later][byte] = sum >> 8 ^ tables[0][sum & 255];
		}
}

static uint32_t crc32_of(const struct pack_write *pack, const char *bytes,
			 size_t len)
{
	const unsigned char *at = (const unsigned char *)bytes;
	const uint32_t *tables[4];
	uint32_t sum = UINT32_MAX;

	for (int i = 0; i < 4; i++)
		tables[i] = pack->crc_tables[i];
	for (; len >= 4; at += 4, len -= 4) {
		sum ^= at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
		       (uint32_t)at[3] << 24;
		sum = tables[3][sum & 255] ^ tables[2][sum >> 8 & 255] ^
		      tables[1][sum >> 16 & 255] ^ tables[0][sum >> 24];
	}
	for (; len; at++, len--)
		sum = sum >> 8 ^ tables[0][(sum ^ *at) & 255];
	return ~sum;
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

void pack_write_init(struct pack_write *out, size_t count)
{
	*out = (struct pack_write){ .max = count };
	out->objects = xcalloc(count, sizeof(*out->objects));
	make_crc_tables(out->crc_tables);
	buf_init(&out->bytes, PACK_MAX_BYTES);
	buf_addstr(&out->bytes, "PACK");
	add_u32(&out->bytes, 2);
	add_u32(&out->bytes, (uint32_t)count);
}

/* Type and length, seven bits a byte, the first one four. */
static void add_header(struct buf *out, git_object_t type, size_t len)
{
	unsigned byte = ((unsigned)type << 4) | (unsigned)(len & 15);

	for (len >>= 4; len; len >>= 7) {
		buf_addch(out, (char)(byte | 0x80));
		byte = (unsigned)(len & 0x7f);
	}
	buf_addch(out, (char)byte);
}

static void add_block(struct buf *out, const unsigned char *bytes, size_t len,
		      bool is_last)
{
	unsigned char header[5] = { is_last };

	header[1] = (unsigned char)len;
	header[2] = (unsigned char)(len >> 8);
	header[3] = (unsigned char)~header[1];
	header[4] = (unsigned char)~header[2];
	buf_add(out, header, sizeof(header));
	buf_add(out, bytes, len);
}

static void add_stream(struct buf *out, const unsigned char *bytes, size_t len)
{
	uint32_t sum = adler32(bytes, len);

	buf_add(out, "\x78\x01", 2);
	for (; len > STORED_MAX; bytes += STORED_MAX, len -= STORED_MAX)
		add_block(out, bytes, STORED_MAX, false);
	add_block(out, bytes, len, true);
	add_u32(out, sum);
}

void pack_write_add(struct pack_write *pack, const git_oid *id,
		    git_object_t type, const void *bytes, size_t len)
{
	struct packed *object = &pack->objects[pack->count++];
	struct buf *out = &pack->bytes;

	assert(pack->count <= pack->max);
	object->id = *id;
	object->offset = (uint32_t)out->len;
	add_header(out, type, len);
	add_stream(out, bytes, len);
	object->crc = crc32_of(pack, out->ptr + object->offset,
			       out->len - object->offset);
}

static void add_sha1(struct buf *out)
{
	struct sha1 *sha = sha1_new();
	unsigned char digest[SHA1_BYTES];

	sha1_add(sha, out->ptr, out->len);
	sha1_end(sha, digest);
	buf_add(out, digest, sizeof(digest));
}

static int compare_packed(const void *a, const void *b)
{
	const struct packed *x = a, *y = b;

	return git_oid_cmp(&x->id, &y->id);
}

/* How many ids start with a byte up to each. */
static void add_counts(struct buf *out, const struct pack_write *pack)
{
	size_t count = 0;

	for (unsigned byte = 0; byte < 256; byte++) {
		while (count < pack->count &&
		       pack->objects[count].id.id[0] <= byte)
			count++;
		add_u32(out, (uint32_t)count);
	}
}

/* Version 2. */
static void format_index(struct buf *out, struct pack_write *pack)
{
	const char *sum = pack->bytes.ptr + pack->bytes.len - SHA1_BYTES;

	qsort(pack->objects, pack->count, sizeof(*pack->objects),
	      compare_packed);
	buf_add(out, "\377tOc\0\0\0\2", 8);
	add_counts(out, pack);
	for (size_t i = 0; i < pack->count; i++)
		buf_add(out, pack->objects[i].id.id, GIT_OID_RAWSZ);
	for (size_t i = 0; i < pack->count; i++)
		add_u32(out, pack->objects[i].crc);
	for (size_t i = 0; i < pack->count; i++)
		add_u32(out, pack->objects[i].offset);
	buf_add(out, sum, SHA1_BYTES);
	add_sha1(out);
}

/* The two files, under names that git's own clean-up knows until they are on
 * disk; the index last, which makes the pack one. */
static int save_files(const char *folder, const struct buf *pack,
		      const struct buf *index, struct err *err)
{
	unsigned char sum[SHA1_BYTES];
	char hex[2 * SHA1_BYTES + 1];
	char *files[4];
	uint64_t chance;
	int ret = -1;

	random_bytes(&chance, sizeof(chance));
	memcpy(sum, pack->ptr + pack->len - SHA1_BYTES, sizeof(sum));
	hex_format(hex, sum, sizeof(sum));
	files[0] = xstrf("%s/tmp_pack_%016llx", folder,
			 (unsigned long long)chance);
	files[1] = xstrf("%s/tmp_idx_%016llx", folder,
			 (unsigned long long)chance);
	files[2] = xstrf("%s/pack-%s.pack", folder, hex);
	files[3] = xstrf("%s/pack-%s.idx", folder, hex);
	if (file_create(files[0], pack->ptr, pack->len, 0444, err) < 0 ||
	    file_create(files[1], index->ptr, index->len, 0444, err) < 0)
		goto out;
	fault_point("repo.pack");
	if (rename(files[0], files[2]) < 0 || rename(files[1], files[3]) < 0) {
		err_set_errno(err, "%s", files[2]);
		goto out;
	}
	ret = file_sync_folder(files[2], err);
out:
	if (ret < 0) {
		unlink(files[0]);
		unlink(files[1]);
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		free(files[i]);
	return ret;
}

int pack_write_save(struct pack_write *pack, struct repo *repo, struct err *err)
{
	char *objects = repo_objects_dir(repo), *folder;
	struct buf index;
	int code, ret;

	assert(pack->count == pack->max);
	folder = xstrf("%s/pack", objects);
	buf_init(&index, pack->count * INDEX_PER_ENTRY + INDEX_REST);
	add_sha1(&pack->bytes);
	format_index(&index, pack);
	ret = buf_check(&pack->bytes, "pack", err);
	if (!ret)
		ret = save_files(folder, &pack->bytes, &index, err);
	code = ret ? 0 : git_odb_refresh(repo_odb(repo));
	if (code < 0)
		ret = err_set_git(err, code, "pack");
	buf_release(&index);
	free(folder);
	free(objects);
	return ret;
}

void pack_write_release(struct pack_write *pack)
{
	buf_release(&pack->bytes);
	free(pack->objects);
	memset(pack, 0, sizeof(*pack));
}
