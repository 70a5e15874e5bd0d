#ifndef REPO_OID_H
#define REPO_OID_H

#include <stdbool.h>

#define OID_BYTES    20
#define OID_HEX_SIZE 41

/** The name of a git object. All zero: no object. */
struct oid {
	unsigned char id[OID_BYTES];
};

/** Exactly 40 digits; false on anything else. */
bool oid_parse(struct oid *out, const char *hex);
void oid_format(char out[OID_HEX_SIZE], const struct oid *oid);
bool oid_equal(const struct oid *a, const struct oid *b);
int oid_compare(const struct oid *a, const struct oid *b);
bool oid_is_zero(const struct oid *oid);

#endif /* REPO_OID_H */
