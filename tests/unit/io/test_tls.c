#include "unit.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "io/child.h"
#include "io/fetch_url.h"
#include "server.h"

/* A certificate for `name`, signed by itself, made for this test. */
static void make_certificate(const char *key, const char *certificate,
			     const char *name)
{
	struct err err = ERR_INIT;
	struct child_result result;
	char *names = xstrf("subjectAltName=%s", name);
	const char *const argv[] = { "openssl",
				     "req",
				     "-x509",
				     "-newkey",
				     "ec",
				     "-pkeyopt",
				     "ec_paramgen_curve:P-256",
				     "-nodes",
				     "-subj",
				     "/CN=test",
				     "-addext",
				     names,
				     "-keyout",
				     key,
				     "-out",
				     certificate,
				     NULL };
	struct child_command command = { .argv = argv, .timeout_ms = 30000 };

	must(child_run(&result, &command, NULL, &err));
	if (result.exit_status != 0)
		cr_fatal("openssl: %s", result.error.ptr);
	child_result_release(&result);
	free(names);
}

static int fetch_status(int port, const char *ca_file, enum err_code *code)
{
	char *url = xstrf("https://127.0.0.1:%d/chunked", port);
	struct http_request request = { .url = url,
					.timeout_ms = 20000,
					.max_reply_bytes = 1000,
					.ca_file = ca_file };
	const struct http_reply *reply;
	struct fetch *fetch;
	struct err err = ERR_INIT;
	int status = -1;

	must(fetch_new(&fetch, NULL, &err));
	if (!fetch_send(&reply, fetch, &request, &err))
		status = reply->status;
	*code = err.code;
	fetch_free(fetch);
	free(url);
	return status;
}

Test(tls, verifies_certificate_and_name, .timeout = 60)
{
	static const struct {
		const char *name;
		bool trusted;
		int status;
	} cases[] = { { "IP:127.0.0.1", true, 200 },
		      { "IP:127.0.0.1", false, -1 },
		      { "DNS:elsewhere.test", true, -1 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		enum err_code code;
		struct server server;
		char *folder = folder_new();
		char *key = xstrf("%s/key", folder);
		char *certificate = xstrf("%s/certificate", folder);
		const char *const arguments[] = { "--tls", certificate, key,
						  NULL };
		int status;

		make_certificate(key, certificate, cases[i].name);
		server_start(&server, "http_server.py", arguments);
		status = fetch_status(server.ports[2],
				      cases[i].trusted ? certificate : NULL,
				      &code);
		cr_assert(eq(int, status, cases[i].status), "%s",
			  cases[i].name);
		if (status < 0)
			cr_assert(eq(int, code, ERR_PROTOCOL));
		server_stop(&server);
		free(key);
		free(certificate);
		folder_remove(folder);
	}
}
