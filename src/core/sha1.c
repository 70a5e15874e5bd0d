#include "core/sha1.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "core/alloc.h"

struct sha1 {
	EVP_MD_CTX *ctx;
};

struct sha1 *sha1_new(void)
{
	struct sha1 *sha = xcalloc(1, sizeof(*sha));
	int ok;

	sha->ctx = EVP_MD_CTX_new();
	ok = sha->ctx && EVP_DigestInit_ex(sha->ctx, EVP_sha1(), NULL);
	assert(ok);
	(void)ok;
	return sha;
}

void sha1_add(struct sha1 *sha, const void *bytes, size_t len)
{
	if (len)
		EVP_DigestUpdate(sha->ctx, bytes, len);
}

void sha1_end(struct sha1 *sha, unsigned char digest[SHA1_BYTES])
{
	EVP_DigestFinal_ex(sha->ctx, digest, NULL);
	EVP_MD_CTX_free(sha->ctx);
	free(sha);
}
