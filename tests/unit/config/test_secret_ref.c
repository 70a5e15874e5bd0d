#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/secret_ref.h"
#include "core/limits.h"

static int get(struct secret **out, const char *text, struct err *err)
{
	struct secret_ref ref;
	int ret;

	cr_assert(eq(int, secret_ref_parse(&ref, text, err), 0), "%s", text);
	ret = secret_ref_get(out, &ref, err);
	secret_ref_release(&ref);
	return ret;
}

static const struct {
	const char *text, *name, *value;
} good[] = {
	{ "env:REFEREE_TEST_KEY", "env:REFEREE_TEST_KEY", "k 1" },
	{ "command:printf 'k%s\\n' 2", "command:printf", "k2" },
	{ "command: sh -c 'echo k3; exit 0'", "command:sh", "k3" },
	{ "sk-plain", "a plain value", "sk-plain" },
};

Test(secret_ref, reads_from_where_it_is_told)
{
	setenv("REFEREE_TEST_KEY", " k 1\n", 1);
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct err err = ERR_INIT;
		struct secret *secret = NULL;

		must(get(&secret, good[i].text, &err));
		must_say(good[i].name, secret_name(secret));
		must_say(good[i].value, secret_reveal(secret));
		secret_free(secret);
	}
}

Test(secret_ref, reads_files_and_credentials)
{
	char folder[] = "/tmp/referee-secret-XXXXXX", path[128], text[160];
	struct err err = ERR_INIT;
	struct secret *secret = NULL;
	FILE *out;

	cr_assert(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/github", folder);
	out = fopen(path, "w");
	fputs("\n ghp_1 \n", out);
	fclose(out);
	snprintf(text, sizeof(text), "file:%s", path);
	must(get(&secret, text, &err));
	must_say("ghp_1", secret_reveal(secret));
	secret_free(secret);

	unsetenv("CREDENTIALS_DIRECTORY");
	must_fail(ERR_AUTH, get(&secret, "credential:github", &err));
	must_say("credential:github: CREDENTIALS_DIRECTORY is not set: the "
		 "unit needs LoadCredential=github",
		 err.msg);
	setenv("CREDENTIALS_DIRECTORY", folder, 1);
	must(get(&secret, "credential:github", &err));
	must_say("ghp_1", secret_reveal(secret));
	secret_free(secret);
	must_fail(ERR_AUTH, get(&secret, "credential:gitlab", &err));

	out = fopen(path, "w");
	for (int i = 0; i <= LIMIT_SECRET_BYTES; i++)
		fputc('k', out);
	fclose(out);
	must_fail(ERR_TOO_LARGE, get(&secret, text, &err));
	out = fopen(path, "w");
	fwrite("a\0b", 1, 3, out);
	fclose(out);
	must_fail(ERR_AUTH, get(&secret, text, &err));
	unlink(path);
	rmdir(folder);
}

static const struct {
	const char *text, *said;
} bad[] = {
	{ "env:REFEREE_TEST_NOTHING",
	  "env:REFEREE_TEST_NOTHING: REFEREE_TEST_NOTHING is not set" },
	{ "command:sh -c 'echo sk-leak; echo sk-leak >&2; exit 3'",
	  "command:sh: ended with status 3" },
	{ "command:true", "command:true: it is empty" },
	{ "command:/nowhere/vault", NULL },
};

Test(secret_ref, says_what_is_missing_and_nothing_more)
{
	unsetenv("REFEREE_TEST_NOTHING");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = ERR_INIT;
		struct secret *secret = NULL;

		must_fail(ERR_AUTH, get(&secret, bad[i].text, &err));
		cr_expect(strstr(err.msg, "sk-leak") == NULL, "%s", err.msg);
		if (bad[i].said)
			must_say(bad[i].said, err.msg);
	}
}

Test(secret_ref, gives_a_command_no_key_of_ours)
{
	struct err err = ERR_INIT;
	struct secret *secret = NULL;

	setenv("ANTHROPIC_API_KEY", "sk-ant-1", 1);
	must(get(&secret, "command:sh -c 'echo ${ANTHROPIC_API_KEY:-none}'",
		 &err));
	must_say("none", secret_reveal(secret));
	secret_free(secret);
}

Test(secret_ref, has_nothing_where_nothing_is_configured)
{
	struct secret_ref none = { 0 };
	struct err err = ERR_INIT;
	struct secret *secret;

	cr_assert(not(secret_ref_is_there(&none)));
	must_fail(ERR_AUTH, secret_ref_get(&secret, &none, &err));
}
