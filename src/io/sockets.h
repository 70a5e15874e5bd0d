#ifndef IO_SOCKETS_H
#define IO_SOCKETS_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#include "io/loop.h"

/** \file
 * The sockets of one libcurl multi handle, watched on the loop. Private to io/.
 *
 * libcurl begins and ends watching with every request, though the next one
 * mostly goes over the same connection. What it loses interest in between
 * sockets_hold() and sockets_settle() is therefore dropped only by the latter;
 * if it is wanted again by then, nothing was changed and no system call made.
 */

/** `flags` are CURL_CSELECT_*. */
typedef void sockets_event_fn(void *payload, curl_socket_t fd, int flags);

struct sockets {
	struct loop *loop;
	sockets_event_fn *on_event;
	void *payload;
	struct watch **watches; /* by number; NULL: none was needed yet */
	size_t watch_count;
	struct watch *idle; /* watched, though nobody is interested */
	bool is_held;
};

/** The loop must outlive it. */
void sockets_init(struct sockets *sockets, struct loop *loop,
		  sockets_event_fn *on_event, void *payload);
/** After the multi handle's end. */
void sockets_release(struct sockets *sockets);

/* For CURLMOPT_SOCKETFUNCTION, CURLOPT_OPENSOCKETFUNCTION and
 * CURLOPT_CLOSESOCKETFUNCTION; `user` is the struct sockets. */
int sockets_watch(CURL *easy, curl_socket_t fd, int what, void *user,
		  void *socket_user);
curl_socket_t sockets_open(void *user, curlsocktype purpose,
			   struct curl_sockaddr *address);
int sockets_close(void *user, curl_socket_t fd);

void sockets_hold(struct sockets *sockets);
void sockets_settle(struct sockets *sockets);

#endif /* IO_SOCKETS_H */
