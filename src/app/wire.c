#include "app/wire.h"

#include <stdlib.h>
#include <string.h>

#include "config/secret_ref.h"
#include "core/alloc.h"
#include "core/log.h"
#include "io/http.h"
#include "io/loop.h"
#include "services/registry.h"

struct wiring {
	struct http *http;
	struct gateway *gateway;
	struct service *services; /* one a section, in the settings' order */
};

/* A service_key_fn: on a worker thread, when the key is first needed. */
static int load_key(struct secret **out, void *payload, struct err *err)
{
	const struct service_settings *settings = payload;

	return secret_ref_get(out, &settings->key, err);
}

static void fill(struct service *out, struct service_settings *from,
		 const struct settings *settings)
{
	*out = (struct service){
		.name = from->name,
		.ops = service_ops_find(service_kind_names[from->kind]),
		.url = from->url,
		.requests_per_minute = from->requests_per_minute > 0
					       ? from->requests_per_minute
					       : 0,
		.tokens_per_minute = from->tokens_per_minute > 0
					     ? from->tokens_per_minute
					     : 0,
		.concurrency = from->concurrency,
		.timeout_ms = from->timeout_ms,
		.fallback = from->fallback,
		.ca_file = settings->ca_file,
		.proxy = settings->proxy,
		.argv = from->command.len ? (const char *const *)from->command.v
					  : NULL,
	};
	if (from->key.source != SECRET_NONE) {
		out->load_key = load_key;
		out->load_key_payload = from;
	}
	out->needs_key = out->ops && out->ops->key_variable && !from->url;
	memcpy(out->models, from->model, sizeof(out->models));
}

static void tell_alert(const char *message, void *payload UNUSED)
{
	log_warn("%s", message);
}

static void fill_budget(struct gateway_budget *out,
			const struct budget_settings *from)
{
	*out = (struct gateway_budget){
		.daily_nusd = from->daily_nusd > 0 ? from->daily_nusd : 0,
		.monthly_nusd = from->monthly_nusd > 0 ? from->monthly_nusd : 0,
		.per_run_nusd = from->per_run_nusd > 0 ? from->per_run_nusd : 0,
		.unknown_cost_nusd = from->unknown_cost_nusd,
		.alert_percent = (int)from->alert_at,
		.timezone = from->timezone,
	};
}

static int add_services(struct wiring *wiring, const struct settings *settings,
			struct err *err)
{
	wiring->services = xcalloc(settings->service_count,
				   sizeof(*wiring->services));
	for (size_t i = 0; i < settings->service_count; i++) {
		fill(&wiring->services[i], &settings->services[i], settings);
		if (!wiring->services[i].ops)
			continue; /* settings refuse a kind that is none */
		if (gateway_add_service(wiring->gateway, &wiring->services[i],
					err) < 0)
			return -1;
	}
	return 0;
}

int wiring_new(struct wiring **out, struct loop *loop,
	       const struct settings *settings, const char *state_dir,
	       struct err *err)
{
	struct wiring *wiring = xcalloc(1, sizeof(*wiring));
	struct gateway_options options = {
		.alert = tell_alert,
		.state_dir = state_dir,
		.concurrency = settings->concurrency,
		.instances = settings->instances,
	};

	fill_budget(&options.budget, &settings->budget);
	if (http_new(&wiring->http, loop, err) < 0 ||
	    gateway_new(&wiring->gateway, loop, wiring->http, &options, err) <
		    0 ||
	    add_services(wiring, settings, err) < 0) {
		wiring_free(wiring);
		return -1;
	}
	for (size_t i = 0; i < settings->model_count; i++)
		gateway_map_model(wiring->gateway, settings->models[i].from,
				  settings->models[i].to);
	*out = wiring;
	return 0;
}

void wiring_free(struct wiring *wiring)
{
	if (!wiring)
		return;
	gateway_free(wiring->gateway);
	http_free(wiring->http);
	free(wiring->services);
	free(wiring);
}

struct gateway *wiring_gateway(struct wiring *wiring)
{
	return wiring->gateway;
}
