#include "app/wire.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/log.h"
#include "io/http.h"
#include "services/registry.h"

struct wiring {
	struct http *http;
	struct gateway *gateway;
	struct service_set *services;
};

static void tell_alert(const char *message, void *payload UNUSED)
{
	log_warn("%s", message);
}

/* In settings an amount that is not set is -1, for the gateway it is 0. */
static int64_t amount(int64_t nusd)
{
	return nusd > 0 ? nusd : 0;
}

static void fill_budget(struct gateway_budget *out,
			const struct budget_settings *from)
{
	*out = (struct gateway_budget){
		.daily_nusd = amount(from->daily_nusd),
		.monthly_nusd = amount(from->monthly_nusd),
		.per_run_nusd = amount(from->per_run_nusd),
		.unknown_cost_nusd = from->unknown_cost_nusd,
		.alert_percent = (int)from->alert_at,
		.timezone = from->timezone,
	};
}

int wiring_new(struct wiring **out, struct loop *loop,
	       const struct settings *settings, const char *state_dir,
	       struct err *err)
{
	struct wiring *wiring = xcalloc(1, sizeof(*wiring));
	struct gateway_options options = {
		.alert = tell_alert,
		.state_dir = state_dir,
		.price_file = settings->budget.price_file,
		.concurrency = settings->concurrency,
		.instances = settings->instances,
	};

	fill_budget(&options.budget, &settings->budget);
	if (service_set_make(&wiring->services, settings, err) < 0 ||
	    http_new(&wiring->http, loop, NULL, err) < 0 ||
	    gateway_new(&wiring->gateway, loop, wiring->http, &options, err) <
		    0 ||
	    service_set_add_to(wiring->services, wiring->gateway, err) < 0) {
		wiring_free(wiring);
		return -1;
	}
	*out = wiring;
	return 0;
}

void wiring_close(struct wiring *wiring)
{
	if (!wiring)
		return;
	gateway_free(wiring->gateway);
	http_free(wiring->http);
	wiring->gateway = NULL;
	wiring->http = NULL;
}

void wiring_free(struct wiring *wiring)
{
	if (!wiring)
		return;
	wiring_close(wiring);
	service_set_free(wiring->services);
	free(wiring);
}

struct gateway *wiring_gateway(struct wiring *wiring)
{
	return wiring->gateway;
}
