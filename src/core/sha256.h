#ifndef CORE_SHA256_H
#define CORE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES    32
#define SHA256_HEX_SIZE (2 * SHA256_BYTES + 1)

/**
 * SHA-256 of bytes that come in pieces. Each sha256_new() is ended by exactly
 * one sha256_end().
 */
struct sha256;

struct sha256 *sha256_new(void);
void sha256_add(struct sha256 *sha, const void *bytes, size_t len);

/** Adds the length as eight bytes, then the bytes: no two sequences collide. */
void sha256_add_field(struct sha256 *sha, const void *bytes, size_t len);

/** Writes 64 lower-case digits and a NUL; frees `sha`. */
void sha256_end(struct sha256 *sha, char hex[SHA256_HEX_SIZE]);

void sha256_hex(const void *bytes, size_t len, char hex[SHA256_HEX_SIZE]);

#endif /* CORE_SHA256_H */
