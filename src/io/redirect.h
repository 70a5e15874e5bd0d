#ifndef IO_REDIRECT_H
#define IO_REDIRECT_H

#include <stdbool.h>

#include "core/attr.h"
#include "core/err.h"

/** \file
 * Where a redirect leads, and what may go along. Pure functions, any thread.
 */

/** Fails with ERR_INVALID unless `url` is an absolute http or https URL without
 * user and password, of a reasonable length. */
MUST_CHECK int url_check(const char *url, struct err *err);

/** `location` as seen from `base`: absolute, without fragment; the caller frees
 * it. ERR_PROTOCOL for what is no http or https URL, for one with a user or
 * password, and for a step from https to http. */
MUST_CHECK int redirect_resolve(char **out, const char *base,
				const char *location, struct err *err);

/** Same scheme, host (case ignored) and port? Both must be valid. */
bool url_same_origin(const char *a, const char *b);

/** May a request header of this name go to another origin? */
bool redirect_keeps_header(const char *name);

/** Is this a status that leads elsewhere? */
bool redirect_is_status(int status);

/** Is the request repeated as it is (307, 308, other methods than POST), or
 * does it become a GET without body? */
bool redirect_keeps_method(int status, const char *method);

#endif /* IO_REDIRECT_H */
