#ifndef APP_CLONE_H
#define APP_CLONE_H

#include "config/settings.h"
#include "repo/repo.h"

/** \file
 * Which project somebody's clone is one of.
 */

/** The configured project whose URL is that of the remote origin, however it
 * is written: over ssh or HTTPS, with or without user, port and ".git". NULL:
 * none of them. */
const struct project_settings *clone_project(const struct settings *settings,
					     struct repo *repo);

/** The folder of its workflows; NULL: the usual one. */
const char *clone_workflows(const struct settings *settings, struct repo *repo);

/** What spending there is counted under: the configured project, else a name
 * made from the last part of the remote's URL or of the folder. The caller
 * frees it. */
char *clone_project_name(const struct settings *settings, struct repo *repo);

/** Where replies, and what is known of services, are kept in a clone. The
 * caller frees it. */
char *clone_state_dir(const struct repo *clone);

#endif /* APP_CLONE_H */
