#include <stdlib.h>
#include <string.h>

#include "config/secret_ref.h"
#include "config/value.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/strvec.h"
#include "io/child.h"
#include "io/file.h"

/* Reading secrets from where they are. Nothing here may put one, or what a
 * command says beside it, into a message. */

/* What a command needs to find its own configuration; none of these holds a
 * secret of ours. */
static const char *const passed_on[] = {
	"PATH",
	"HOME",
	"USER",
	"LANG",
	"XDG_RUNTIME_DIR",
	"SSL_CERT_FILE",
	"VAULT_ADDR",
	"VAULT_NAMESPACE",
	"AWS_PROFILE",
	"AWS_REGION",
	"AWS_CONFIG_FILE",
};

static int read_variable(struct buf *out, const char *name, struct err *err)
{
	const char *value = getenv(name);

	if (!value)
		return err_set(err, ERR_AUTH, "%s is not set", name);
	buf_addstr(out, value);
	return 0;
}

static int read_file(struct buf *out, const char *path, struct err *err)
{
	if (file_read(out, path, err) == 0)
		return 0;
	if (err->code != ERR_TOO_LARGE)
		err->code = ERR_AUTH;
	return -1;
}

/* systemd hands credentials over as files in a folder of the unit's own. */
static int read_credential(struct buf *out, const char *name, struct err *err)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char *path;
	int ret;

	if (!folder)
		return err_set(err, ERR_AUTH,
			       "CREDENTIALS_DIRECTORY is not set: the unit "
			       "needs LoadCredential=%.60s",
			       name);
	path = xstrf("%s/%s", folder, name);
	ret = read_file(out, path, err);
	free(path);
	return ret;
}

static int run_command(struct buf *out, const struct strvec *words,
		       struct err *err)
{
	struct child_variable variables[ARRAY_LEN(passed_on)];
	struct child_command command = {
		.argv = (const char *const *)words->v,
		.variables = variables,
		.timeout_ms = LIMIT_SECRET_WAIT_MS,
		.max_output_bytes = LIMIT_SECRET_BYTES,
	};
	struct child_result result = { 0 };
	int ret;

	for (size_t i = 0; i < ARRAY_LEN(passed_on); i++) {
		const char *value = getenv(passed_on[i]);

		if (value)
			variables[command.variable_count++] =
				(struct child_variable){ passed_on[i], value,
							 NULL };
	}
	ret = child_run(&result, &command, NULL, err);
	if (!ret && result.exit_status)
		ret = err_set(err, ERR_AUTH, "ended with status %d",
			      result.exit_status);
	else if (!ret)
		buf_add(out, result.output.ptr, result.output.len);
	else if (err->code == ERR_NOT_FOUND)
		err->code = ERR_AUTH;
	child_result_release(&result);
	return ret;
}

static int read_command(struct buf *out, const char *text, struct err *err)
{
	struct strvec words = STRVEC_INIT;
	int ret = value_words(&words, text, err);

	if (!ret && !words.len)
		ret = err_set(err, ERR_AUTH, "names no command");
	else if (!ret)
		ret = run_command(out, &words, err);
	strvec_release(&words);
	return ret;
}

static int read_plain(struct buf *out, const char *text, struct err *err UNUSED)
{
	buf_addstr(out, text);
	return 0;
}

/* Cuts white space off both ends; the offset of what is left. */
static size_t trim(struct buf *text)
{
	size_t start = 0;

	while (text->len && strchr(" \t\r\n", text->ptr[text->len - 1]))
		buf_truncate(text, text->len - 1);
	while (start < text->len && strchr(" \t\r\n", text->ptr[start]))
		start++;
	return start;
}

static int check_text(const struct buf *text, size_t start, struct err *err)
{
	if (buf_check(text, "it", err) < 0)
		return -1;
	if (start == text->len)
		return err_set(err, ERR_AUTH, "it is empty");
	if (memchr(text->ptr, '\0', text->len))
		return err_set(err, ERR_AUTH, "there is a NUL in it");
	return 0;
}

int secret_ref_get(struct secret **out, const struct secret_ref *ref,
		   struct err *err)
{
	static int (*const readers[])(struct buf * text, const char *from,
				      struct err *err) = {
		[SECRET_ENV] = read_variable,
		[SECRET_FILE] = read_file,
		[SECRET_COMMAND] = read_command,
		[SECRET_CREDENTIAL] = read_credential,
		[SECRET_PLAIN] = read_plain,
	};
	char *name;
	struct buf text;
	size_t start = 0;
	int ret = -1;

	if (ref->source == SECRET_NONE)
		return err_set(err, ERR_AUTH, "no secret is configured");
	name = secret_ref_name(ref);
	buf_init(&text, LIMIT_SECRET_BYTES);
	if (readers[ref->source](&text, ref->text, err) < 0)
		goto out;
	start = trim(&text);
	if (check_text(&text, start, err) < 0)
		goto out;
	*out = secret_new(name, text.ptr + start);
	ret = 0;
out:
	if (ret < 0)
		err_prefix(err, "%s", name);
	if (text.len)
		explicit_bzero(text.ptr, text.len);
	buf_release(&text);
	free(name);
	return ret;
}
