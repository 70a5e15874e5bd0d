#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/json.h"
#include "core/json_write.h"
#include "core/limits.h"

static struct json *parsed(const char *text)
{
	struct json *doc = NULL;
	struct err err = ERR_INIT;

	must(json_parse(&doc, text, strlen(text), &err));
	return doc;
}

Test(json, follows_paths)
{
	struct json *doc = parsed("{\"a\":[{\"b\":\"x\"},{\"B\":true}]}");
	struct err err = ERR_INIT;
	const char *s;
	bool b;

	must(json_string(&s, doc, "a.0.b", &err));
	cr_assert(eq(str, (char *)s, "x"));
	must(json_bool(&b, doc, "a.1.B", &err));
	must_fail(ERR_PROTOCOL, json_bool(&b, doc, "a.1.b", &err));
	cr_assert(eq(str, err.msg, "a.1.b: true or false expected"));
	must_fail(ERR_PROTOCOL, json_string(&s, doc, "a.-1.b", &err));
	must_fail(ERR_PROTOCOL, json_string(&s, doc, "a..b", &err));
	json_free(doc);
}

Test(json, keeps_every_digit)
{
	struct json *doc = parsed(
		"{\"id\":9007199254740993,\"f\":1.5,\"n\":-9223372036854775808,"
		"\"s\":\"007\",\"big\":123456789012345678901234567890}");
	struct err err = ERR_INIT;
	int64_t n;
	char *id, *text;

	must(json_int(&n, doc, "id", &err));
	cr_assert(eq(i64, n, 9007199254740993));
	must(json_int(&n, doc, "n", &err));
	cr_assert(eq(i64, n, INT64_MIN));
	must_fail(ERR_PROTOCOL, json_int(&n, doc, "f", &err));
	must_fail(ERR_PROTOCOL, json_int(&n, doc, "big", &err));
	must(json_id(&id, doc, "id", &err));
	cr_assert(eq(str, id, "9007199254740993"));
	free(id);
	must(json_id(&id, doc, "s", &err));
	cr_assert(eq(str, id, "007"));
	free(id);
	text = json_print(doc);
	cr_assert(strstr(text, "\"id\":9007199254740993,") != NULL, "%s", text);
	free(text);
	json_free(doc);
}

/* What stands behind it in memory is not read. */
Test(json, ends_where_its_length_says)
{
	static const struct {
		const char *text;
		size_t len;
		bool is_json;
	} rows[] = {
		{ "[1]]", 3, true },    { "[[1]]", 4, false },
		{ "[[1] ]", 5, false }, { "12", 1, true },
		{ "\"a\"\"", 3, true }, { "\"a\"", 2, false },
		{ "true", 3, false },   { "[1 ]", 3, false },
		{ "{} \n x", 4, true }, { "\\u0000", 5, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *text = xmemdup(rows[i].text, rows[i].len);
		char *bare = xreallocarray(NULL, rows[i].len, 1);
		struct json *doc = NULL;
		struct err err = ERR_INIT;

		memcpy(bare, text, rows[i].len);
		cr_assert(eq(int, json_parse(&doc, bare, rows[i].len, &err),
			     rows[i].is_json ? 0 : -1),
			  "%zu: %s", i, text);
		json_free(doc);
		free(text);
		free(bare);
	}
}

Test(json, refuses_what_is_not_quite_json)
{
	static const char *const bad[] = {
		"",
		"{",
		"[1,]",
		"{\"a\":1,\"a\":2}",
		"{} x",
		"\"\xff\"",
		"\"\x01\"",
		"nul",
		"{\"a\":00000000000000000000000x}",
		"-----------------------",
		"[12345678901234567890-]",
	};
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	char deep[1000];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		must_fail(ERR_PROTOCOL,
			  json_parse(&doc, bad[i], strlen(bad[i]), &err));
	memset(deep, '[', sizeof(deep));
	must_fail(ERR_TOO_LARGE, json_parse(&doc, deep, sizeof(deep), &err));
}

/* Two bytes each, which become many more. */
Test(json, refuses_more_items_than_anybody_needs)
{
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	struct buf text;

	buf_init(&text, LIMIT_JSON_BYTES);
	buf_addstr(&text, "[0");
	for (long i = 0; i < LIMIT_JSON_ITEMS; i++)
		buf_addstr(&text, ",0");
	buf_addstr(&text, "]");
	must_fail(ERR_TOO_LARGE, json_parse(&doc, text.ptr, text.len, &err));
	/* Within a string they are none. */
	text.ptr[0] = text.ptr[text.len - 1] = '"';
	must(json_parse(&doc, text.ptr, text.len, &err));
	json_free(doc);
	buf_release(&text);
}

Test(json, an_escaped_nul_cuts_nothing_and_no_string_becomes_a_number)
{
	struct json *doc =
		parsed("[\"a\\u0000b\",\"\\u00011234\",\"\\\\u0000\"]");
	struct err err = ERR_INIT;
	const char *s;

	must(json_string(&s, doc, "0", &err));
	cr_assert(eq(str, (char *)s,
		     "a\xef\xbf\xbd"
		     "b"));
	must(json_string(&s, doc, "1", &err));
	cr_assert(eq(str, (char *)s,
		     "\xef\xbf\xbd"
		     "1234"));
	must(json_string(&s, doc, "2", &err));
	cr_assert(eq(str, (char *)s, "\\u0000"));
	json_free(doc);
}

Test(json, writes_what_it_was_given)
{
	struct json *doc = json_new_object();
	struct json *list = json_set_array(doc, "list");
	char *text;

	json_set_string(doc, "bad", "a\xff");
	json_set_string(doc, "none", NULL);
	json_set_int(doc, "n", INT64_MAX);
	json_set_int(doc, "n", 9007199254740993);
	json_add_string(list, "x");
	json_add_int(list, 2);
	text = json_print(doc);
	cr_assert(eq(str, text,
		     "{\"list\":[\"x\",2],\"bad\":\"a\xef\xbf\xbd\","
		     "\"none\":null,\"n\":9007199254740993}"));
	free(text);
	cr_assert(eq(sz, json_len(doc), 4));
	cr_assert(eq(i64, json_int_or(doc, "n", 0), 9007199254740993));
	cr_assert(json_is_null(json_find(doc, "nothing.here")));
	json_free(doc);
}

Test(json, writes_every_byte_and_number_as_it_can_be_read_again)
{
	static const char *const texts[] = {
		"",
		"\"",
		"\\",
		"a quoted \"word\", a \\, \b\f\n\r\t",
		"long enough for eight bytes at once \x02 and \x1f\x7f",
		"12345678\"12345678\\1234567\n",
		"gr\xc3\xbc\xc3\x9f",
	};
	static const double numbers[] = { 0,     -0.5,  1e15,   0.1,
					  1e300, -1e-7, 123456, 1.0 / 3 };
	struct json *doc = json_new_array(), *again;
	struct json *object = json_add_object(doc);
	struct err err = ERR_INIT;
	char *text, *second;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		json_add_string(doc, texts[i]);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		char name[20];

		snprintf(name, sizeof(name), "n%zu", i);
		json_set_double(object, name, numbers[i]);
	}
	text = json_print(doc);
	cr_assert(strstr(text,
			 "{\"n0\":0,\"n1\":-0.5,\"n2\":1e+15,"
			 "\"n3\":0.1,\"n4\":1e+300,\"n5\":-1e-07,"
			 "\"n6\":123456,\"n7\":0.33333333333333331}") != NULL,
		  "%s", text);
	cr_assert(strstr(text, "at once \\u0002 and \\u001f\x7f\"") != NULL,
		  "%s", text);
	must(json_parse(&again, text, strlen(text), &err));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const char *got;
		char path[20];

		snprintf(path, sizeof(path), "%zu", i + 1);
		must(json_string(&got, again, path, &err));
		cr_assert(eq(str, (char *)got, (char *)texts[i]));
	}
	second = json_print(again);
	cr_assert(eq(str, text, second));
	free(text);
	free(second);
	json_free(doc);
	json_free(again);
}

