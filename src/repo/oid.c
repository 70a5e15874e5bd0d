#include "repo/oid.h"

#include <string.h>

#include "core/hex.h"

bool oid_parse(struct oid *out, const char *hex)
{
	return strlen(hex) == OID_HEX_SIZE - 1 &&
	       hex_parse(out->id, sizeof(out->id), hex);
}

void oid_format(char out[OID_HEX_SIZE], const struct oid *oid)
{
	hex_format(out, oid->id, sizeof(oid->id));
}

bool oid_equal(const struct oid *a, const struct oid *b)
{
	return !memcmp(a->id, b->id, sizeof(a->id));
}

int oid_compare(const struct oid *a, const struct oid *b)
{
	return memcmp(a->id, b->id, sizeof(a->id));
}

bool oid_is_zero(const struct oid *oid)
{
	static const struct oid zero;

	return oid_equal(oid, &zero);
}
