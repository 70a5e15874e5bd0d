#include "gateway/gateway.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "config/shipped.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "gateway/machine.h"
#include "io/file.h"

#define MODELS_FILE "workflows/models.json"

#define DEFAULT_CONCURRENCY  200
#define DEFAULT_UNKNOWN_NUSD 500000000

/* The models we ship with; a mistake in them is ours. */
static int load_models(struct gateway *gateway, struct err *err)
{
	const struct shipped_file *file = shipped_find(MODELS_FILE);
	struct json *doc = NULL;
	int status = -1;

	if (!file)
		return err_set(err, ERR_NOT_FOUND, "%s is missing",
			       MODELS_FILE);
	if (json_parse(&doc, file->text, file->len, err) < 0)
		goto out;
	gateway->prices = price_table_new();
	if (price_table_add(gateway->prices, json_get(doc, "prices"), err) <
		    0 ||
	    model_map_new(&gateway->models, doc, err) < 0)
		goto out;
	status = 0;
out:
	json_free(doc);
	return status < 0 ? err_prefix(err, MODELS_FILE) : 0;
}

static int load_price_file(struct gateway *gateway, const char *path,
			   struct err *err)
{
	struct json *doc = NULL;
	struct buf text;
	int status = -1;

	buf_init(&text, LIMIT_JSON_BYTES);
	if (file_read(&text, path, err) < 0)
		goto out;
	if (json_parse(&doc, text.ptr, text.len, err) < 0 ||
	    price_table_add_litellm(gateway->prices, doc, err) < 0) {
		err->code = ERR_INVALID;
		err_prefix(err, "%s", path);
		goto out;
	}
	status = 0;
out:
	json_free(doc);
	buf_release(&text);
	return status;
}

/* What was spent before we began. */
static int load_spent(struct gateway *gateway, struct err *err)
{
	budget_roll(gateway->budget, clock_wall_ms());
	if (spend_begin(gateway, err) < 0)
		return -1;
	spend_end(gateway);
	return 0;
}

static int open_state(struct gateway *gateway, const char *dir,
		      int64_t cache_bytes, struct err *err)
{
	char *cache_dir;
	int status;

	if (!dir)
		return 0;
	if (file_make_dirs(dir, 0700, err) < 0)
		return -1;
	gateway->state_path = xstrf("%s/services.json", dir);
	memory_load(gateway);
	cache_dir = xstrf("%s/cache", dir);
	status = cache_open(&gateway->cache, cache_dir, cache_bytes, err);
	free(cache_dir);
	return status;
}

static void release(struct gateway *gateway)
{
	struct target *target = gateway->targets, *next;

	HASH_CLEAR(hh, gateway->targets);
	for (; target; target = next) {
		next = target->hh.next;
		target_free(target);
	}
	prefix_free_all(gateway);
	loop_timer_cancel(gateway->begin);
	loop_timer_cancel(gateway->deadline);
	loop_timer_cancel(gateway->look);
	json_free(gateway->memory);
	budget_free(gateway->budget);
	price_table_free(gateway->prices);
	model_map_free(gateway->models);
	cache_close(gateway->cache);
	free(gateway->state_path);
	free(gateway);
}

int gateway_new(struct gateway **out, struct loop *loop, struct http *http,
		const struct gateway_options *options, struct err *err)
{
	struct gateway *gateway = xcalloc(1, sizeof(*gateway));
	const struct gateway_budget *budget = &options->budget;
	const struct budget_limits limits = {
		.daily_nusd = budget->daily_nusd,
		.monthly_nusd = budget->monthly_nusd,
		.per_run_nusd = budget->per_run_nusd,
		.alert_percent = budget->alert_percent,
	};
	int64_t cache_bytes = options->cache_bytes > 0 ? options->cache_bytes
						       : LIMIT_CACHE_BYTES;

	gateway->loop = loop;
	gateway->http = http;
	gateway->spending = options->spending;
	gateway->spending_payload = options->spending_payload;
	gateway->alert = options->alert;
	gateway->alert_payload = options->alert_payload;
	gateway->unknown_cost_nusd = budget->unknown_cost_nusd > 0
					     ? budget->unknown_cost_nusd
					     : DEFAULT_UNKNOWN_NUSD;
	gateway->concurrency = options->concurrency > 0 ? options->concurrency
							: DEFAULT_CONCURRENCY;
	gateway->instances = options->instances > 0 ? options->instances : 1;
	if (load_models(gateway, err) < 0 ||
	    (options->price_file &&
	     load_price_file(gateway, options->price_file, err) < 0) ||
	    budget_new(&gateway->budget, &limits, budget->timezone, err) < 0 ||
	    load_spent(gateway, err) < 0 ||
	    open_state(gateway, options->state_dir, cache_bytes, err) < 0) {
		release(gateway);
		return -1;
	}
	*out = gateway;
	return 0;
}

void gateway_enter(struct gateway *gateway)
{
	gateway->depth++;
}

/* Who is told of an end may ask again. */
static void go_on(struct gateway *gateway)
{
	struct target *target;

	do {
		asking_begin_all(gateway);
		for (target = gateway->targets; target;
		     target = target->hh.next)
			target_dispatch(target);
	} while (gateway->beginners && !gateway->ending);
}

void gateway_leave(struct gateway *gateway)
{
	if (gateway->depth == 1 && !gateway->ending)
		go_on(gateway);
	if (!gateway->askings)
		deadline_stop(gateway);
	if (--gateway->depth == 0 && gateway->ending && !gateway->askings &&
	    !gateway->jobs)
		release(gateway);
}

void gateway_free(struct gateway *gateway)
{
	struct asking *asking, *next;

	if (!gateway)
		return;
	gateway_enter(gateway);
	gateway->ending = true;
	for (asking = gateway->askings; asking; asking = next) {
		next = asking->next;
		asking_stop(asking, FAULT_CANCELLED);
	}
	gateway_leave(gateway);
}

int gateway_add_service(struct gateway *gateway, const struct service *service,
			struct err *err)
{
	struct target *target = target_find(gateway, service->name);

	if (target)
		return err_set(err, ERR_CONFLICT, "service %s is there already",
			       service->name);
	assert(service->ops->start || service->ops->build);
	target = xcalloc(1, sizeof(*target));
	target->service = service;
	target->gateway = gateway;
	rate_init(&target->rate, service, gateway->instances, clock_mono_ms());
	retry_purse_init(&target->purse);
	HASH_ADD_KEYPTR(hh, gateway->targets, target->service->name,
			strlen(target->service->name), target);
	memory_apply(target);
	return 0;
}

void gateway_set_project_budget(struct gateway *gateway, const char *project,
				int64_t monthly_nusd)
{
	budget_set_project(gateway->budget, project, monthly_nusd);
	budget_load_alerts(gateway->budget,
			   json_get(gateway->memory, "alerts"));
}

void gateway_map_model(struct gateway *gateway, const char *retired,
		       const char *model)
{
	model_map_add(gateway->models, retired, model);
}
