#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cli/cli.h"
#include "config/mistakes.h"
#include "config/settings.h"
#include "core/json.h"
#include "report/report.h"

/* What several commands print. */

/** CLI_USAGE, with a message, if there is no report format of that name; NULL
 * is the default one. */
enum cli_exit output_check_format(const char *format);

/** On stdout, with colour where it may have it. */
void output_report(const char *format, const struct report *report);

/** For commands that have only these two. CLI_USAGE, with a message, for
 * another; NULL is text. */
enum cli_exit output_check_text_or_json(const char *format);
bool output_is_json(const char *format);

/** On stdout, indented. */
void output_json(const struct json *doc);

/** Each on a line of its own on stderr: "path:line:column: text". */
void output_mistakes(const struct mistakes *mistakes);

/** Reads the configuration. CLI_USAGE, with every mistake told, if it cannot be
 * used; *out then needs no release. */
enum cli_exit output_settings(struct settings *out, const struct cli *cli);

#endif /* CLI_OUTPUT_H */
