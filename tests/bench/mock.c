#include "mock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_MAX 4096
#define INPUT_MAX   (64 * 1024)

/* One connection: how much of its request is missing. */
struct client {
	char head[8192];
	size_t head_len;
	long body_left; /* -1: still in the head */
};

/* Replies that are due, first come first served: the delay is the same. */
struct due {
	int fd;
	int64_t at_ms;
};

static struct client clients[CLIENTS_MAX];
static struct due dues[CLIENTS_MAX];
static size_t due_first, due_count;
static char reply[65536];
static size_t reply_len;

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static void send_reply(int fd)
{
	if (write(fd, reply, reply_len) != (ssize_t)reply_len)
		close(fd);
}

static void answer(int fd, int delay_ms)
{
	if (!delay_ms) {
		send_reply(fd);
		return;
	}
	dues[(due_first + due_count++) % CLIENTS_MAX] =
		(struct due){ fd, now_ms() + delay_ms };
}

/* Takes `len` bytes in; answers when the request is whole. */
static void take(int fd, const char *bytes, size_t len, int delay_ms)
{
	struct client *client = &clients[fd];
	const char *end, *length;
	size_t part;

	if (client->body_left < 0) {
		part = sizeof(client->head) - 1 - client->head_len;
		part = len < part ? len : part;
		memcpy(client->head + client->head_len, bytes, part);
		client->head_len += part;
		client->head[client->head_len] = '\0';
		end = strstr(client->head, "\r\n\r\n");
		if (!end)
			return;
		length = strcasestr(client->head, "content-length:");
		client->body_left = length ? atol(length + 15) : 0;
		client->body_left -= (long)(client->head_len -
					    (size_t)(end + 4 - client->head));
		bytes += part;
		len -= part;
	}
	client->body_left -= (long)len;
	if (client->body_left > 0)
		return;
	client->head_len = 0;
	client->body_left = -1;
	answer(fd, delay_ms);
}

static void serve(int listener, int delay_ms)
{
	int epoll = epoll_create1(0), one = 1;
	struct epoll_event event = { .events = EPOLLIN,
				     .data = { .fd = listener } };
	static struct epoll_event events[256];
	static char input[INPUT_MAX];

	epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
	for (;;) {
		int64_t now = now_ms();
		int wait = -1, count;

		while (due_count && dues[due_first].at_ms <= now) {
			send_reply(dues[due_first].fd);
			due_first = (due_first + 1) % CLIENTS_MAX;
			due_count--;
		}
		if (due_count)
			wait = (int)(dues[due_first].at_ms - now);
		count = epoll_wait(epoll, events, 256, wait);
		for (int i = 0; i < count; i++) {
			int fd = events[i].data.fd;
			ssize_t got;

			if (fd == listener) {
				fd = accept(listener, NULL, NULL);
				if (fd < 0 || fd >= CLIENTS_MAX)
					continue;
				setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one,
					   sizeof(one));
				clients[fd] =
					(struct client){ .body_left = -1 };
				event.data.fd = fd;
				epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
				continue;
			}
			got = read(fd, input, sizeof(input));
			if (got <= 0)
				close(fd);
			else
				take(fd, input, (size_t)got, delay_ms);
		}
	}
}

void mock_start(struct mock *mock, const char *body, int delay_ms)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listener < 0 ||
	    bind(listener, (struct sockaddr *)&address, len) < 0 ||
	    listen(listener, 2048) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &len) < 0)
		die("mock");
	mock->port = ntohs(address.sin_port);
	reply_len = (size_t)snprintf(reply, sizeof(reply),
				     "HTTP/1.1 200 OK\r\n"
				     "content-type: application/json\r\n"
				     "content-length: %zu\r\n\r\n%s",
				     strlen(body), body);
	mock->pid = fork();
	if (mock->pid < 0)
		die("fork");
	if (mock->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		serve(listener, delay_ms);
	}
	close(listener);
}

void mock_stop(const struct mock *mock)
{
	kill(mock->pid, SIGKILL);
	waitpid(mock->pid, NULL, 0);
}
