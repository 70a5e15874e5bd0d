#ifndef CONFIG_SETTINGS_INTERNAL_H
#define CONFIG_SETTINGS_INTERNAL_H

#include <stdbool.h>

#include "config/sections.h"
#include "config/settings.h"

/** \file
 * What the files of the settings share.
 */

/* What a project's special keys take, see field_set_fn. `at` is the project,
 * but the member for settings_set_remote(). */
int settings_set_notes(void *at, const struct field *field, const char *text,
		       struct err *err);
int settings_set_allow(void *at, const struct field *field, const char *text,
		       struct err *err);
int settings_set_coverage(void *at, const struct field *field, const char *text,
			  struct err *err);
int settings_set_remote(void *at, const struct field *field, const char *text,
			struct err *err);

/** Fills in what follows from the URL; the forge too, unless it was said. */
void project_add_defaults(struct project_settings *project, bool has_forge);

/** Is it one of the services that need no section? */
bool service_is_built_in(const char *name);

/** Everything that more than one key or section decides. */
void settings_check(const struct settings *settings,
		    const struct sections *sections, bool is_private,
		    struct mistakes *mistakes);

#endif /* CONFIG_SETTINGS_INTERNAL_H */
