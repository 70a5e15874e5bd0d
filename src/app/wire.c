#include "app/wire.h"

#include <stdlib.h>

#include "app/clone.h"
#include "core/alloc.h"
#include "core/log.h"
#include "core/random.h"
#include "io/http.h"
#include "notify/notify.h"
#include "services/registry.h"

struct wiring {
	struct http *http;
	struct gateway *gateway;
	struct service_set *services;
	const struct settings *settings;
	struct notify *notify;
	bool tells; /* somebody else than the log */
};

/* Of spending, which the log has already: the section for it. */
static void tell_alert(const char *message, void *payload)
{
	struct wiring *wiring = payload;
	const char *name = wiring->settings->budget.notify;
	char id[ULID_SIZE];
	struct notify_message alert = {
		.id = id,
		.event = "budget",
		.title = "referee: spending",
		.items = &(struct notify_item){ NULL, message },
		.item_count = 1,
	};
	struct err err = ERR_INIT;

	if (!wiring->tells || !name)
		return;
	ulid_new(id);
	if (notify_send(wiring->notify, name, &alert, NULL, NULL, &err) < 0)
		log_warn("[budget] notify: %s", err.msg);
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

static void set_project_budgets(struct gateway *gateway,
				const struct settings *settings)
{
	for (size_t i = 0; i < settings->project_count; i++) {
		const struct project_settings *project = &settings->projects[i];

		if (project->budget_monthly_nusd > 0)
			gateway_set_project_budget(
				gateway, project->name,
				project->budget_monthly_nusd);
	}
}

int wiring_new(struct wiring **out, struct loop *loop,
	       const struct settings *settings, struct spend *spend,
	       struct err *err)
{
	struct wiring *wiring = xcalloc(1, sizeof(*wiring));
	struct gateway_options options = {
		.alert = tell_alert,
		.alert_payload = wiring,
		.spending = spend ? &spend_ops : NULL,
		.spending_payload = spend,
		.state_dir = spend ? spend_state_dir(spend) : NULL,
		.price_file = settings->budget.price_file,
		.cache_bytes = settings->cache_bytes,
		.concurrency = settings->concurrency,
		.instances = settings->instances,
	};

	wiring->settings = settings;
	fill_budget(&options.budget, &settings->budget);
	if (spend)
		spend_recover(spend);
	if (service_set_make(&wiring->services, settings, err) < 0 ||
	    http_new(&wiring->http, loop, NULL, err) < 0 ||
	    gateway_new(&wiring->gateway, loop, wiring->http, &options, err) <
		    0 ||
	    service_set_add_to(wiring->services, wiring->gateway, err) < 0) {
		wiring_free(wiring);
		return -1;
	}
	set_project_budgets(wiring->gateway, settings);
	notify_new(&wiring->notify, loop, wiring->http, settings);
	*out = wiring;
	return 0;
}

int wiring_new_preview(struct wiring **out, struct loop *loop,
		       const struct settings *settings,
		       const struct repo *clone, struct err *err)
{
	char *state_dir;

	if (wiring_new(out, loop, settings, NULL, err) < 0)
		return -1;
	state_dir = clone_state_dir(clone);
	gateway_recall((*out)->gateway, state_dir);
	free(state_dir);
	return 0;
}

struct notify *wiring_tell(struct wiring *wiring)
{
	wiring->tells = true;
	return wiring->notify;
}

void wiring_close(struct wiring *wiring)
{
	if (!wiring)
		return;
	gateway_free(wiring->gateway);
	notify_close(wiring->notify);
	http_free(wiring->http);
	wiring->gateway = NULL;
	wiring->http = NULL;
}

void wiring_free(struct wiring *wiring)
{
	if (!wiring)
		return;
	wiring_close(wiring);
	notify_free(wiring->notify);
	service_set_free(wiring->services);
	free(wiring);
}

struct gateway *wiring_gateway(struct wiring *wiring)
{
	return wiring->gateway;
}

struct http *wiring_http(struct wiring *wiring)
{
	return wiring->http;
}
