#ifndef CONFIG_SECRET_REF_H
#define CONFIG_SECRET_REF_H

#include <stdbool.h>

#include "config/field.h"
#include "core/attr.h"
#include "core/err.h"
#include "core/secret.h"

/** \file
 * Where a secret is. The configuration says it, the secret itself is read when
 * it is first needed, by the one who needs it.
 */

enum secret_source {
	SECRET_NONE,
	SECRET_ENV,        /* env:NAME: a variable of ours              */
	SECRET_FILE,       /* file:PATH                                 */
	SECRET_COMMAND,    /* command:WORDS: what a program prints      */
	SECRET_CREDENTIAL, /* credential:NAME: of systemd's directory   */
	SECRET_PLAIN,      /* itself, in a file that only we can read   */
};

/** A zeroed one is SECRET_NONE. */
struct secret_ref {
	enum secret_source source;
	char *text; /* what follows the colon; of SECRET_PLAIN, the secret */
};

void secret_ref_release(struct secret_ref *ref);

/** ERR_INVALID if `text` names no place. Anything without a known prefix is
 * SECRET_PLAIN. */
MUST_CHECK int secret_ref_parse(struct secret_ref *out, const char *text,
				struct err *err);

/** A field_set_fn() for a struct secret_ref. Its messages never hold the
 * value. */
int field_set_secret(void *at, const struct field *field, const char *text,
		     struct err *err);

/** "env:GITHUB_TOKEN", "a plain value": for messages. The caller frees it. */
char *secret_ref_name(const struct secret_ref *ref);

/**
 * Is there anything to read? Looks only whether a variable is set; files and
 * commands are believed.
 */
bool secret_ref_is_there(const struct secret_ref *ref);

/**
 * Reads it; white space round it is taken off. Blocks, a command at most
 * LIMIT_SECRET_WAIT_MS. *out is the caller's, for secret_free().
 *
 * Fails with ERR_AUTH if it is not there or empty, or the command failed, with
 * ERR_TIMEOUT, and with ERR_TOO_LARGE past LIMIT_SECRET_BYTES. Any thread.
 */
MUST_CHECK int secret_ref_get(struct secret **out, const struct secret_ref *ref,
			      struct err *err);

#endif /* CONFIG_SECRET_REF_H */
