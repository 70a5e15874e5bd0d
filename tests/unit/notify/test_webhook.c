#include "unit.h"

#include "core/json.h"
#include "notify/kinds.h"

Test(webhook, is_a_document_with_an_id)
{
	const struct notify_item item = { "a: pass", "text \x1b[2J of it" };
	struct json *document = json_new_object();
	struct notify_message message = {
		.id = "01JD3M",
		.event = "run",
		.title = "wallet-ios #7",
		.items = &item,
		.item_count = 1,
		.url = "https://forge.example/pull/7",
		.document = document,
	};
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	struct buf out;

	json_set_string(document, "project", "wallet-ios");
	buf_init(&out, 1 << 20);
	webhook_ops.build(&out, &message);
	must(json_parse(&doc, out.ptr, out.len, &err));
	must_say("01JD3M", json_string_or(doc, "delivery", ""));
	must_say("run", json_string_or(doc, "event", ""));
	must_say("wallet-ios", json_string_or(doc, "project", ""));
	must_say("https://forge.example/pull/7",
		 json_string_or(doc, "url", ""));
	must_say("text [2J of it", json_string_or(doc, "items.0.text", ""));
	cr_assert(eq(i64, json_int_or(doc, "version", 0), 1));
	json_free(doc);
	json_free(document);
	buf_release(&out);
}
