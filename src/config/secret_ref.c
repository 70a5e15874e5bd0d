#include "config/secret_ref.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "config/value.h"
#include "core/alloc.h"

static const char *const prefixes[] = {
	[SECRET_ENV] = "env:",
	[SECRET_FILE] = "file:",
	[SECRET_COMMAND] = "command:",
	[SECRET_CREDENTIAL] = "credential:",
};

void secret_ref_release(struct secret_ref *ref)
{
	free(ref->text);
	*ref = (struct secret_ref){ 0 };
}

static bool is_variable(const char *text)
{
	if (isdigit((unsigned char)*text))
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && *text != '_')
			return false;
	return true;
}

static int check_place(enum secret_source source, const char *text,
		       struct err *err)
{
	struct strvec words = STRVEC_INIT;
	int ret = 0;

	if (!*text)
		return err_set(err, ERR_INVALID, "names nothing behind '%s'",
			       prefixes[source]);
	if (source == SECRET_ENV && !is_variable(text))
		return err_set(err, ERR_INVALID,
			       "must name a variable behind 'env:'");
	if (source == SECRET_CREDENTIAL &&
	    (strchr(text, '/') || !strcmp(text, "..")))
		return err_set(err, ERR_INVALID,
			       "must name a credential, not a path, behind "
			       "'credential:'");
	if (source == SECRET_FILE && *text != '/')
		return err_set(err, ERR_INVALID,
			       "must be an absolute path behind 'file:'");
	if (source == SECRET_COMMAND)
		ret = value_words(&words, text, err);
	strvec_release(&words);
	return ret;
}

int secret_ref_parse(struct secret_ref *out, const char *text, struct err *err)
{
	enum secret_source source = SECRET_PLAIN;

	if (!*text)
		return err_set(err, ERR_INVALID, "must not be empty");
	for (size_t i = SECRET_ENV; i < ARRAY_LEN(prefixes); i++) {
		if (strncmp(text, prefixes[i], strlen(prefixes[i])) != 0)
			continue;
		source = (enum secret_source)i;
		text += strlen(prefixes[i]);
		text += strspn(text, " \t");
		if (check_place(source, text, err) < 0)
			return -1;
		break;
	}
	*out = (struct secret_ref){ source, xstrdup(text) };
	return 0;
}

int field_set_secret(void *at, const struct field *field UNUSED,
		     const char *text, struct err *err)
{
	struct secret_ref ref;

	if (secret_ref_parse(&ref, text, err) < 0)
		return -1;
	secret_ref_release(at);
	*(struct secret_ref *)at = ref;
	return 0;
}

char *secret_ref_name(const struct secret_ref *ref)
{
	struct strvec words = STRVEC_INIT;
	struct err err;
	char *name;

	switch (ref->source) {
	case SECRET_NONE:
		return xstrdup("nothing");
	case SECRET_PLAIN:
		return xstrdup("a plain value");
	case SECRET_COMMAND: /* its arguments may tell too much */
		name = value_words(&words, ref->text, &err) == 0 && words.len
			       ? xstrf("command:%s", words.v[0])
			       : xstrdup("command:");
		strvec_release(&words);
		return name;
	default:
		return xstrf("%s%s", prefixes[ref->source], ref->text);
	}
}

bool secret_ref_is_there(const struct secret_ref *ref)
{
	const char *value;

	if (ref->source != SECRET_ENV)
		return ref->source != SECRET_NONE;
	value = getenv(ref->text);
	return value && *value;
}
