#ifndef REPO_REF_NAME_H
#define REPO_REF_NAME_H

#include <stdbool.h>

/** May a ref be called so: "HEAD", or "refs/..." as git check-ref-format has
 * it, of at most LIMIT_REF_NAME_BYTES? Any thread. */
bool ref_name_is_valid(const char *name);

#endif /* REPO_REF_NAME_H */
