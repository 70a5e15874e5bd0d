#include "unit.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/json.h"
#include "core/text.h"
#include "notify/kinds.h"

static struct json *built(const struct notify_message *message)
{
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	struct buf out;

	buf_init(&out, 1 << 20);
	slack_ops.build(&out, message);
	must(buf_check(&out, "a message", &err));
	must(json_parse(&doc, out.ptr, out.len, &err));
	buf_release(&out);
	return doc;
}

/* What Slack documents, and refuses the whole message for. */
static void check_text(const struct json *text, size_t max)
{
	const char *value = json_string_or(text, "text", "");
	const char *type = json_string_or(text, "type", "");

	cr_assert(ne(sz, strlen(value), 0));
	cr_assert(le(sz, strlen(value), max));
	cr_assert(text_is_utf8(value, strlen(value)));
	if (!strcmp(type, "mrkdwn"))
		cr_assert(json_bool_or(text, "verbatim", false));
	else
		cr_assert(eq(str, (char *)type, "plain_text"));
}

static void check_message(const struct json *doc)
{
	const struct json *blocks = json_get(doc, "blocks");
	const struct json *block;

	cr_assert(le(sz, json_len(blocks), 50));
	cr_assert(ge(sz, json_len(blocks), 1));
	cr_assert(ne(sz, strlen(json_string_or(doc, "text", "")), 0));
	cr_assert(not(json_bool_or(doc, "unfurl_links", true)));
	cr_assert(not(json_bool_or(doc, "unfurl_media", true)));
	for (block = json_first(blocks); block; block = json_next(block)) {
		const char *type = json_string_or(block, "type", "");

		if (!strcmp(type, "header"))
			check_text(json_get(block, "text"), 150);
		else if (!strcmp(type, "section"))
			check_text(json_get(block, "text"), 3000);
		else if (!strcmp(type, "context"))
			check_text(json_first(json_get(block, "elements")),
				   2000);
		else
			cr_fail("a block of type '%s'", type);
	}
}

static const char *section(const struct json *doc, size_t number)
{
	const struct json *block = json_first(json_get(doc, "blocks"));

	while (number--)
		block = json_next(block);
	return json_string_or(block, "text.text", "(none)");
}

Test(slack, says_what_it_is_told)
{
	const struct notify_item items[] = {
		{ "pr-review: attention - 1 major", "one\ntwo" },
		{ NULL, "only text" },
		{ "only a title", NULL },
		{ NULL, NULL },
	};
	const struct notify_message message = {
		.id = "1",
		.event = "run",
		.title = "wallet-ios #7: Keep tokens safe",
		.items = items,
		.item_count = ARRAY_LEN(items),
		.url = "https://github.com/acme/wallet/pull/7?a=1&b=<2>|x",
		.url_title = "Open <the> pull",
		.footer = "7 of 7 files for $0.04",
	};
	struct json *doc = built(&message);

	check_message(doc);
	must_say("wallet-ios #7: Keep tokens safe",
		 json_string_or(doc, "text", ""));
	must_say("wallet-ios #7: Keep tokens safe", section(doc, 0));
	must_say("*pr-review: attention - 1 major*\none\ntwo", section(doc, 1));
	must_say("only text", section(doc, 2));
	must_say("*only a title*\n", section(doc, 3));
	must_say("<https://github.com/acme/wallet/pull/7?a=1&amp;b=%3C2%3E%7Cx|"
		 "Open  the  pull>",
		 section(doc, 4));
	cr_assert(eq(sz, json_len(json_get(doc, "blocks")), 6));
	json_free(doc);
}

Test(slack, nobody_is_mentioned_and_nothing_is_linked)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "<!channel> <!here> <!everyone>",
		  "&lt;!channel&gt; &lt;!here&gt; &lt;!everyone&gt;" },
		{ "<@U012AB3CD> <#C012|x> <!subteam^S1>",
		  "&lt;@\xe2\x80\x8bU012AB3CD&gt; &lt;#C012|x&gt; "
		  "&lt;!subteam^S1&gt;" },
		{ "<https://evil.example|click>",
		  "&lt;https://evil.example|click&gt;" },
		{ "@channel @here @ada",
		  "@\xe2\x80\x8b"
		  "channel @\xe2\x80\x8bhere @\xe2\x80\x8b"
		  "ada" },
		{ "a & b &lt;!here&gt;", "a &amp; b &amp;lt;!here&amp;gt;" },
		{ "\xe2\x80\xaegnp.exe\x1b[31m\x07", "gnp.exe[31m" },
		{ "<\xe2\x80\x8b!here>", "&lt;!here&gt;" },
		{ "\xff\xfe!", "\xef\xbf\xbd\xef\xbf\xbd!" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct notify_item item = { NULL, cases[i].text };
		const struct notify_message message = {
			.id = "1",
			.event = "run",
			.title = cases[i].text,
			.items = &item,
			.item_count = 1,
			.footer = cases[i].text,
		};
		struct json *doc = built(&message);

		check_message(doc);
		must_say(cases[i].said, json_string_or(doc, "text", ""));
		must_say(cases[i].said, section(doc, 0));
		must_say(cases[i].said, section(doc, 1));
		json_free(doc);
	}
}

Test(slack, stays_within_its_limits)
{
	static const char *const fillers[] = {
		"<", "&", "@", "x", "\xf0\x9f\x98\x80", "\xff", "\n", "*_~`"
	};
	struct notify_item items[200];

	for (size_t i = 0; i < ARRAY_LEN(fillers); i++) {
		size_t len = strlen(fillers[i]);
		char *text = xcalloc(len, 20000 + 1);
		struct notify_message message = {
			.id = "1",
			.event = "run",
			.title = text,
			.items = items,
			.item_count = ARRAY_LEN(items),
			.url = "https://forge.example/pull/1",
			.footer = text,
		};
		struct json *doc;

		for (size_t j = 0; j < 20000; j++)
			memcpy(text + j * len, fillers[i], len);
		for (size_t j = 0; j < ARRAY_LEN(items); j++)
			items[j] = (struct notify_item){ text, text };
		doc = built(&message);
		if (*fillers[i] != '\n') /* a title of blanks: see below */
			check_message(doc);
		cr_assert(strstr(section(doc, 47), "and 154 more") != NULL);
		json_free(doc);
		free(text);
	}
}

Test(slack, links_only_to_the_web)
{
	static const char *const urls[] = { "javascript:alert(1)",
					    "file:///etc", "slack://channel",
					    "", "//x" };

	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		const struct notify_message message = {
			.id = "1",
			.event = "run",
			.title = "t",
			.url = urls[i],
		};
		struct json *doc = built(&message);

		cr_assert(eq(sz, json_len(json_get(doc, "blocks")), 1));
		json_free(doc);
	}
}
