#include "io/sandbox.h"

#include <glob.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/text.h"
#include "io/child.h"

enum { CHECK_MS = 10 * 1000 };

/* What may be written beside the directory is memory of the machine. */
#define SCRATCH_BYTES "1073741824"

/* Of the system only programs, libraries and what these look up by name. */
static const char *const words[] = {
	"bwrap",
	"--die-with-parent",
	"--new-session",
	"--unshare-all",
	"--ro-bind",
	"/usr",
	"/usr",
	"--ro-bind-try",
	"/opt",
	"/opt",
	"--symlink",
	"usr/bin",
	"/bin",
	"--symlink",
	"usr/sbin",
	"/sbin",
	"--symlink",
	"usr/lib",
	"/lib",
	"--symlink",
	"usr/lib64",
	"/lib64",
	"--ro-bind-try",
	"/etc/alternatives",
	"/etc/alternatives",
	"--ro-bind-try",
	"/etc/ld.so.cache",
	"/etc/ld.so.cache",
	"--ro-bind-try",
	"/etc/ssl/certs",
	"/etc/ssl/certs",
	"--proc",
	"/proc",
	"--dev",
	"/dev",
	"--size",
	SCRATCH_BYTES,
	"--tmpfs",
	"/dev/shm",
	"--remount-ro",
	"/dev",
	"--size",
	SCRATCH_BYTES,
	"--tmpfs",
	"/tmp",
};

/* A Java that a distribution installed keeps its settings there. */
static void add_java(struct strvec *argv)
{
	glob_t found;

	if (glob("/etc/java*", 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			strvec_add(argv, "--ro-bind-try");
			strvec_add(argv, found.gl_pathv[i]);
			strvec_add(argv, found.gl_pathv[i]);
		}
		globfree(&found);
	}
}

/* bubblewrap leaves root all it may do, even to make the system writable.
 * Others have nothing to lose, and may not say so to a bwrap that is setuid. */
static void drop_powers(struct strvec *argv)
{
	if (geteuid() != 0)
		return;
	strvec_add(argv, "--cap-drop");
	strvec_add(argv, "ALL");
}

static void add_limit(struct strvec *argv, const char *name, int64_t value)
{
	if (value)
		strvec_addf(argv, "--%s=%lld", name, (long long)value);
}

void sandbox_add_words(struct strvec *argv, const struct sandbox *sandbox)
{
	const struct sandbox_limits *limits = &sandbox->limits;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		strvec_add(argv, words[i]);
	drop_powers(argv);
	add_java(argv);
	if (sandbox->directory) {
		strvec_add(argv, "--bind");
		strvec_add(argv, sandbox->directory);
		strvec_add(argv, "/work");
	}
	strvec_add(argv, "--remount-ro");
	strvec_add(argv, "/");
	strvec_add(argv, "--chdir");
	strvec_add(argv, sandbox->directory ? "/work" : "/tmp");
	strvec_add(argv, "--");
	strvec_add(argv, "prlimit");
	strvec_add(argv, "--core=0");
	add_limit(argv, "nproc", limits->processes);
	add_limit(argv, "data", limits->memory_bytes);
	add_limit(argv, "cpu", limits->cpu_seconds);
	add_limit(argv, "fsize", limits->file_bytes);
	strvec_add(argv, "--");
}

int sandbox_check(struct cancel *cancel, struct err *err)
{
	static const struct sandbox sandbox = { 0 };
	struct child_command command = { .directory = "/",
					 .timeout_ms = CHECK_MS };
	struct strvec argv = STRVEC_INIT;
	struct child_result result;
	int ret;

	sandbox_add_words(&argv, &sandbox);
	strvec_add(&argv, "true");
	command.argv = (const char *const *)argv.v;
	ret = child_run(&result, &command, cancel, err);
	if (ret < 0 && err->code == ERR_NOT_FOUND)
		err_set(err, ERR_UNAVAILABLE,
			"bubblewrap (bwrap) is not installed, and nothing of "
			"a change is run without it");
	if (!ret && result.exit_status != 0) {
		char *said = text_clean(result.error.ptr, false);

		ret = err_set(err, ERR_UNAVAILABLE,
			      "bubblewrap cannot make a sandbox here (in a "
			      "container it has to be allowed to make user "
			      "namespaces): %.200s",
			      said);
		free(said);
	}
	child_result_release(&result);
	strvec_release(&argv);
	return ret;
}
