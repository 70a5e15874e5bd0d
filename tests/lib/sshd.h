#ifndef TESTS_LIB_SSHD_H
#define TESTS_LIB_SSHD_H

#include <stdbool.h>

#include "sandbox.h"

/** An OpenSSH server of this test alone: on loopback, with keys made for it,
 * for the user who runs the test. */
struct sshd {
	struct child_stream *child;
	int port;
	char *ssh_command; /* how to reach it, with its key and known host */
};

/** False if there is no sshd to be started; the test should be skipped. */
bool sshd_start(struct sshd *sshd, const struct sandbox *box);
void sshd_stop(struct sshd *sshd);

#endif /* TESTS_LIB_SSHD_H */
