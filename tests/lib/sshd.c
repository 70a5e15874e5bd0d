#include "sshd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/alloc.h"
#include "io/child.h"
#include "unit.h"

static const char *const places[] = { "/usr/sbin/sshd", "/usr/local/sbin/sshd",
				      "/opt/homebrew/sbin/sshd" };

static const char *find_sshd(void)
{
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return NULL;
}

static int free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert(zero(bind(fd, (struct sockaddr *)&address, len)));
	cr_assert(zero(getsockname(fd, (struct sockaddr *)&address, &len)));
	close(fd);
	return ntohs(address.sin_port);
}

static void write_config(const struct sandbox *box, int port)
{
	sandbox_run(box,
		    "mkdir ssh && chmod 700 ssh && cd ssh && "
		    "ssh-keygen -q -t ed25519 -N '' -f host && "
		    "ssh-keygen -q -t ed25519 -N '' -f key && "
		    "cp key.pub authorized && chmod 600 authorized && "
		    "{ printf '[127.0.0.1]:%d '; cat host.pub; } >known && "
		    "cat >config <<EOF\n"
		    "ListenAddress 127.0.0.1:%d\n"
		    "HostKey $PWD/host\n"
		    "AuthorizedKeysFile $PWD/authorized\n"
		    "PidFile none\nStrictModes no\nUsePAM no\n"
		    "PasswordAuthentication no\n"
		    "KbdInteractiveAuthentication no\n"
		    "AcceptEnv GIT_PROTOCOL\n"
		    "EOF\n",
		    port, port);
}

static bool wait_until_open(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)port) };

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int tries = 0; tries < 200; tries++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		int ret = connect(fd, (struct sockaddr *)&address,
				  sizeof(address));

		close(fd);
		if (ret == 0)
			return true;
		usleep(25000);
	}
	return false;
}

bool sshd_start(struct sshd *sshd, const struct sandbox *box)
{
	struct err err = ERR_INIT;
	const char *program = find_sshd();
	char *config = sandbox_path(box, "ssh/config");
	const char *const argv[] = { program, "-D", "-e", "-f", config, NULL };
	struct child_command command = { .argv = argv, .timeout_ms = 60000 };
	bool ret = false;

	*sshd = (struct sshd){ .port = free_port() };
	if (!program)
		goto out;
	if (getuid() == 0)
		sandbox_run(box, "mkdir -p /run/sshd");
	write_config(box, sshd->port);
	must(child_stream_open(&sshd->child, &command, NULL, &err));
	ret = wait_until_open(sshd->port);
	sshd->ssh_command = xstrf("ssh -F none -i '%s/ssh/key' "
				  "-o UserKnownHostsFile='%s/ssh/known' "
				  "-o IdentitiesOnly=yes "
				  "-o IdentityAgent=none",
				  box->dir, box->dir);
out:
	free(config);
	return ret;
}

void sshd_stop(struct sshd *sshd)
{
	child_stream_free(sshd->child);
	free(sshd->ssh_command);
}
