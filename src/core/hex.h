#ifndef CORE_HEX_H
#define CORE_HEX_H

#include <stdbool.h>
#include <stddef.h>

/** Writes 2 * len lower-case digits and a NUL to `out`. */
void hex_format(char *out, const unsigned char *bytes, size_t len);

/** Reads exactly 2 * len digits of either case; false on anything else. */
bool hex_parse(unsigned char *out, size_t len, const char *digits);

#endif /* CORE_HEX_H */
