#ifndef SERVICES_REGISTRY_H
#define SERVICES_REGISTRY_H

#include "config/settings.h"
#include "core/attr.h"
#include "core/err.h"
#include "gateway/gateway.h"

/** \file
 * From the configuration's services to the gateway's.
 */
struct service_set;

/**
 * Every service of `settings`, which must outlive *out. Keys are not read yet.
 * Fails with ERR_INVALID for what the kind of a service lacks (an http service
 * without a template, a command service without a command), naming it.
 */
MUST_CHECK int service_set_make(struct service_set **out,
				const struct settings *settings,
				struct err *err);

/** After the gateway has been freed. NULL is fine. */
void service_set_free(struct service_set *set);

/** Adds them all, and the models that the configuration maps. */
MUST_CHECK int service_set_add_to(const struct service_set *set,
				  struct gateway *gateway, struct err *err);

/** By index, in the order of the configuration. Borrowed. */
size_t service_set_count(const struct service_set *set);
const struct service *service_set_at(const struct service_set *set,
				     size_t index);

#endif /* SERVICES_REGISTRY_H */
