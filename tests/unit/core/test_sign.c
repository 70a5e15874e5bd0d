#include "unit.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/json.h"
#include "core/sign.h"

/* A new private key; the caller frees it. `cipher`: with a passphrase. */
static char *pem_of(EVP_PKEY *key, bool is_pkcs1, const EVP_CIPHER *cipher)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes, *text;
	long len;

	if (is_pkcs1)
		PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0,
						     NULL, NULL);
	else
		PEM_write_bio_PrivateKey(bio, key, cipher,
					 (const unsigned char *)"pass", 4, NULL,
					 NULL);
	len = BIO_get_mem_data(bio, &bytes);
	text = xmemdup(bytes, (size_t)len);
	BIO_free(bio);
	return text;
}

/* Bytes of base64url without padding; the caller frees them. */
static unsigned char *decode(const char *text, size_t len, size_t *out_len)
{
	size_t padded = (len + 3) / 4 * 4;
	char *plain = xcalloc(1, padded + 1);
	unsigned char *out = xcalloc(1, padded);
	int got;

	memset(plain, '=', padded);
	for (size_t i = 0; i < len; i++) {
		plain[i] = (char)(text[i] == '-' ? '+' : text[i]);
		plain[i] = (char)(plain[i] == '_' ? '/' : plain[i]);
	}
	got = EVP_DecodeBlock(out, (unsigned char *)plain, (int)padded);
	cr_assert(ge(int, got, 0));
	*out_len = (size_t)got - (padded - len);
	free(plain);
	return out;
}

/* What the openssl command says of the signature, as its exit status. */
static int judged(EVP_PKEY *key, const char *signed_text, size_t len,
		  const unsigned char *signature, size_t signature_len)
{
	char dir[] = "/tmp/referee-sign-XXXXXX";
	char *command, *paths[3];
	FILE *file;
	int status;

	cr_assert(mkdtemp(dir) != NULL);
	for (int i = 0; i < 3; i++) {
		paths[i] = xstrf("%s/%d", dir, i);
		file = fopen(paths[i], "wb");
		cr_assert(file != NULL);
		if (i == 0)
			PEM_write_PUBKEY(file, key);
		else if (i == 1)
			fwrite(signature, 1, signature_len, file);
		else
			fwrite(signed_text, 1, len, file);
		fclose(file);
	}
	command = xstrf("openssl dgst -sha256 -verify %s -signature %s %s "
			">/dev/null 2>&1",
			paths[0], paths[1], paths[2]);
	status = system(command);
	for (int i = 0; i < 3; i++) {
		unlink(paths[i]);
		free(paths[i]);
	}
	rmdir(dir);
	free(command);
	return status;
}

static void check_token(EVP_PKEY *key, const char *token)
{
	const char *claims = strchr(token, '.') + 1;
	const char *end = strchr(claims, '.');
	size_t len, signature_len;
	unsigned char *text = decode(token, (size_t)(claims - token) - 1, &len);
	unsigned char *signature;
	struct json *doc;
	struct err err = ERR_INIT;
	int64_t at;

	must(json_parse(&doc, (char *)text, len, &err));
	must_say("RS256", json_string_or(doc, "alg", ""));
	must_say("JWT", json_string_or(doc, "typ", ""));
	json_free(doc);
	free(text);

	text = decode(claims, (size_t)(end - claims), &len);
	must(json_parse(&doc, (char *)text, len, &err));
	must_say("12345", json_string_or(doc, "iss", ""));
	must(json_int(&at, doc, "iat", &err));
	cr_assert(eq(i64, at, 1700000000));
	must(json_int(&at, doc, "exp", &err));
	cr_assert(eq(i64, at, 1700000600));
	json_free(doc);
	free(text);

	signature = decode(end + 1, strlen(end + 1), &signature_len);
	cr_assert(eq(int, 0,
		     judged(key, token, (size_t)(end - token), signature,
			    signature_len)));
	signature[0] ^= 1; /* the judge can say no */
	cr_assert(ne(int, 0,
		     judged(key, token, (size_t)(end - token), signature,
			    signature_len)));
	free(signature);
}

