#ifndef CORE_SHA1_H
#define CORE_SHA1_H

#include <stddef.h>

#define SHA1_BYTES 20

/**
 * SHA-1 of bytes that come in pieces, as git's formats want it: a check against
 * damage or a name, no more. Each sha1_new() is ended by exactly one
 * sha1_end().
 */
struct sha1;

struct sha1 *sha1_new(void);
void sha1_add(struct sha1 *sha, const void *bytes, size_t len);

/** Frees `sha`. */
void sha1_end(struct sha1 *sha, unsigned char digest[SHA1_BYTES]);

#endif /* CORE_SHA1_H */
