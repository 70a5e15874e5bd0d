#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "code/secret_kind.h"
#include "code/secrets.h"
#include "core/alloc.h"
#include "core/buf.h"
#include "secret_sample.h"

/* What Hyperscan compiles is made once for all tests: see tests/lib/run-unit.
 */
static struct secrets *open_engine(bool portable)
{
	struct secrets_options options = { getenv("XDG_CACHE_HOME"), portable };
	struct secrets *secrets;
	struct err err = ERR_INIT;

	must(secrets_new(&secrets, &options, &err));
	return secrets;
}

/* The ids of what is in `text`, each with a bar behind it. */
static char *ids_in(struct secrets *secrets, const char *text, const char *path)
{
	struct secret_findings findings;
	struct buf ids;

	buf_init(&ids, 1 << 20);
	secrets_scan(&findings, secrets, text, strlen(text), path);
	for (size_t i = 0; i < findings.len; i++)
		buf_addf(&ids, "%s|", findings.items[i].id);
	secret_findings_release(&findings);
	return buf_detach(&ids);
}

static bool is_found(struct secrets *secrets, const struct secret_kind *kind,
		     const char *like, uint64_t *seed)
{
	char *wanted = xstrf("%s|", kind->id);
	struct buf text;
	char *ids;
	bool found;

	buf_init(&text, 1 << 20);
	buf_addstr(&text, "call(1)\n");
	secret_sample(&text, like, seed);
	buf_addstr(&text, "\nnext(2)\n");
	ids = ids_in(secrets, text.ptr, NULL);
	found = strstr(ids, wanted) != NULL;
	free(ids);
	free(wanted);
	buf_release(&text);
	return found;
}

/* "{w36}" as "{w18}", or as "{x36}": what must not be taken for the real thing.
 */
static char *altered(const char *like, bool shorter)
{
	struct buf out;

	buf_init(&out, 65536);
	while (*like) {
		if (like[0] == '{' && like[2] >= '0' && like[2] <= '9') {
			unsigned long count = strtoul(like + 2, NULL, 10);
			char letter = shorter ? like[1] : 'x';

			if (like[1] == 'g')
				buf_addstr(&out, shorter ? "{h9}" : "{x36}");
			else
				buf_addf(&out, "{%c%lu}", letter,
					 shorter ? (count + 5) / 6 : count);
			like = strchr(like, '}') + 1;
		} else {
			buf_addch(&out, *like++);
		}
	}
	return buf_detach(&out);
}

static void check_kinds(struct secrets *secrets)
{
	uint64_t seed = 20261124;

	for (size_t i = 0; i < secret_kind_count(); i++) {
		const struct secret_kind *kind = secret_kind_at(i);
		unsigned found = 0;
		char *worse;

		if (!kind->like)
			continue;
		for (unsigned k = 0; k < 20; k++)
			found += is_found(secrets, kind, kind->like, &seed);
		/* Chance may deal an example that looks like no secret. */
		cr_expect(found >= 18, "%s: %u of 20 found", kind->id, found);
		worse = altered(kind->like, false);
		cr_expect(not(is_found(secrets, kind, worse, &seed)),
			  "%s: a placeholder is found", kind->id);
		free(worse);
		if (kind->flags & (KIND_PASSWORD | KIND_LOOSE))
			continue;
		worse = altered(kind->like, true);
		cr_expect(not(is_found(secrets, kind, worse, &seed)),
			  "%s: a sixth of it is found: %s", kind->id, worse);
		free(worse);
	}
}

Test(secrets, finds_each_kind_by_its_example)
{
	struct secrets *secrets = open_engine(false);

	check_kinds(secrets);
	secrets_free(secrets);
}

Test(secrets, finds_each_kind_by_keywords_alone)
{
	struct secrets *secrets = open_engine(true);

	cr_assert(eq(str, (char *)secrets_engine(secrets), "keywords"));
	check_kinds(secrets);
	secrets_free(secrets);
}

Test(secrets, knows_many_kinds_each_once)
{
	cr_assert(ge(sz, secret_kind_count(), 240));
	for (size_t i = 0; i < secret_kind_count(); i++) {
		for (size_t k = 0; k < i; k++)
			cr_assert(ne(str, (char *)secret_kind_at(i)->id,
				     (char *)secret_kind_at(k)->id));
	}
}

/* Both engines on one long text of everything. */
Test(secrets, gives_one_answer_with_either_engine)
{
	struct secrets *fast = open_engine(false);
	struct secrets *portable = open_engine(true);
	uint64_t seed = 7;
	struct buf text;
	char *one;
	char *other;

	buf_init(&text, 1 << 22);
	for (unsigned k = 0; k < 3 * secret_kind_count(); k++) {
		const struct secret_kind *kind =
			secret_kind_at(k % secret_kind_count());

		if (kind->like)
			secret_sample(&text, kind->like, &seed);
		buf_addstr(&text, k % 3 ? "\n" : " ");
	}
	one = ids_in(fast, text.ptr, NULL);
	other = ids_in(portable, text.ptr, NULL);
	cr_assert(gt(sz, strlen(one), 5000));
	cr_assert(eq(str, one, other));
	free(one);
	free(other);
	buf_release(&text);
	secrets_free(fast);
	secrets_free(portable);
}

