#include "io/sockets.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utlist.h>

#include "core/alloc.h"
#include "io/loop_internal.h"

/* One per number of a socket. It is kept for the next socket of that number:
 * making one takes four system calls. */
struct watch {
	uv_poll_t poll;
	curl_socket_t fd;
	struct sockets *sockets;
	int events;     /* that are watched for; 0: it is not watched */
	bool is_ours;   /* opened here, and will be closed here */
	bool is_idle;   /* watched, though libcurl has lost interest */
	bool is_listed; /* in sockets->idle */
	struct watch *next_idle;
};

void sockets_init(struct sockets *sockets, struct loop *loop,
		  sockets_event_fn *on_event, void *payload)
{
	*sockets = (struct sockets){ .loop = loop,
				     .on_event = on_event,
				     .payload = payload };
}

void sockets_release(struct sockets *sockets)
{
	for (size_t i = 0; i < sockets->watch_count; i++)
		if (sockets->watches[i])
			loop_close_and_free(
				(uv_handle_t *)&sockets->watches[i]->poll);
	free(sockets->watches);
}

static struct watch *watch_new(struct sockets *sockets, curl_socket_t fd)
{
	struct watch *watch = xcalloc(1, sizeof(*watch));

	watch->fd = fd;
	watch->sockets = sockets;
	if (uv_poll_init_socket(&sockets->loop->uv, &watch->poll, fd) < 0) {
		free(watch);
		return NULL;
	}
	watch->poll.data = watch;
	return watch;
}

static void make_room(struct sockets *sockets, size_t count)
{
	size_t had = sockets->watch_count;

	if (count <= had)
		return;
	count += count / 2 + 16;
	sockets->watches = xreallocarray(sockets->watches, count,
					 sizeof(struct watch *));
	memset(sockets->watches + had, 0,
	       (count - had) * sizeof(struct watch *));
	sockets->watch_count = count;
}

/* NULL: the loop cannot watch it. */
static struct watch *watch_of(struct sockets *sockets, curl_socket_t fd)
{
	struct watch **at;

	make_room(sockets, (size_t)fd + 1);
	at = &sockets->watches[fd];
	if (!*at)
		*at = watch_new(sockets, fd);
	return *at;
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	const struct watch *watch = poll->data;
	int flags = status < 0 ? CURL_CSELECT_ERR : 0;

	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	watch->sockets->on_event(watch->sockets->payload, watch->fd, flags);
}

static void watch_for(struct watch *watch, int events)
{
	watch->is_idle = false;
	/* Others may have become another file meanwhile. */
	if (watch->is_ours && events == watch->events)
		return;
	watch->events = events;
	if (events)
		uv_poll_start(&watch->poll, events, on_poll);
	else
		uv_poll_stop(&watch->poll);
}

static void leave_idle(struct watch *watch)
{
	watch->is_idle = true;
	if (watch->is_listed)
		return;
	watch->is_listed = true;
	LL_PREPEND2(watch->sockets->idle, watch, next_idle);
}

int sockets_watch(CURL *easy UNUSED, curl_socket_t fd, int what, void *user,
		  void *socket_user UNUSED)
{
	struct sockets *sockets = user;
	struct watch *watch = watch_of(sockets, fd);
	int events = 0;

	if (!watch)
		return -1;
	if (what == CURL_POLL_REMOVE && watch->is_ours && sockets->is_held) {
		leave_idle(watch);
		return 0;
	}
	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		events |= UV_READABLE;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		events |= UV_WRITABLE;
	watch_for(watch, events);
	return 0;
}

void sockets_hold(struct sockets *sockets)
{
	sockets->is_held = true;
}

void sockets_settle(struct sockets *sockets)
{
	struct watch *watch;

	sockets->is_held = false;
	while ((watch = sockets->idle)) {
		LL_DELETE2(sockets->idle, watch, next_idle);
		watch->is_listed = false;
		if (watch->is_idle)
			watch_for(watch, 0);
	}
}

/* None may be closed while it is watched: libuv would take the next file of its
 * number for it. So only those are left idle of whose closing we know. */
curl_socket_t sockets_open(void *user, curlsocktype purpose UNUSED,
			   struct curl_sockaddr *address)
{
	struct watch *watch;
	int fd = socket(address->family, address->socktype, address->protocol);

	if (fd < 0)
		return CURL_SOCKET_BAD;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	watch = watch_of(user, fd);
	if (watch) {
		watch_for(watch, 0);
		watch->is_ours = true;
	}
	return fd;
}

int sockets_close(void *user, curl_socket_t fd)
{
	struct watch *watch = watch_of(user, fd);

	if (watch) {
		watch_for(watch, 0);
		watch->is_ours = false;
	}
	return close(fd);
}