static const char *const hard_texts[] = {
	"",
	"plain",
	"\"quoted\\ \t\n\r\b\f\x01\x1f\x7f",
	"thirty-two bytes and some more of them, up to a \" here",
	"na\xc3\xafve \xe2\x82\xac \xf0\x9f\x98\x80, and on for many bytes "
	"more \xc3\xa9",
	"\xff bad \xc3 \xe2\x82 \xed\xa0\x80 \xc0\xaf \xf8",
	"0123456789012345678901234567890\xc3\xa9",
	"0123456789012345678901234567890\xc3",
};

/* Written at once, it is what a tree would be printed as. */
Test(json, is_written_as_a_tree_is_printed)
{
	struct json *doc = json_new_object(), *list, *within;
	struct json_writer json;
	struct buf out;
	char *text;

	json_set_string(doc, "a \"name\"", "ab\"c");
	json_set_string(doc, "none", NULL);
	list = json_set_array(doc, "list");
	for (size_t i = 0; i < ARRAY_LEN(hard_texts); i++)
		json_add_string(list, hard_texts[i]);
	within = json_add_object(list);
	json_set_array(within, "empty");
	json_set_int(within, "least", INT64_MIN);
	json_set_bool(within, "yes", true);
	json_set_double(within, "half", 0.5);
	json_set(doc, "copy", json_copy(within));

	buf_init(&out, KIB * 64);
	json = json_writer_of(&out);
	json_open(&json, NULL, '{');
	json_open_string(&json, "a \"name\"");
	json_add_text(&json, "ab");
	json_add_text(&json, "\"c");
	json_close_string(&json);
	json_put_string(&json, "none", NULL);
	json_open(&json, "list", '[');
	for (size_t i = 0; i < ARRAY_LEN(hard_texts); i++)
		json_put_string(&json, NULL, hard_texts[i]);
	json_open(&json, NULL, '{');
	json_open(&json, "empty", '[');
	json_close(&json, ']');
	json_put_int(&json, "least", INT64_MIN);
	json_put_bool(&json, "yes", true);
	json_put_double(&json, "half", 0.5);
	json_close(&json, '}');
	json_close(&json, ']');
	json_put(&json, "copy", within);
	json_close(&json, '}');

	text = json_print(doc);
	cr_assert_str_eq(out.ptr, text);
	free(text);
	json_free(doc);
	buf_release(&out);
}