Test(secrets, is_silent_on_code_that_speaks_of_secrets)
{
	static const char *const texts[] = {
		"let token = response.data.accessToken\n",
		"val password = binding.passwordField.text.toString()\n",
		"self.apiKey = self.cfi.propertyMap.allKeys\n",
		"@SuppressLint(\"DiscouragedPrivateApi\")\n",
		"let apiKey = ProcessInfo.processInfo.environment[\"KEY\"]\n",
		"static let tokenKey = \"com.acme.wallet.access_token\"\n",
		"const val PREF_TOKEN = \"pref_refresh_token_2\"\n",
		"let secretURL = \"https://acme.io/a1b2c3d4e5f6a7b8c9\"\n",
		"<string name=\"password_hint\">Your password</string>\n",
		"<string name=\"login_token\">@string/token_v2</string>\n",
		"API_KEY=${API_KEY}\n",
		"API_KEY=$(cat key)\n",
		"apiKey: \"<YOUR_API_KEY>\"\n",
		"apiKey: \"your_api_key_goes_here_1\"\n",
		"apiKey: \"xxxxxxxxxxxxxxxxxxxxxxxx\"\n",
		"password: \"changeme123!\"\n",
		"postgres://user:password@localhost/db\n",
		"storePassword 'android'\n",
		"storePassword keystoreProperties['storePassword']\n",
		"storePassword System.getenv(\"STORE_PASSWORD\")\n",
		"SPEC: 3bd23d814e976cd148d7d44c3ab78017b744cd58\n",
		"tokenHash = \"3bd23d814e976cd148d7d44c3ab78017b744cd58\"\n",
		"if (header.startsWith(\"-----BEGIN RSA PRIVATE KEY-----\"))\n",
		"Authorization: Bearer $TOKEN\n",
		"Authorization: Basic <credentials>\n",
		"basic understanding_of_the_matter\n",
		"case invalidTokenResponse = \"invalid_token_response_v2\"\n",
	};
	struct secrets *secrets = open_engine(false);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *ids = ids_in(secrets, texts[i], NULL);

		cr_expect(eq(str, ids, ""), "%s", texts[i]);
		free(ids);
	}
	secrets_free(secrets);
}

Test(secrets, names_the_place_and_never_the_secret)
{
	struct secrets *secrets = open_engine(false);
	struct secret_findings findings;
	uint64_t seed = 3;
	struct buf text;
	struct buf token;

	buf_init(&token, 4096);
	secret_sample(&token, "ghp_{w36}", &seed);
	buf_init(&text, 4096);
	buf_addf(&text, "a\r\n\nlet t = \"%s\"\n", token.ptr);
	secrets_scan(&findings, secrets, text.ptr, text.len, "a.swift");
	cr_assert(eq(sz, findings.len, 1));
	cr_assert(eq(str, (char *)findings.items[0].id, "github-token"));
	cr_assert(eq(sz, findings.items[0].line, 3));
	cr_assert(eq(sz, findings.items[0].column, 10));
	cr_assert(eq(sz, findings.items[0].length, 40));
	cr_assert(eq(int, findings.items[0].severity, SEVERITY_CRITICAL));
	cr_assert(eq(str, findings.items[0].masked, "ghp_... (40 bytes)"));
	secret_findings_release(&findings);
	buf_release(&text);
	buf_release(&token);
	secrets_free(secrets);
}

Test(secrets, finds_tokens_behind_escapes_and_none_within_words)
{
	static const struct {
		const char *before;
		const char *after;
		size_t count;
	} cases[] = {
		{ "", "", 1 },
		{ "\\n", "\\n", 1 },
		{ "https://acme.io/?t=%20", "&x", 1 },
		{ "a", "", 0 },
		{ "", "a", 0 },
		{ "'", "'", 1 },
		{ "\xff", "\xff", 1 },
	};
	struct secrets *secrets = open_engine(false);
	uint64_t seed = 5;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct secret_hits hits;
		struct buf text;

		buf_init(&text, 4096);
		buf_addstr(&text, cases[i].before);
		secret_sample(&text, "ghp_{w36}", &seed);
		buf_addstr(&text, cases[i].after);
		secrets_find(&hits, secrets, text.ptr, text.len, NULL);
		cr_expect(eq(sz, hits.len, cases[i].count), "%s",
			  cases[i].before);
		secret_hits_release(&hits);
		buf_release(&text);
	}
	secrets_free(secrets);
}

Test(secrets, knows_documented_samples)
{
	struct secrets *secrets = open_engine(false);
	struct secret_findings findings;
	const char *text = "id = AKIA"
			   "IOSFODNN7EXAMPLE\n";

	secrets_scan(&findings, secrets, text, strlen(text), NULL);
	cr_assert(eq(sz, findings.len, 1));
	cr_assert(findings.items[0].sample);
	cr_assert(eq(int, findings.items[0].severity, SEVERITY_INFO));
	secret_findings_release(&findings);
	secrets_free(secrets);
}

Test(secrets, trusts_no_names_in_files_of_checksums)
{
	struct secrets *secrets = open_engine(false);
	uint64_t seed = 9;
	struct buf text;
	char *ids;

	buf_init(&text, 4096);
	secret_sample(&text, "DATADOG_API_KEY = \"{h32}\"\n", &seed);
	ids = ids_in(secrets, text.ptr, "ios/Podfile.lock");
	cr_assert(eq(str, ids, ""));
	free(ids);
	ids = ids_in(secrets, text.ptr, "ios/Config.swift");
	cr_assert(eq(str, ids, "datadog-key|"));
	free(ids);
	buf_release(&text);
	secrets_free(secrets);
}
