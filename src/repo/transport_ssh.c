#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/strvec.h"
#include "core/text.h"
#include "core/words.h"
#include "io/child.h"
#include "repo/transport.h"

enum { CONNECT_MS = 10000, IDLE_MS = 60000 };

/* What ssh needs of our environment: its configuration, its agent. */
static const char *const inherited[] = {
	"HOME",   "PATH",   "USER", "LOGNAME",    "SSH_AUTH_SOCK",
	"LANG",   "LC_ALL", "TZ",   "KRB5CCNAME", "XDG_RUNTIME_DIR",
	"TMPDIR",
};

/* '...' for the shell at the other end. */
static void add_quoted(struct buf *out, const char *text)
{
	buf_addch(out, '\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '!')
			buf_addf(out, "'\\%c'", *text);
		else
			buf_addch(out, *text);
	}
	buf_addch(out, '\'');
}

static int make_words(struct strvec *words, const struct transport *transport,
		      struct err *err)
{
	const struct remote_options *options = transport->options;
	const struct remote_url *url = &transport->url;
	const char *program = options->ssh_command;
	int64_t connect_ms = options->connect_ms > 0 ? options->connect_ms
						     : CONNECT_MS;
	struct buf command;

	if (!program)
		program = getenv("GIT_SSH_COMMAND");
	if (!program || !*program)
		program = "ssh";
	if (words_split(words, program, err) < 0)
		return err_prefix(err, "ssh command");
	strvec_add(words, "-oBatchMode=yes");
	strvec_addf(words, "-oConnectTimeout=%lld",
		    (long long)(connect_ms + 999) / 1000);
	strvec_add(words, "-oSendEnv=GIT_PROTOCOL");
	strvec_add(words, "-oServerAliveInterval=15");
	if (url->port) {
		strvec_add(words, "-p");
		strvec_add(words, url->port);
	}
	strvec_addf(words, "%s%s%s", url->user ? url->user : "",
		    url->user ? "@" : "", url->host);
	buf_init(&command, 2 * LIMIT_HTTP_URL_BYTES);
	buf_addf(&command, "%s ", git_service_name(transport->service));
	add_quoted(&command, url->path);
	strvec_add(words, command.ptr);
	buf_release(&command);
	return 0;
}

static int spawn(struct transport *transport, struct err *err)
{
	struct child_variable variables[ARRAY_LEN(inherited) + 1];
	struct child_command command = { .variables = variables };
	const struct remote_options *options = transport->options;
	struct strvec words = STRVEC_INIT;
	int ret = -1;

	for (size_t i = 0; i < ARRAY_LEN(inherited); i++)
		if (getenv(inherited[i]))
			variables[command.variable_count++] =
				(struct child_variable){
					.name = inherited[i],
					.value = getenv(inherited[i])
				};
	if (transport->service == SERVICE_FETCH)
		variables[command.variable_count++] = (struct child_variable){
			.name = "GIT_PROTOCOL", .value = "version=2"
		};
	command.idle_ms = options->idle_ms > 0 ? options->idle_ms : IDLE_MS;
	if (make_words(&words, transport, err) < 0 ||
	    transport_left_ms(&command.timeout_ms, transport, err) < 0)
		goto out;
	command.argv = (const char *const *)words.v;
	ret = child_stream_open(&transport->stream, &command, options->cancel,
				err);
out:
	strvec_release(&words);
	return ret;
}

/* The last line that was said on standard error. */
static char *last_words(const struct child_stream *stream)
{
	char *text = text_clean(child_stream_error_text(stream), true);
	size_t len = strlen(text);
	char *line, *copy;

	while (len > 0 && strchr(" \n", text[len - 1]))
		text[--len] = '\0';
	line = strrchr(text, '\n');
	copy = xstrdup(line ? line + 1 : text);
	free(text);
	return copy;
}

/* ssh says why only to people; these are its words, and git's. */
static enum err_code code_of(const char *text)
{
	static const struct {
		const char *words;
		enum err_code code;
	} known[] = {
		{ "Permission denied", ERR_AUTH },
		{ "Host key verification failed", ERR_AUTH },
		{ "Too many authentication failures", ERR_AUTH },
		{ "access denied", ERR_AUTH },
		{ "not allowed", ERR_AUTH },
		{ "does not appear to be a git repository", ERR_NOT_FOUND },
		{ "Repository not found", ERR_NOT_FOUND },
		{ "could not be found", ERR_NOT_FOUND },
		{ "ould not read from remote repository", ERR_NOT_FOUND },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcasestr(text, known[i].words))
			return known[i].code;
	return ERR_UNAVAILABLE;
}

static int explain_silence(struct transport *transport, struct err *err)
{
	const struct child_result *result;
	char *said;

	if (child_stream_finish(&result, transport->stream, err) < 0)
		return -1;
	said = last_words(transport->stream);
	err_set(err, code_of(child_stream_error_text(transport->stream)),
		"ssh: %s", *said ? said : "the connection ended");
	free(said);
	return -1;
}

static int read_reply(size_t *got, void *payload, void *bytes, size_t size,
		      struct err *err)
{
	struct transport *transport = payload;

	if (child_stream_read(got, transport->stream, bytes, size, err) < 0)
		return -1;
	if (*got == 0 && transport->received == 0)
		return explain_silence(transport, err);
	return transport_count(transport, *got, err);
}

static int request_service(struct transport *transport, const struct buf *body,
			   struct err *err)
{
	return child_stream_write(transport->stream, body->ptr, body->len, err);
}

/* A flush says that no more is wanted, in every version. */
static void close_ssh(struct transport *transport)
{
	struct err err;

	if (!transport->stream)
		return;
	if (transport->service == SERVICE_FETCH &&
	    !child_stream_write(transport->stream, "0000", 4, &err))
		child_stream_close_input(transport->stream);
	child_stream_free(transport->stream);
}

const struct transport_ops transport_ssh = {
	.advertise = spawn,
	.request = request_service,
	.read = read_reply,
	.close = close_ssh,
	.is_stateless = false,
};
