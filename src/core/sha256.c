#include "core/sha256.h"

#include <assert.h>
#include <openssl/evp.h>

#include "core/alloc.h"
#include "core/hex.h"

struct sha256 {
	EVP_MD_CTX *ctx;
};

struct sha256 *sha256_new(void)
{
	struct sha256 *sha = xcalloc(1, sizeof(*sha));
	int ok;

	sha->ctx = EVP_MD_CTX_new();
	ok = sha->ctx && EVP_DigestInit_ex(sha->ctx, EVP_sha256(), NULL);
	assert(ok);
	(void)ok;
	return sha;
}

void sha256_add(struct sha256 *sha, const void *bytes, size_t len)
{
	if (len)
		EVP_DigestUpdate(sha->ctx, bytes, len);
}

void sha256_add_field(struct sha256 *sha, const void *bytes, size_t len)
{
	unsigned char size[8];

	for (int i = 0; i < 8; i++)
		size[i] = (unsigned char)((uint64_t)len >> (56 - 8 * i));
	sha256_add(sha, size, sizeof(size));
	sha256_add(sha, bytes, len);
}

void sha256_end(struct sha256 *sha, char hex[SHA256_HEX_SIZE])
{
	unsigned char digest[SHA256_BYTES];

	EVP_DigestFinal_ex(sha->ctx, digest, NULL);
	EVP_MD_CTX_free(sha->ctx);
	free(sha);
	hex_format(hex, digest, sizeof(digest));
}

void sha256_hex(const void *bytes, size_t len, char hex[SHA256_HEX_SIZE])
{
	struct sha256 *sha = sha256_new();

	sha256_add(sha, bytes, len);
	sha256_end(sha, hex);
}
