#include "services/registry.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "io/file.h"
#include "services/kinds.h"
#include "services/offline.h"

static const struct service_ops *const kinds[] = {
	[KIND_ANTHROPIC] = &anthropic_service,
	[KIND_OPENAI] = &openai_service,
	[KIND_CURSOR] = &cursor_service,
	[KIND_HTTP] = &http_service,
	[KIND_COMMAND] = &command_service,
	[KIND_OFFLINE] = &offline_service,
};

struct service_set {
	const struct settings *settings;
	struct service *items;
	struct json *options; /* of those that have any, by name */
	size_t len;
};

static int load_key(struct secret **out, const void *payload, struct err *err)
{
	const struct secret_ref *ref = payload;

	return secret_ref_get(out, ref, err);
}

/* The template of a service of kind http, and where in its replies what is. */
static int load_options(struct json **out, const struct service_settings *from,
			struct err *err)
{
	const char *const pointers[][2] = {
		{ "answer", from->answer },
		{ "input_tokens", from->input_tokens },
		{ "output_tokens", from->output_tokens },
	};
	struct json *request = NULL;
	struct buf text;
	int status = -1;

	if (from->kind != KIND_HTTP)
		return 0;
	if (!from->url || !from->request || !from->answer)
		return err_set(err, ERR_INVALID,
			       "kind = http needs url, request and answer");
	buf_init(&text, LIMIT_CONFIG_BYTES);
	if (file_read(&text, from->request, err) < 0)
		goto out;
	if (json_parse(&request, text.ptr, text.len, err) < 0) {
		err->code = ERR_INVALID;
		err_prefix(err, "%s", from->request);
		goto out;
	}
	*out = json_new_object();
	json_set(*out, "request", request);
	for (size_t i = 0; i < ARRAY_LEN(pointers); i++)
		if (pointers[i][1])
			json_set_string(*out, pointers[i][0], pointers[i][1]);
	status = 0;
out:
	buf_release(&text);
	return status;
}

static int make(struct service *out, struct service_set *set,
		const struct service_settings *from, struct err *err)
{
	const struct settings *settings = set->settings;
	struct json *options = NULL;

	*out = (struct service){
		.name = from->name,
		.ops = kinds[from->kind],
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
	};
	for (int i = 0; i < COMPLEXITY_COUNT; i++)
		out->models[i] = from->model[i];
	if (from->key.source != SECRET_NONE) {
		out->load_key = load_key;
		out->load_key_payload = &from->key;
	}
	/* Servers of one's own often want none. */
	out->needs_key = out->ops->key_variable && !from->url;
	out->lacks_key = out->load_key ? !secret_ref_is_there(&from->key)
				       : out->needs_key;
	if (from->command.len)
		out->argv = (const char *const *)from->command.v;
	else if (from->kind == KIND_COMMAND)
		return err_set(err, ERR_INVALID, "kind = command needs one");
	if (from->environment.len)
		out->environment = (const char *const *)from->environment.v;
	out->work_dir = from->directory;
	out->sandbox = from->sandbox;
	if (load_options(&options, from, err) < 0)
		return -1;
	if (!options)
		return 0;
	out->options = options;
	json_set(set->options, from->name, options);
	if (http_service_check(options, err) < 0)
		return err_prefix(err, "%s", from->request);
	return 0;
}

int service_set_make(struct service_set **out, const struct settings *settings,
		     struct err *err)
{
	struct service_set *set = xcalloc(1, sizeof(*set));
	size_t count = settings->service_count;

	set->settings = settings;
	set->items = xcalloc(count + 1, sizeof(*set->items));
	set->options = json_new_object();
	for (; set->len < count; set->len++) {
		const struct service_settings *from =
			&settings->services[set->len];

		if (make(&set->items[set->len], set, from, err) < 0) {
			service_set_free(set);
			return err_prefix(err, "service %s", from->name);
		}
	}
	*out = set;
	return 0;
}

void service_set_free(struct service_set *set)
{
	if (!set)
		return;
	json_free(set->options);
	free(set->items);
	free(set);
}

int service_set_add_to(const struct service_set *set, struct gateway *gateway,
		       struct err *err)
{
	const struct settings *settings = set->settings;

	for (size_t i = 0; i < set->len; i++)
		if (gateway_add_service(gateway, &set->items[i], err) < 0)
			return -1;
	for (size_t i = 0; i < settings->model_count; i++)
		gateway_map_model(gateway, settings->models[i].from,
				  settings->models[i].to);
	return 0;
}

size_t service_set_count(const struct service_set *set)
{
	return set->len;
}

const struct service *service_set_at(const struct service_set *set,
				     size_t index)
{
	return &set->items[index];
}
