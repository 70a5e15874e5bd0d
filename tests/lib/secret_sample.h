#ifndef TESTS_LIB_SECRET_SAMPLE_H
#define TESTS_LIB_SECRET_SAMPLE_H

#include <stdint.h>

#include "core/buf.h"

/**
 * Appends `like` (of a struct secret_kind) with its {LETTER COUNT} filled with
 * bytes that follow from *seed, so that no file holds what looks like a key:
 *
 *   d digits   h H hexadecimal   l letters a-z   m letters of both cases
 *   u U letters of one case and digits   w letters and digits
 *   s as w, and "-" "_"   b as w, and "+" "/"   B base 32, capitals
 *   f base 32, small   k bech32, capitals   g a UUID (the count says nothing)
 *   x the letter x   a base 64 of "ada:" and letters and digits
 */
void secret_sample(struct buf *out, const char *like, uint64_t *seed);

#endif /* TESTS_LIB_SECRET_SAMPLE_H */
