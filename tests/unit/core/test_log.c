#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "core/log.h"
#include "core/secret.h"

static char last[4096];

static void keep(const char *line, void *payload UNUSED)
{
	snprintf(last, sizeof(last), "%s", line);
}

Test(log, masks_living_secrets_and_control_characters)
{
	struct secret *secret = secret_new("env:KEY", "sk-verysecret");

	log_set_sink(keep, NULL);
	log_warn("sent %s\x1b[31m to\nx", "sk-verysecret");
	cr_assert(eq(str, last, "referee: warning: sent [secret][31m to x\n"));
	secret_free(secret);
	log_debug("not wanted");
	cr_assert(eq(str, last, "referee: warning: sent [secret][31m to x\n"));
}

Test(log, writes_json_lines)
{
	struct err err = ERR_INIT;
	struct json *doc = NULL;

	log_set_sink(keep, NULL);
	log_set_json(true);
	log_error("a \"quote\"");
	must(json_parse(&doc, last, strlen(last), &err));
	cr_assert(eq(str, (char *)json_string_or(doc, "level", ""), "error"));
	cr_assert(
		eq(str, (char *)json_string_or(doc, "msg", ""), "a \"quote\""));
	json_free(doc);
}
