#ifndef IO_HEADER_LINE_H
#define IO_HEADER_LINE_H

#include "core/attr.h"
#include "core/err.h"
#include "io/http.h"

/** "Name: value" as it is sent, secret included; the caller wipes and frees it.
 * ERR_INVALID for a name that is no token, or a value with a line break;
 * ERR_AUTH for a secret with one. */
MUST_CHECK int header_line_make(char **out, const struct http_header *header,
				struct err *err);

#endif /* IO_HEADER_LINE_H */