static const struct jwt_claims claims = { .issuer = "12345",
					  .issued_s = 1700000000,
					  .expires_s = 1700000600 };

Test(sign, a_token_that_the_openssl_command_verifies)
{
	EVP_PKEY *key = EVP_RSA_gen(2048);
	struct err err = ERR_INIT;

	for (int is_pkcs1 = 0; is_pkcs1 < 2; is_pkcs1++) {
		char *pem = pem_of(key, is_pkcs1, NULL);
		struct secret *secret = secret_new("file:app.pem", pem);
		struct secret *token = NULL;

		must(sign_jwt(&token, secret, &claims, &err));
		must_say("file:app.pem", secret_name(token));
		check_token(key, secret_reveal(token));
		secret_free(token);
		secret_free(secret);
		free(pem);
	}
	EVP_PKEY_free(key);
}

static void refuses(const char *pem, const char *why)
{
	struct secret *secret = secret_new("env:APP_KEY", pem);
	struct secret *token = NULL;
	struct err err = ERR_INIT;

	must_fail(ERR_INVALID, sign_jwt(&token, secret, &claims, &err));
	cr_assert(strstr(err.msg, "env:APP_KEY") != NULL);
	if (!strstr(err.msg, why))
		cr_fail("wanted: %s\n   got: %s", why, err.msg);
	cr_assert(token == NULL);
	secret_free(secret);
}

Test(sign, refuses_keys_it_cannot_use)
{
	EVP_PKEY *small = EVP_RSA_gen(1024), *curve = EVP_EC_gen("P-256");
	EVP_PKEY *good = EVP_RSA_gen(2048);
	char *pem = pem_of(small, false, NULL);

	refuses(pem, "2048 bits");
	free(pem);
	pem = pem_of(curve, false, NULL);
	refuses(pem, "an RSA key");
	free(pem);
	pem = pem_of(good, false, EVP_aes_128_cbc());
	refuses(pem, "without a passphrase");
	free(pem);
	pem = pem_of(good, false, NULL);
	pem[strlen(pem) / 2] = '\0';
	refuses(pem, "not a private key");
	free(pem);
	refuses("", "not a private key");
	refuses("ghp_token", "not a private key");
	EVP_PKEY_free(small);
	EVP_PKEY_free(curve);
	EVP_PKEY_free(good);
}

Test(sign, a_long_issuer_is_an_error)
{
	EVP_PKEY *key = EVP_RSA_gen(2048);
	char *pem = pem_of(key, false, NULL);
	struct secret *secret = secret_new("file:app.pem", pem);
	struct secret *token = NULL;
	struct jwt_claims long_one = claims;
	char *issuer = xcalloc(1, 100000);
	struct err err = ERR_INIT;

	memset(issuer, 'x', 99999);
	long_one.issuer = issuer;
	must_fail(ERR_TOO_LARGE, sign_jwt(&token, secret, &long_one, &err));
	free(issuer);
	secret_free(secret);
	free(pem);
	EVP_PKEY_free(key);
}

Test(sign, hmac_agrees_with_the_standard)
{
	/* RFC 4231, test cases 2 and 6 (a key longer than a block) */
	char key[132] = "", hex[SHA256_HEX_SIZE];
	struct secret *secret = secret_new("jefe", "Jefe");

	sign_hmac(hex, secret, "what do ya want for nothing?", 28);
	must_say("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec"
		 "3843",
		 hex);
	secret_free(secret);
	memset(key, 0xaa, 131);
	secret = secret_new("long", key);
	sign_hmac(hex, secret,
		  "Test Using Larger Than Block-Size Key - Hash Key First", 54);
	must_say("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee3"
		 "7f54",
		 hex);
	sign_hmac(hex, secret, "", 0);
	cr_assert(eq(sz, strlen(hex), 64));
	secret_free(secret);
}
