#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "gateway/machine.h"

static void add_request(struct buf *out, const struct service_request *request)
{
	buf_addf(out, "%s %s\n", request->method, request->url);
	for (size_t i = 0; i < request->headers.len; i++)
		buf_addf(out, "%s\n", request->headers.v[i]);
	if (request->key_header)
		buf_addf(out, "%s: %s(the key)\n", request->key_header,
			 request->key_prefix ? request->key_prefix : "");
	buf_addch(out, '\n');
	buf_add(out, request->body.ptr, request->body.len);
	buf_addch(out, '\n');
}

static int show(struct buf *out, struct asking *asking, struct err *err)
{
	const struct service *service = asking_target(asking)->service;

	if (service->ops->is_local) {
		buf_addf(out, "%s looks at the code itself: nothing is sent\n",
			 asking->chain[asking->at].name);
		return 0;
	}
	if (asking_build(asking, err) < 0)
		return -1;
	if (service->ops->build)
		add_request(out, &asking->request);
	else if (service->ops->show)
		return service->ops->show(out, service, &asking->chat, err);
	return 0;
}

/* True: it would be asked. */
static bool show_choice(struct buf *out, struct asking *asking)
{
	const struct target *target = asking_target(asking);
	const char *why = target_obstacle(target);
	struct err err = ERR_INIT;

	buf_addf(out, "---- request to %s\n", asking->chain[asking->at].name);
	if (why)
		buf_addf(out, "(passed over now: %s)\n", why);
	if (target && show(out, asking, &err) < 0)
		buf_addf(out, "nothing can be sent: %s\n", err.msg);
	return !why;
}

void gateway_show(struct buf *out, struct gateway *gateway,
		  const struct ask *ask)
{
	struct asking asking = { .gateway = gateway, .ask = *ask };

	service_request_init(&asking.request);
	asking_add_chain(&asking, ask);
	while (asking.at < asking.chain_len && !show_choice(out, &asking))
		asking.at++;
	free(asking.model);
	free(asking.mapped_from);
	service_request_release(&asking.request);
}
