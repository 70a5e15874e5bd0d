#ifndef CORE_LOG_H
#define CORE_LOG_H

#include <stdbool.h>

#include "core/attr.h"

/** \file
 * What a daemon says about itself, a line each, on stderr. Never a secret: the
 * values of living secrets are masked. Any thread.
 */

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/** Lines above `level` are dropped; the default is LOG_WARN. */
void log_set_level(enum log_level level);

/** One JSON object a line ({"at", "level", "msg"}) instead of text. */
void log_set_json(bool json);

/** Called with each finished line, newline included, instead of writing it to
 * stderr; NULL: stderr again. */
typedef void log_sink_fn(const char *line, void *payload);
void log_set_sink(log_sink_fn *sink, void *payload);

void log_error(const char *fmt, ...) PRINTF(1, 2);
void log_warn(const char *fmt, ...) PRINTF(1, 2);
void log_info(const char *fmt, ...) PRINTF(1, 2);
void log_debug(const char *fmt, ...) PRINTF(1, 2);

#endif /* CORE_LOG_H */
