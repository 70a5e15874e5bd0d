#ifndef CODE_PERSONAL_H
#define CODE_PERSONAL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/severity.h"

/** \file
 * What identifies a person or their money or machine: recognised by form and
 * checksum, in one linear pass without patterns.
 */

enum personal_kind {
	PERSONAL_EMAIL,
	PERSONAL_PHONE, /* international, +49 30 ...           */
	PERSONAL_IBAN,  /* length of its country, modulo 97    */
	PERSONAL_CARD,  /* issuer's range, Luhn                */
	PERSONAL_IP,    /* IPv4 that is routed on the Internet */
	PERSONAL_SSN,   /* where the line speaks of it         */
};

#define PERSONAL_KINDS 6

struct personal_hit {
	enum personal_kind kind;
	size_t start;
	size_t end;
	/* Reserved for documentation or tests: identifies nobody. */
	bool sample;
};

typedef void personal_found_fn(const struct personal_hit *hit, void *payload);

/** Reports hits in order, none overlapping another of its kind. */
void personal_scan(const char *text, size_t len, personal_found_fn *found,
		   void *payload);

/** "email", "phone", "iban", "card", "ip-address", "ssn". Static. */
const char *personal_id(enum personal_kind kind);
const char *personal_title(enum personal_kind kind);
enum severity personal_severity(enum personal_kind kind);

#endif /* CODE_PERSONAL_H */
