#ifndef STORE_PATH_NAME_H
#define STORE_PATH_NAME_H

#include "core/buf.h"

/** Appends `name` as one component of a path: slashes, percent signs, control
 * characters and a leading dot as %XX. */
void path_name_add(struct buf *out, const char *name);

#endif /* STORE_PATH_NAME_H */
