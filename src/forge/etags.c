#include "forge/etags.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/sign.h"
#include "io/file.h"

/* Of the oldest, what was asked since then is of no use any more. */
enum { PAGES_KEPT = 50 };

#define TOKEN_NAME "referee etag"

/* {"token": digits, "pages": {url: {etag, link, body}}}. What was read is put
 * into one of our own as soon as something is added. */
struct etags {
	char *path;
	struct json *doc;
	struct json *pages; /* in it; NULL until there is one */
	bool is_changed;
};

static void token_id(char out[SHA256_HEX_SIZE], const struct secret *token)
{
	out[0] = '\0';
	if (token)
		sign_hmac(out, token, TOKEN_NAME, strlen(TOKEN_NAME));
}

struct etags *etags_open(const char *path)
{
	struct etags *etags = xcalloc(1, sizeof(*etags));
	struct err err = ERR_INIT;
	struct buf text;

	etags->path = xstrdup(path);
	buf_init(&text, LIMIT_JSON_BYTES);
	if (!file_exists(path) || file_read(&text, path, &err) < 0 ||
	    json_parse(&etags->doc, text.ptr, text.len, &err) < 0 ||
	    !json_is_object(etags->doc)) {
		json_free(etags->doc);
		etags->doc = json_new_object();
	}
	buf_release(&text);
	return etags;
}

void etags_free(struct etags *etags)
{
	if (!etags)
		return;
	json_free(etags->doc);
	free(etags->path);
	free(etags);
}

bool etags_find(struct etag_page *out, const struct etags *etags,
		const char *url, const struct secret *token)
{
	char id[SHA256_HEX_SIZE];
	const struct json *page;

	token_id(id, token);
	if (strcmp(json_string_or(etags->doc, "token", ""), id) != 0)
		return false;
	page = json_get(json_find(etags->doc, "pages"), url);
	out->etag = json_string_or(page, "etag", NULL);
	out->link = json_string_or(page, "link", NULL);
	out->body = json_string_or(page, "body", NULL);
	return out->etag && out->body;
}

/* Keeps the pages that were given to this token. */
static void start_anew(struct etags *etags, const char *id)
{
	struct json *old = etags->doc;

	etags->doc = json_new_object();
	json_set_string(etags->doc, "token", id);
	etags->pages = json_set_object(etags->doc, "pages");
	if (strcmp(json_string_or(old, "token", ""), id) == 0)
		for (const struct json *at =
			     json_first(json_find(old, "pages"));
		     at; at = json_next(at))
			json_set(etags->pages, json_name(at), json_copy(at));
	json_free(old);
}

void etags_put(struct etags *etags, const char *url, const struct secret *token,
	       const struct etag_page *page)
{
	char id[SHA256_HEX_SIZE];
	struct json *to;

	token_id(id, token);
	if (!etags->pages ||
	    strcmp(json_string_or(etags->doc, "token", ""), id) != 0)
		start_anew(etags, id);
	to = json_new_object();
	json_set_string(to, "etag", page->etag);
	if (page->link)
		json_set_string(to, "link", page->link);
	json_set_string(to, "body", page->body);
	json_set(etags->pages, url, to);
	while (json_len(etags->pages) > PAGES_KEPT)
		json_remove(etags->pages, json_name(json_first(etags->pages)));
	etags->is_changed = true;
}

void etags_save(struct etags *etags)
{
	struct err err = ERR_INIT;
	char *text;

	if (!etags->is_changed)
		return;
	text = json_print(etags->doc);
	if (file_write_atomic(etags->path, text, strlen(text), 0600, &err) < 0)
		log_warn("%s", err.msg);
	etags->is_changed = false;
	free(text);
}
