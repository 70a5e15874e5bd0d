#include "core/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/secret.h"
#include "core/text.h"

static const char *const level_name[] = {
	[LOG_ERROR] = "error",
	[LOG_WARN] = "warning",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

static enum log_level wanted = LOG_WARN;
static bool as_json;
static log_sink_fn *sink_fn;
static void *sink_payload;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void log_set_level(enum log_level level)
{
	wanted = level;
}

void log_set_json(bool json)
{
	as_json = json;
}

void log_set_sink(log_sink_fn *sink, void *payload)
{
	sink_fn = sink;
	sink_payload = payload;
}

static void format_json(struct buf *line, enum log_level level, const char *msg)
{
	struct json *doc = json_new_object();
	char at[CLOCK_TEXT_SIZE];

	clock_format(at, clock_wall_ms());
	json_set_string(doc, "at", at);
	json_set_string(doc, "level", level_name[level]);
	json_set_string(doc, "msg", msg);
	json_print_to(line, doc);
	buf_addch(line, '\n');
	json_free(doc);
}

static void write_line(enum log_level level, const char *msg)
{
	struct buf line;

	buf_init(&line, 8 * LIMIT_LOG_LINE);
	if (as_json)
		format_json(&line, level, msg);
	else
		buf_addf(&line, "referee: %s%s%s\n",
			 level == LOG_INFO ? "" : level_name[level],
			 level == LOG_INFO ? "" : ": ", msg);
	pthread_mutex_lock(&lock);
	if (sink_fn)
		sink_fn(line.ptr, sink_payload);
	else
		fputs(line.ptr, stderr);
	pthread_mutex_unlock(&lock);
	buf_release(&line);
}

PRINTF(2, 0)
static void vlog(enum log_level level, const char *fmt, va_list ap)
{
	char raw[LIMIT_LOG_LINE];
	struct buf msg;
	char *clean;

	if (level > wanted)
		return;
	vsnprintf(raw, sizeof(raw), fmt, ap);
	clean = text_clean(raw, false);
	buf_init(&msg, 4 * LIMIT_LOG_LINE);
	buf_addstr(&msg, clean);
	secret_mask(&msg);
	write_line(level, msg.ptr);
	buf_release(&msg);
	free(clean);
}

#define DEFINE_LOG(name, level)         \
	void name(const char *fmt, ...) \
	{                               \
		va_list ap;             \
                                        \
		va_start(ap, fmt);      \
		vlog((level), fmt, ap); \
		va_end(ap);             \
	}

DEFINE_LOG(log_error, LOG_ERROR)
DEFINE_LOG(log_warn, LOG_WARN)
DEFINE_LOG(log_info, LOG_INFO)
DEFINE_LOG(log_debug, LOG_DEBUG)
