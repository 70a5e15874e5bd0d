/*
 * A JSON document for programs. Its id, in the document and in a header, is
 * the same when it is sent again, so that a receiver can drop the second one.
 */
#include <stdlib.h>

#include "core/clock.h"
#include "core/text.h"
#include "notify/kinds.h"

/* JSON escapes what could hurt a parser; this is for whoever shows it. */
static void set_clean(struct json *object, const char *name, const char *text)
{
	char *clean;

	if (!text)
		return;
	clean = text_clean(text, true);
	json_set_string(object, name, clean);
	free(clean);
}

static void build(struct buf *out, const struct notify_message *message)
{
	struct json *doc = message->document ? json_copy(message->document)
					     : json_new_object();
	struct json *items;

	json_set_int(doc, "version", 1);
	json_set_string(doc, "delivery", message->id);
	json_set_string(doc, "event", message->event);
	set_clean(doc, "title", message->title);
	if (message->url)
		json_set_string(doc, "url", message->url);
	items = json_set_array(doc, "items");
	for (size_t i = 0; i < message->item_count; i++) {
		struct json *item = json_add_object(items);

		set_clean(item, "title", message->items[i].title);
		set_clean(item, "text", message->items[i].text);
	}
	json_print_to(out, doc);
	json_free(doc);
}

const struct notify_ops webhook_ops = {
	.drops_doubles = true,
	.build = build,
};
