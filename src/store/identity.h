#ifndef STORE_IDENTITY_H
#define STORE_IDENTITY_H

#include <stddef.h>

#include "store/record.h"

/** What makes a finding the one it is; inside the store. Strings may be NULL,
 * but code. */
struct identity {
	const char *agent, *rule, *category, *path, *symbol;
	const char *code; /* see finding_code(); "" if unknown */
	const char *title;
	size_t nth; /* of those that are alike, from 1 */
};

/** The same for the same identity, wherever its lines are: see
 * findings_fingerprint(). */
void identity_fingerprint(char out[FINGERPRINT_SIZE],
			  const struct identity *identity);

/** Who says it: the first of its agents by name; "" if nobody. */
const char *finding_speaker(const struct finding *finding);

#endif /* STORE_IDENTITY_H */
