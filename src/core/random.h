#ifndef CORE_RANDOM_H
#define CORE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/** Unpredictable bytes, at most 256, from the kernel. */
void random_bytes(void *out, size_t len);

#define ULID_SIZE 27

/**
 * A new identifier of 26 characters: 48 bits of wall clock, 80 random bits, in
 * Crockford's base 32, so that sorting by bytes sorts by time.
 */
void ulid_new(char out[ULID_SIZE]);

/** The milliseconds since 1970 in an identifier; -1 if it is none. */
int64_t ulid_time_ms(const char *ulid);

#endif /* CORE_RANDOM_H */
