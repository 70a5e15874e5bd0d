#ifndef SERVICES_REPAIR_H
#define SERVICES_REPAIR_H

#include "core/json_write.h"
#include "gateway/service.h"

/** Writes a message of its own, in the form of a protocol. */
typedef void repair_put_fn(struct json_writer *json, const char *role,
			   const char *text);

/** A chat that repairs an answer: that, and what is wrong with it, as messages.
 * Nothing for any other. */
void repair_put(struct json_writer *json, const struct chat *chat,
		repair_put_fn *put_message);

#endif /* SERVICES_REPAIR_H */
