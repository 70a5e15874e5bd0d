/*
 * Slack's incoming webhooks, and what speaks the same: Block Kit. Nothing in a
 * text can mention anybody, be a link or be unfurled: & < > are escaped, text
 * is taken literally, and an invisible space stands behind each @ for those
 * that look for mentions in plain text.
 */
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "notify/kinds.h"

/* Slack's own limits, in characters; we count bytes, which are not fewer. */
enum {
	MAX_BLOCKS = 50,
	MAX_SECTION = 3000,
	MAX_HEADER = 150,
	MAX_CONTEXT = 2000,
	MAX_TEXT = 3000, /* of the line in notifications: 40,000 */
	MAX_URL = 2000,
	MAX_TITLE = 300,
	GAP_MS = 1000, /* "1 a second" for each webhook */
};

#define ZERO_WIDTH_SPACE "\xe2\x80\x8b"
#define ELLIPSIS         "\xe2\x80\xa6"

/* What stands for the character at `at`; its length otherwise. */
static const char *escape_of(char ch)
{
	switch (ch) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '@':
		return "@" ZERO_WIDTH_SPACE;
	default:
		return NULL;
	}
}

/* Appends `text` so that nothing in it is markup; at most `max` bytes are
 * added, and what is cut ends in an ellipsis. */
static void add_escaped(struct buf *out, const char *text, size_t max,
			bool lines)
{
	char *clean = text_clean(text ? text : "", lines);
	size_t end = out->len + max - strlen(ELLIPSIS);
	size_t len = strlen(clean);

	for (size_t i = 0; i < len;) {
		unsigned code_point;
		const char *escape = escape_of(clean[i]);
		size_t size = text_sequence(clean + i, len - i, &code_point);
		size_t add = escape ? strlen(escape) : size;

		if (out->len + add > end) {
			buf_addstr(out, ELLIPSIS);
			break;
		}
		buf_add(out, escape ? escape : clean + i, add);
		i += size;
	}
	free(clean);
}

static struct json *add_block(struct json *blocks, const char *type)
{
	struct json *block = json_add_object(blocks);

	json_set_string(block, "type", type);
	return block;
}

static void set_text(struct json *text, const char *value)
{
	json_set_string(text, "type", "mrkdwn");
	json_set_string(text, "text", value);
	json_set_bool(text, "verbatim", true);
}

static void add_header(struct json *blocks, const char *title)
{
	struct json *text;
	struct buf plain;

	buf_init(&plain, MAX_HEADER);
	add_escaped(&plain, title, MAX_HEADER, false);
	text = json_set_object(add_block(blocks, "header"), "text");
	json_set_string(text, "type", "plain_text");
	json_set_string(text, "text", plain.ptr);
	json_set_bool(text, "emoji", false);
	buf_release(&plain);
}

static void add_section(struct json *blocks, const char *markup)
{
	set_text(json_set_object(add_block(blocks, "section"), "text"), markup);
}

static void add_item(struct json *blocks, const struct notify_item *item)
{
	struct buf markup;

	buf_init(&markup, MAX_SECTION);
	if (item->title && *item->title) {
		buf_addch(&markup, '*');
		add_escaped(&markup, item->title, MAX_TITLE, false);
		buf_addstr(&markup, "*\n");
	}
	if (item->text)
		add_escaped(&markup, item->text, MAX_SECTION - markup.len,
			    true);
	if (markup.len) /* Slack refuses an empty text */
		add_section(blocks, markup.ptr);
	buf_release(&markup);
}

/* <URL|title>. Only http and https, and nothing that ends the link early. */
static void add_link(struct json *blocks, const char *url, const char *title)
{
	struct buf markup;

	if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
		return;
	if (strlen(url) > MAX_URL)
		return;
	buf_init(&markup, MAX_SECTION);
	buf_addch(&markup, '<');
	for (const char *at = url; *at; at++) {
		if ((unsigned char)*at <= ' ' || strchr("<>|\"\x7f", *at))
			buf_addf(&markup, "%%%02X", (unsigned char)*at);
		else if (*at == '&')
			buf_addstr(&markup, "&amp;");
		else
			buf_addch(&markup, *at);
	}
	buf_addch(&markup, '|');
	for (const char *at = title ? title : "Read more"; *at; at++)
		buf_addch(&markup, (char)(strchr("<>|&@", *at) ? ' ' : *at));
	buf_addch(&markup, '>');
	if (!markup.overflow)
		add_section(blocks, markup.ptr);
	buf_release(&markup);
}

static void add_footer(struct json *blocks, const char *footer)
{
	struct json *elements = json_set_array(add_block(blocks, "context"),
					       "elements");
	struct buf markup;

	buf_init(&markup, MAX_CONTEXT);
	add_escaped(&markup, footer, MAX_CONTEXT, false);
	set_text(json_add_object(elements), markup.ptr);
	buf_release(&markup);
}

static void add_items(struct json *blocks, const struct notify_message *message)
{
	const size_t spare = 3; /* what is left out, link, footer */
	size_t i;

	for (i = 0; i < message->item_count; i++) {
		if (json_len(blocks) + spare >= MAX_BLOCKS)
			break;
		add_item(blocks, &message->items[i]);
	}
	if (i < message->item_count) {
		struct buf markup;

		buf_init(&markup, MAX_SECTION);
		buf_addf(&markup, "%s and %zu more", ELLIPSIS,
			 message->item_count - i);
		add_section(blocks, markup.ptr);
		buf_release(&markup);
	}
}

static void build(struct buf *out, const struct notify_message *message)
{
	struct json *doc = json_new_object();
	struct json *blocks;
	struct buf text;

	buf_init(&text, MAX_TEXT);
	add_escaped(&text, message->title, MAX_TEXT, false);
	json_set_string(doc, "text", text.ptr);
	json_set_bool(doc, "unfurl_links", false);
	json_set_bool(doc, "unfurl_media", false);
	blocks = json_set_array(doc, "blocks");
	add_header(blocks, message->title);
	add_items(blocks, message);
	if (message->url)
		add_link(blocks, message->url, message->url_title);
	if (message->footer && *message->footer)
		add_footer(blocks, message->footer);
	json_print_to(out, doc);
	json_free(doc);
	buf_release(&text);
}

const struct notify_ops slack_ops = {
	.gap_ms = GAP_MS,
	.build = build,
};
