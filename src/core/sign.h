#ifndef CORE_SIGN_H
#define CORE_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/err.h"
#include "core/secret.h"
#include "core/sha256.h"

/** \file
 * Signatures with keys of ours: who we are, and that what we sent is from us.
 * Any thread. A key stays a secret, and so does what works like one.
 */

/** What a token says about who made it, and when. */
struct jwt_claims {
	const char *issuer; /* the app's id, or its client id */
	int64_t issued_s;   /* seconds since 1970             */
	int64_t expires_s;
};

/**
 * A JSON web token (RFC 7519) signed with RS256, as apps of GitHub identify
 * themselves. `key` is an RSA private key of 2048 bits or more in PEM, PKCS#1
 * or PKCS#8, without a passphrase. *out is the caller's, for secret_free(); it
 * bears the key's name. ERR_INVALID, with the key's name, for any other key.
 */
MUST_CHECK int sign_jwt(struct secret **out, const struct secret *key,
			const struct jwt_claims *claims, struct err *err);

/** HMAC-SHA256 (RFC 2104) of the bytes: 64 lower-case digits and a NUL. */
void sign_hmac(char hex[SHA256_HEX_SIZE], const struct secret *key,
	       const void *bytes, size_t len);

#endif /* CORE_SIGN_H */
