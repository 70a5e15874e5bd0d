#include "unit.h"

#include <pthread.h>
#include <string.h>

#include "code/redact.h"
#include "core/alloc.h"
#include "secret_sample.h"

static struct secrets *secrets;
static struct redactor *redactor;

static void open_redactor(void)
{
	struct secrets_options options = { NULL, true };
	struct err err = ERR_INIT;

	must(secrets_new(&secrets, &options, &err));
	redactor = redactor_new(secrets);
}

static void close_redactor(void)
{
	redactor_free(redactor);
	secrets_free(secrets);
}

TestSuite(redact, .init = open_redactor, .fini = close_redactor);

static char *redacted(const char *text, const char *path)
{
	struct buf out;

	buf_init(&out, 1 << 20);
	redact_text(&out, redactor, text, strlen(text), path);
	cr_assert(not(out.overflow));
	return buf_detach(&out);
}

static char *sample(const char *like, uint64_t seed)
{
	struct buf out;

	buf_init(&out, 1 << 16);
	secret_sample(&out, like, &seed);
	return buf_detach(&out);
}

Test(redact, numbers_values_by_kind)
{
	char *one = sample("ghp_{w36}", 1);
	char *two = sample("ghp_{w36}", 2);
	char *text = xstrf("%s %s\n%s ada@lovelace.io\n", one, two, one);
	char *out = redacted(text, NULL);

	cr_assert(eq(str, out,
		     "[redacted:github-token:1] [redacted:github-token:2]\n"
		     "[redacted:github-token:1] [redacted:email:1]\n"));
	free(out);
	out = redacted(two, "other.swift");
	cr_assert(eq(str, out, "[redacted:github-token:2]"));
	free(out);
	free(text);
	free(one);
	free(two);
}

Test(redact, counts_what_it_replaced)
{
	char *one = sample("ghp_{w36}", 1);
	char *text = xstrf("%s\n%s\nada@lovelace.io\n", one, one);
	char *out = redacted(text, NULL);
	size_t count;
	struct redacted_count *counts = redactor_counts(redactor, &count);

	cr_assert(eq(sz, count, 2));
	cr_assert(eq(str, (char *)counts[0].id, "email"));
	cr_assert(eq(sz, counts[0].places, 1));
	cr_assert(eq(str, (char *)counts[1].id, "github-token"));
	cr_assert(eq(sz, counts[1].places, 2));
	cr_assert(eq(sz, counts[1].values, 1));
	free(counts);
	free(out);
	free(text);
	free(one);
}

Test(redact, keeps_the_lines_of_a_key)
{
	char *line = sample("{b64}", 4);
	char *text = xstrf("let a = 1\n"
			   "-----BEGIN RSA %s-----\r\n%s\r\n%s\n"
			   "-----END RSA %s-----\nlet b = 2\n",
			   "PRIVATE KEY", line, line, "PRIVATE KEY");
	char *out = redacted(text, "a.swift");

	cr_assert(eq(str, out,
		     "let a = 1\n[redacted:private-key:1]\r\n\r\n\n\n"
		     "let b = 2\n"));
	free(out);
	free(text);
	free(line);
}

Test(redact, takes_a_key_whose_end_is_cut_off)
{
	char *line = sample("{b64}", 4);
	char *text = xstrf("x\n-----BEGIN %s-----\n%s\n%s\n", "PRIVATE KEY",
			   line, line);
	char *out = redacted(text, NULL);

	cr_assert(strstr(out, line) == NULL, "%s", out);
	cr_assert(strstr(out, "x\n[redacted:private-key:1]\n") == out);
	free(out);
	free(text);
	free(line);
}

Test(redact, takes_a_key_whose_beginning_is_cut_off)
{
	char *line = sample("{b64}", 4);
	char *text = xstrf("%s\n%s\n-----END %s-----\nx = 1\n", line, line,
			   "PRIVATE KEY");
	char *out = redacted(text, NULL);

	cr_assert(eq(str, out, "[redacted:private-key:1]\n\n\nx = 1\n"));
	free(out);
	free(text);
	free(line);
}

Test(redact, leaves_its_own_placeholders_alone)
{
	const char *text = "let apiKey = \"[redacted:github-token:1]\"\n";
	char *out = redacted(text, NULL);

	cr_assert(eq(str, out, (char *)text));
	cr_assert(redact_has_placeholder(text, strlen(text)));
	cr_assert(not(redact_has_placeholder("redacted:", 9)));
	free(out);
}

Test(redact, hides_samples_too)
{
	char *out = redacted("AKIA"
			     "IOSFODNN7EXAMPLE 4242424242424242",
			     NULL);

	cr_assert(eq(str, out,
		     "[redacted:aws-access-key:1] "
		     "[redacted:card:1]"));
	free(out);
}

Test(redact, passes_any_bytes)
{
	static const char bytes[] = "a\0b\xff\n\r\n\0";
	struct buf out;

	buf_init(&out, 1 << 16);
	redact_text(&out, redactor, bytes, sizeof(bytes), NULL);
	cr_assert(eq(sz, out.len, sizeof(bytes)));
	cr_assert(eq(int, memcmp(out.ptr, bytes, sizeof(bytes)), 0));
	redact_text(&out, redactor, "", 0, NULL);
	cr_assert(eq(sz, out.len, sizeof(bytes)));
	buf_release(&out);
}

static void *redact_many(void *payload)
{
	for (unsigned i = 0; i < 50; i++)
		free(redacted(payload, i % 2 ? "a" : "b"));
	return NULL;
}

Test(redact, serves_threads_at_once)
{
	char *one = sample("ghp_{w36} ada@lovelace.io", 1);
	pthread_t threads[4];
	size_t count;
	struct redacted_count *counts;

	for (unsigned i = 0; i < 4; i++)
		cr_assert(
			eq(int,
			   pthread_create(&threads[i], NULL, redact_many, one),
			   0));
	for (unsigned i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	counts = redactor_counts(redactor, &count);
	cr_assert(eq(sz, count, 2));
	cr_assert(eq(sz, counts[0].places, 200));
	cr_assert(eq(sz, counts[0].values, 1));
	cr_assert(eq(sz, counts[1].places, 200));
	free(counts);
	free(one);
}
