#ifndef STORE_PATH_NAME_H
#define STORE_PATH_NAME_H

#include "core/buf.h"

/** Appends `name` as one component of a path: slashes, percent signs, control
 * characters and a leading dot as %XX. */
void path_name_add(struct buf *out, const char *name);

/** The name again; NULL if `component` is none that path_name_add() makes. The
 * caller frees it. */
char *path_name_parse(const char *component);

#endif /* STORE_PATH_NAME_H */
