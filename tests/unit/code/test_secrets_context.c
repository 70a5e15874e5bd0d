#include "unit.h"

#include <string.h>

#include "code/secrets.h"
#include "core/buf.h"
#include "secret_sample.h"

/* How mobile code writes a name and its value: %1$s and %2$s. */
static const char *const contexts[] = {
	"let %1$s = \"%2$s\"",
	"private let %1$s: String = \"%2$s\"",
	"static let %1$s: String? = \"%2$s\"",
	"let x = Keys(%1$s: \"%2$s\")",
	"let d = [\"%1$s\": \"%2$s\"]",
	"let v = ProcessInfo.processInfo.environment[\"%1$s\"] ?? \"%2$s\"",
	"request.setValue(\"%2$s\", forHTTPHeaderField: \"%1$s\")",
	"private const val %1$s = \"%2$s\"",
	"val %1$s: String = \"%2$s\"",
	"mapOf(\"%1$s\" to \"%2$s\")",
	"private static final String %1$s = \"%2$s\";",
	"static NSString * const %1$s = @\"%2$s\";",
	"#define %1$s @\"%2$s\"",
	"[request setValue:@\"%2$s\" forHTTPHeaderField:@\"%1$s\"];",
	"<string name=\"%1$s\">%2$s</string>",
	"<string name=\"%1$s\" translatable=\"false\">%2$s</string>",
	"<key>%1$s</key>\n\t<string>%2$s</string>",
	"<meta-data android:name=\"%1$s\" android:value=\"%2$s\" />",
	"<meta-data\n  android:name=\"%1$s\"\n  android:value=\"%2$s\" />",
	"buildConfigField \"String\", \"%1$s\", \"\\\"%2$s\\\"\"",
	"buildConfigField(\"String\", \"%1$s\", \"\\\"%2$s\\\"\")",
	"buildConfigField 'String', '%1$s', '\"%2$s\"'",
	"resValue \"string\", \"%1$s\", \"%2$s\"",
	"%1$s=%2$s",
	"%1$s = %2$s",
	"export %1$s=\"%2$s\"",
	"  %1$s: %2$s",
	"const %1$s: string = '%2$s';",
	"{\"%1$s\": \"%2$s\"}",
	"{\"x\":1,\"%1$s\":\"%2$s\",\"y\":2}",
	"fetch(`https://api.acme.io/v1?%1$s=%2$s&lang=en`)",
	"curl -H '%1$s: %2$s' https://api.acme.io",
	"final String %1$s = '%2$s';",
};

static const struct {
	const char *name;
	const char *value;
	const char *id;
} samples[] = {
	{ "DATADOG_API_KEY", "{h32}", "datadog-key" },
	{ "CLIENT_SECRET", "{w40}", "generic-secret" },
	{ "DB_PASSWORD", "{w8}7!{w4}", "generic-password" },
	{ "SERVICE_TOKEN", "ghp_{w36}", "github-token" },
};

static void fill(struct buf *out, const char *context, const char *name,
		 const char *value)
{
	for (; *context; context++) {
		if (strncmp(context, "%1$s", 4) == 0)
			buf_addstr(out, name);
		else if (strncmp(context, "%2$s", 4) == 0)
			buf_addstr(out, value);
		else
			buf_addch(out, *context);
		context += *context == '%' ? 3 : 0;
	}
}

/* Is `value` in `text` found whole, and as `id`? */
static bool is_found(struct secrets *secrets, const struct buf *text,
		     const char *value, const char *id)
{
	struct secret_hits hits;
	bool found = false;

	secrets_find(&hits, secrets, text->ptr, text->len, NULL);
	for (size_t i = 0; i < hits.len; i++) {
		const struct secret_hit *hit = &hits.items[i];

		if (hit->end - hit->start == strlen(value) &&
		    memcmp(text->ptr + hit->start, value, strlen(value)) == 0 &&
		    strcmp(secret_id(hit->kind), id) == 0)
			found = true;
	}
	secret_hits_release(&hits);
	return found;
}

Test(secrets, finds_values_in_every_mobile_context)
{
	struct secrets_options options = { NULL, true };
	struct secrets *secrets;
	struct err err = ERR_INIT;
	uint64_t seed = 11;

	must(secrets_new(&secrets, &options, &err));
	for (size_t c = 0; c < sizeof(contexts) / sizeof(contexts[0]); c++) {
		for (size_t s = 0; s < sizeof(samples) / sizeof(samples[0]);
		     s++) {
			struct buf value;
			struct buf text;

			buf_init(&value, 4096);
			buf_init(&text, 4096);
			secret_sample(&value, samples[s].value, &seed);
			buf_addstr(&text, "import Foundation\n");
			fill(&text, contexts[c], samples[s].name, value.ptr);
			buf_addstr(&text, "\nfunc next() {}\n");
			cr_expect(is_found(secrets, &text, value.ptr,
					   samples[s].id),
				  "%s in %s", samples[s].id, text.ptr);
			buf_release(&value);
			buf_release(&text);
		}
	}
	secrets_free(secrets);
}

/* A minified file is one line: names are read where they stand. */
Test(secrets, finds_values_in_a_line_of_megabytes)
{
	struct secrets_options options = { NULL, true };
	struct secrets *secrets;
	struct err err = ERR_INIT;
	uint64_t seed = 13;
	struct buf value;
	struct buf text;

	must(secrets_new(&secrets, &options, &err));
	buf_init(&value, 4096);
	buf_init(&text, 1 << 22);
	secret_sample(&value, "{h32}", &seed);
	while (text.len < 1000000)
		buf_addstr(&text, "{\"n\":1,\"s\":\"a token's text\"},");
	buf_addf(&text, "{\"datadogApiKey\":\"%s\"},", value.ptr);
	while (text.len < 2000000)
		buf_addstr(&text, "{\"n\":1,\"s\":\"x\"},");
	cr_assert(is_found(secrets, &text, value.ptr, "datadog-key"));
	buf_release(&value);
	buf_release(&text);
	secrets_free(secrets);
}
