#include "gateway/cache.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "core/log.h"
#include "io/file.h"

/* Part of every key: what we ask for or how we read it has changed. */
#define CACHE_VERSION 1

/* How many answers are added before the old ones are looked at. */
#define PRUNE_EVERY 256

struct cache {
	char *dir;
	int64_t max_bytes;
	unsigned added;
};

int cache_open(struct cache **out, const char *dir, int64_t max_bytes,
	       struct err *err)
{
	struct cache *cache;

	if (file_make_dirs(dir, 0700, err) < 0)
		return -1;
	cache = xcalloc(1, sizeof(*cache));
	cache->dir = xstrdup(dir);
	cache->max_bytes = max_bytes;
	*out = cache;
	return 0;
}

void cache_close(struct cache *cache)
{
	if (!cache)
		return;
	free(cache->dir);
	free(cache);
}

static void add_text(struct sha256 *sha, const char *text)
{
	sha256_add_field(sha, text ? text : "", text ? strlen(text) : 0);
}

static void add_prompt(struct sha256 *sha, const struct chat *chat)
{
	const struct prompt *prompt = chat->prompt;
	char *schema = chat->schema ? json_print(chat->schema) : NULL;

	add_text(sha, chat->agent);
	add_text(sha, chat->model);
	/* Some look at the project, not only at what they are told. */
	add_text(sha, chat->project_url);
	add_text(sha, chat->head_ref);
	add_text(sha, schema);
	free(schema);
	if (!prompt)
		return;
	add_text(sha, prompt->system);
	add_text(sha, prompt->change);
	add_text(sha, prompt->about);
	add_text(sha, prompt->task);
}

void cache_key(char key[SHA256_HEX_SIZE], const struct service *service,
	       const struct chat *chat, const struct service_request *request)
{
	struct sha256 *sha = sha256_new();
	char *version = xstrf("%d %s %s %d", CACHE_VERSION, service->ops->kind,
			      service->name, (int)chat->answer);

	add_text(sha, version);
	free(version);
	if (request) {
		add_text(sha, request->method);
		add_text(sha, request->url);
		for (size_t i = 0; i < request->headers.len; i++)
			add_text(sha, request->headers.v[i]);
		sha256_add_field(sha, request->body.ptr, request->body.len);
	} else {
		for (size_t i = 0; service->argv && service->argv[i]; i++)
			add_text(sha, service->argv[i]);
		add_prompt(sha, chat);
	}
	sha256_end(sha, key);
}

static char *entry_path(const struct cache *cache, const char *key)
{
	return xstrf("%s/%s.json", cache->dir, key);
}

static int64_t age_s(const struct stat *st)
{
	return clock_wall_ms() / 1000 - (int64_t)st->st_mtime;
}

static bool parse_entry(struct chat_reply *out, const struct buf *text)
{
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	const char *answer, *model;
	bool good = false;

	if (json_parse(&doc, text->ptr, text->len, &err) == 0 &&
	    json_int_or(doc, "version", 0) == CACHE_VERSION &&
	    json_string(&answer, doc, "answer", &err) == 0 &&
	    json_string(&model, doc, "model", &err) == 0) {
		buf_addstr(&out->text, answer);
		out->model = xstrdup(model);
		out->stop = STOP_COMPLETE;
		good = buf_check(&out->text, "answer", &err) == 0;
	}
	json_free(doc);
	return good;
}

bool cache_get(struct cache *cache, const char *key, int64_t ttl_s,
	       struct chat_reply *out)
{
	char *path = entry_path(cache, key);
	struct err err = ERR_INIT;
	struct buf text;
	struct stat st;
	bool found = false;

	buf_init(&text, LIMIT_JSON_BYTES);
	if (stat(path, &st) == 0 && age_s(&st) <= ttl_s) {
		if (file_read(&text, path, &err) < 0)
			log_debug("cache: %s", err.msg);
		else
			found = parse_entry(out, &text);
	}
	buf_release(&text);
	free(path);
	return found;
}

void cache_put(struct cache *cache, const char *key,
	       const struct chat_reply *reply)
{
	char *path = entry_path(cache, key), *text;
	struct json *doc = json_new_object();
	struct err err = ERR_INIT;

	json_set_int(doc, "version", CACHE_VERSION);
	json_set_string(doc, "model", reply->model ? reply->model : "");
	json_set_string(doc, "answer", reply->text.ptr);
	text = json_print(doc);
	if (file_write_atomic(path, text, strlen(text), 0600, &err) < 0)
		log_warn("cache: %s", err.msg);
	free(text);
	json_free(doc);
	free(path);
	if (++cache->added % PRUNE_EVERY == 0)
		cache_prune(cache, LIMIT_CACHE_AGE_S);
}

struct cached {
	char *path;
	int64_t age_s, bytes;
};

static int by_age(const void *a, const void *b)
{
	const struct cached *x = a, *y = b;

	return (x->age_s > y->age_s) - (x->age_s < y->age_s);
}

size_t cache_prune(struct cache *cache, int64_t ttl_s)
{
	DIR *dir = opendir(cache->dir);
	struct cached *items = NULL;
	int64_t bytes = 0;
	size_t len = 0, cap = 0, removed = 0;
	struct err err = ERR_INIT;
	const struct dirent *at;
	struct stat st;

	while (dir && (at = readdir(dir)) != NULL) {
		char *path = xstrf("%s/%s", cache->dir, at->d_name);

		if (at->d_name[0] == '.' || stat(path, &st) < 0 ||
		    !S_ISREG(st.st_mode)) {
			free(path);
			continue;
		}
		ARRAY_GROW(items, len, cap);
		items[len++] = (struct cached){ path, age_s(&st), st.st_size };
	}
	if (dir)
		closedir(dir);
	if (len)
		qsort(items, len, sizeof(*items), by_age);
	for (size_t i = 0; i < len; i++) {
		bool goes;

		bytes += items[i].bytes;
		goes = i >= LIMIT_CACHE_ENTRIES || bytes > cache->max_bytes ||
		       items[i].age_s > ttl_s;
		if (goes && file_remove(items[i].path, &err) < 0)
			log_debug("cache: %s", err.msg);
		else
			removed += goes;
		free(items[i].path);
	}
	free(items);
	return removed;
}
