#include "unit.h"

#include <stdint.h>
#include <string.h>

#include "code/canon.h"
#include "core/buf.h"

struct reading {
	const char *text;
	struct buf out;
};

static void note(const struct canon_pair *pair, void *payload)
{
	struct reading *reading = payload;

	buf_addf(&reading->out, "%.*s=%.*s%s|", (int)pair->name_len,
		 reading->text + pair->name, (int)pair->value_len,
		 reading->text + pair->value, pair->quoted ? "" : "!");
}

/* The pairs of the first line of `text` and what it leaves open. */
static char *pairs_of(const char *text)
{
	struct reading reading = { .text = text };
	struct canon_range range = { 0, strcspn(text, "\n"), strlen(text),
				     SIZE_MAX };

	buf_init(&reading.out, 65536);
	canon_scan(text, &range, note, &reading);
	return buf_detach(&reading.out);
}

/* Each way of writing it gives this pair, whatever else. */
Test(canon, reads_what_is_called_what)
{
	static const char *const texts[] = {
		"let apiKey = \"k3y-value\"",
		"private static let apiKey: String = \"k3y-value\"",
		"let apiKey: SecretText = \"k3y-value\"",
		"private const val apiKey: String = \"k3y-value\"",
		"static NSString *const apiKey = @\"k3y-value\";",
		"let key = env[\"apiKey\"] ?? \"k3y-value\"",
		"Config(apiKey: \"k3y-value\", retries: 3)",
		"{\"apiKey\": \"k3y-value\"}",
		"{apiKey: 'k3y-value'}",
		"var apiKey = `k3y-value`;",
		"<string name=\"apiKey\">k3y-value</string>",
		"<string name=\"apiKey\" translatable=\"false\">k3y-value"
		"</string>",
		"<key>apiKey</key>\n\t<string>k3y-value</string>\n",
		"<key>apiKey</key><string>k3y-value</string>",
		"<meta-data android:name=\"apiKey\" "
		"android:value=\"k3y-value\" />",
		"<meta-data android:name=\"apiKey\"\n"
		"    android:value=\"k3y-value\" />",
		"<Service apiKey=\"k3y-value\" />",
		"buildConfigField \"String\", \"apiKey\", "
		"\"\\\"k3y-value\\\"\"",
		"buildConfigField(\"String\", \"apiKey\", "
		"\"\\\"k3y-value\\\"\")",
		"resValue \"string\", \"apiKey\", \"k3y-value\"",
		"manifestPlaceholders = [apiKey: \"k3y-value\"]",
		"request.setValue(\"k3y-value\", "
		"forHTTPHeaderField: \"apiKey\")",
		"request.addHeader(\"apiKey\", \"k3y-value\")",
		"prefs.putString(\"apiKey\", \"k3y-value\")",
		"[headers setObject:@\"k3y-value\" forKey:@\"apiKey\"];",
		"get(\"https://acme.io/x?apiKey=k3y-value&y=1\")",
		"curl -H 'apiKey: k3y-value' https://acme.io",
		"let json = \"{\\\"apiKey\\\":\\\"k3y-value\\\"}\"",
		"String apiKey =\n        \"k3y-value\";",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *pairs = pairs_of(texts[i]);

		cr_assert(strstr(pairs, "apiKey=k3y-value|") != NULL, "%s\n%s",
			  texts[i], pairs);
		free(pairs);
	}
}

Test(canon, reads_lines_of_settings)
{
	static const char *const texts[] = {
		"API_KEY=k3y-value\n",      "API_KEY = k3y-value\n",
		"export API_KEY=k3y-value", "  API_KEY: k3y-value # why\n",
		"API_KEY=k3y-value\r\n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *pairs = pairs_of(texts[i]);

		cr_assert(strstr(pairs, "API_KEY=k3y-value!|") != NULL,
			  "%s\n%s", texts[i], pairs);
		free(pairs);
	}
}

Test(canon, keeps_statements_apart)
{
	static const char *const texts[] = {
		"apiKey = load();\nlog(\"k3y-value\")\n",
		"apiKey = load(); log(\"k3y-value\")",
		"if apiKey.isEmpty { show(\"k3y-value\") }",
		"don't use apiKey\n\"k3y-value\"",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *pairs = pairs_of(texts[i]);

		cr_assert(strstr(pairs, "apiKey=k3y-value") == NULL, "%s\n%s",
			  texts[i], pairs);
		free(pairs);
	}
}

Test(canon, ends_on_broken_text)
{
	static const char *const texts[] = { "",        "\"",     "a=\"",
					     "\\\"",    "<a",     "<key>",
					     "\"\\",    "a: 'b",  "</key",
					     "<a b=\"", "forKey:" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *pairs = pairs_of(texts[i]);

		cr_assert(eq(str, pairs, ""), "%s", texts[i]);
		free(pairs);
	}
}
