#ifndef TESTS_LIB_SERVER_H
#define TESTS_LIB_SERVER_H

/** \file
 * Helper programs of tests/fake/ that a test talks to.
 */

struct server {
	struct child_stream *child;
	int ports[3];
};

/** Starts tests/fake/SCRIPT with up to four arguments (NULL-terminated list)
 * and waits until it is ready. A failure ends the test. */
void server_start(struct server *server, const char *script,
		  const char *const *arguments);
void server_stop(struct server *server);

/** A new empty folder; the caller removes it with folder_remove(). */
char *folder_new(void);
void folder_remove(char *path);

#endif /* TESTS_LIB_SERVER_H */
