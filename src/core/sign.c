#include "core/sign.h"

#include <assert.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/hex.h"
#include "core/json.h"
#include "core/limits.h"

enum {
	FEWEST_BITS = 2048,
	MOST_BITS = 16384,
	MAX_TOKEN_BYTES = 16 * 1024,
};

/* Nobody is there to type a passphrase: OpenSSL would ask the terminal. */
static int no_passphrase(char *out UNUSED, int size UNUSED,
			 int is_writing UNUSED, void *payload UNUSED)
{
	return 0;
}

/* The caller frees *out. */
static int read_key(EVP_PKEY **out, const struct secret *secret,
		    struct err *err)
{
	const char *text = secret_reveal(secret);
	BIO *bio = BIO_new_mem_buf(text,
				   (int)strnlen(text, LIMIT_SECRET_BYTES));
	EVP_PKEY *key = NULL;

	if (bio)
		key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	ERR_clear_error();
	if (!key)
		return err_set(err, ERR_INVALID,
			       "%s is not a private key in PEM without a "
			       "passphrase; download one from the app's page",
			       secret_name(secret));
	if (EVP_PKEY_base_id(key) != EVP_PKEY_RSA ||
	    EVP_PKEY_bits(key) < FEWEST_BITS ||
	    EVP_PKEY_bits(key) > MOST_BITS) {
		EVP_PKEY_free(key);
		return err_set(err, ERR_INVALID,
			       "%s: an RSA key of %d bits or more is needed",
			       secret_name(secret), FEWEST_BITS);
	}
	*out = key;
	return 0;
}

/* base64url without padding, RFC 4648 part 5 */
static void add_base64url(struct buf *out, const void *bytes, size_t len)
{
	unsigned char *text = xcalloc(len / 3 + 1, 4 + 1);
	int written = EVP_EncodeBlock(text, bytes, (int)len);

	for (int i = 0; i < written && text[i] != '='; i++) {
		char ch = (char)text[i];

		if (ch == '+')
			ch = '-';
		buf_addch(out, (char)(ch == '/' ? '_' : ch));
	}
	free(text);
}

static void add_claims(struct buf *out, const struct jwt_claims *claims)
{
	static const char header[] = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";
	struct json *doc = json_new_object();
	char *text;

	json_set_int(doc, "iat", claims->issued_s);
	json_set_int(doc, "exp", claims->expires_s);
	json_set_string(doc, "iss", claims->issuer);
	text = json_print(doc);
	add_base64url(out, header, sizeof(header) - 1);
	buf_addch(out, '.');
	add_base64url(out, text, strlen(text));
	free(text);
	json_free(doc);
}

/* Appends ".SIGNATURE" over all that is in `token`. */
static int add_signature(struct buf *token, EVP_PKEY *key, const char *name,
			 struct err *err)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char signature[MOST_BITS / 8];
	size_t len = sizeof(signature);
	int ok = ctx &&
		 EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
		 EVP_DigestSign(ctx, signature, &len,
				(const unsigned char *)token->ptr,
				token->len) == 1;

	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	if (!ok)
		return err_set(err, ERR_INVALID, "%s: cannot sign with it",
			       name);
	buf_addch(token, '.');
	add_base64url(token, signature, len);
	return 0;
}

int sign_jwt(struct secret **out, const struct secret *key,
	     const struct jwt_claims *claims, struct err *err)
{
	const char *name = secret_name(key);
	EVP_PKEY *pkey = NULL;
	struct buf token;
	int ret = -1;

	buf_init(&token, MAX_TOKEN_BYTES);
	if (read_key(&pkey, key, err) < 0)
		goto out;
	add_claims(&token, claims);
	if (buf_check(&token, "the token's issuer", err) < 0 ||
	    add_signature(&token, pkey, name, err) < 0 ||
	    buf_check(&token, "a token", err) < 0)
		goto out;
	*out = secret_new(name, token.ptr);
	ret = 0;
out:
	EVP_PKEY_free(pkey);
	buf_release(&token);
	return ret;
}

void sign_hmac(char hex[SHA256_HEX_SIZE], const struct secret *key,
	       const void *bytes, size_t len)
{
	const char *value = secret_reveal(key);
	unsigned char digest[SHA256_BYTES];
	unsigned digest_len = 0;
	const void *done = HMAC(EVP_sha256(), value, (int)strlen(value), bytes,
				len, digest, &digest_len);

	assert(done && digest_len == sizeof(digest));
	(void)done;
	hex_format(hex, digest, sizeof(digest));
}
