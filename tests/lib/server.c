#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "io/child.h"
#include "unit.h"

enum { ARGUMENTS = 8 };

void server_start(struct server *server, const char *script,
		  const char *const *arguments)
{
	struct err err = ERR_INIT;
	char *path = xstrf("%s/tests/fake/%s", getenv("SRCDIR"), script);
	const char *argv[ARGUMENTS] = { "python3", path };
	struct child_variable path_variable = { .name = "PATH",
						.value = getenv("PATH") };
	struct child_command command = {
		.argv = argv,
		.variables = &path_variable,
		.variable_count = 1,
		.timeout_ms = 60000,
	};
	char line[128] = "";
	size_t len = 0, got;

	for (size_t i = 0; arguments && arguments[i] && i < ARGUMENTS - 3; i++)
		argv[i + 2] = arguments[i];
	must(child_stream_open(&server->child, &command, NULL, &err));
	do {
		must(child_stream_read(&got, server->child, line + len,
				       sizeof(line) - 1 - len, &err));
		len += got;
	} while (got > 0 && !strchr(line, '\n'));
	if (sscanf(line, "ready %d %d %d", &server->ports[0], &server->ports[1],
		   &server->ports[2]) < 1)
		cr_fatal("%s did not start: %s", path,
			 child_stream_error_text(server->child));
	free(path);
}

void server_stop(struct server *server)
{
	child_stream_free(server->child);
}

char *folder_new(void)
{
	const char *base = getenv("TMPDIR");
	char *path = xstrf("%s/referee-test.XXXXXX", base ? base : "/tmp");

	if (!mkdtemp(path))
		cr_fatal("%s cannot be made", path);
	return path;
}

void folder_remove(char *path)
{
	struct err err = ERR_INIT;
	struct child_result result;
	const char *const argv[] = { "rm", "-rf", path, NULL };
	struct child_command command = { .argv = argv, .timeout_ms = 30000 };

	must(child_run(&result, &command, NULL, &err));
	child_result_release(&result);
	free(path);
}
