#ifndef SERVICES_KINDS_H
#define SERVICES_KINDS_H

#include "gateway/service.h"

/** \file
 * The kinds of service. Only registry.c chooses between them.
 */

/** Anthropic's Messages API. */
extern const struct service_ops anthropic_service;

/** OpenAI's Chat Completions and whatever speaks the same. */
extern const struct service_ops openai_service;

/** Their batch endpoints. */
extern const struct batch_ops anthropic_batches, openai_batches;

#define ANTHROPIC_VERSION "2026-10-21"

/** Any HTTP API, described by struct service's `options`. */
extern const struct service_ops http_service;

/** Is it a template? ERR_INVALID, and why not. */
MUST_CHECK int http_service_check(const struct json *options, struct err *err);

/** Any program: the prompt on its standard input, the answer on its standard
 * output. */
extern const struct service_ops command_service;

/** Cursor's Cloud Agents. */
extern const struct service_ops cursor_service;

#endif /* SERVICES_KINDS_H */
