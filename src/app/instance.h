#ifndef APP_INSTANCE_H
#define APP_INSTANCE_H

#include "core/attr.h"
#include "core/err.h"
#include "core/random.h"

/** \file
 * Who we are among those that share a control repository: a random word, made
 * once and kept in the state directory.
 */

/** Reads STATE/instance, or makes it (and the folder). ERR_INVALID: something
 * else is in the file. Blocking. */
MUST_CHECK int instance_id(char out[ULID_SIZE], const char *state_dir,
			   struct err *err);

#endif /* APP_INSTANCE_H */
