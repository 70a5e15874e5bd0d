/*
 * Requests a second through the gateway, against a bare loop of libcurl's
 * multi interface over epoll on the same server, and how long 200 workflows of
 * four agents take when every reply takes two seconds.
 */
#include <curl/curl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "gateway/gateway.h"
#include "io/http.h"
#include "io/loop.h"
#include "mock.h"
#include "services/kinds.h"

#define WANTED_RATIO  0.7
#define WANTED_FACTOR 1.15
#define WANTED_RSS_MB 128

static const char reply[] =
	"{\"id\":\"c\",\"object\":\"chat.completion\",\"model\":\"m\","
	"\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{"
	"\"role\":\"assistant\",\"content\":\"{\\\"findings\\\":[],"
	"\\\"summary\\\":\\\"fine\\\"}\"}}],\"usage\":{\"prompt_tokens\":900,"
	"\"completion_tokens\":20,\"total_tokens\":920}}";

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Of this process alone: unlike the time, it hardly depends on what else the
 * machine has to do. */
static double cpu_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

/* The bare loop. */

struct bare {
	CURLM *multi;
	int epoll;
	long wait_ms;
	size_t left; /* to be started */
	char *url, *body;
	struct curl_slist *headers;
};

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *payload,
		     void *known)
{
	struct bare *bare = payload;
	struct epoll_event event = { .data = { .fd = fd } };

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(bare->epoll, EPOLL_CTL_DEL, fd, NULL);
		curl_multi_assign(bare->multi, fd, NULL);
		return 0;
	}
	event.events = (what & CURL_POLL_IN ? EPOLLIN : 0) |
		       (what & CURL_POLL_OUT ? EPOLLOUT : 0);
	epoll_ctl(bare->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd,
		  &event);
	curl_multi_assign(bare->multi, fd, bare);
	return 0;
}

static int on_timer(CURLM *multi, long wait_ms, void *payload)
{
	struct bare *bare = payload;

	(void)multi;
	bare->wait_ms = wait_ms;
	return 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *payload)
{
	buf_add(payload, bytes, size * count);
	return size * count;
}

static void start_bare(struct bare *bare)
{
	CURL *easy = curl_easy_init();
	struct buf *body = xcalloc(1, sizeof(*body));

	buf_init(body, 1 << 20);
	bare->left--;
	curl_easy_setopt(easy, CURLOPT_URL, bare->url);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, bare->body);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, bare->headers);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, body);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 60000L);
	curl_multi_add_handle(bare->multi, easy);
}

/* How many of them ended. */
static size_t reap_bare(struct bare *bare)
{
	size_t ended = 0;
	CURLMsg *message;
	int more;

	while ((message = curl_multi_info_read(bare->multi, &more)) != NULL) {
		CURL *easy = message->easy_handle;
		struct buf *body;

		if (message->data.result != CURLE_OK) {
			fprintf(stderr, "bare: %s\n",
				curl_easy_strerror(message->data.result));
			exit(EXIT_FAILURE);
		}
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, &body);
		curl_multi_remove_handle(bare->multi, easy);
		curl_easy_cleanup(easy);
		buf_release(body);
		free(body);
		ended++;
		if (bare->left)
			start_bare(bare);
	}
	return ended;
}

static double run_bare(int port, char *body, size_t count, size_t at_once)
{
	struct bare bare = { .multi = curl_multi_init(),
			     .epoll = epoll_create1(0),
			     .left = count,
			     .wait_ms = -1,
			     .body = body };
	struct epoll_event events[256];
	double from = seconds();
	size_t ended = 0;
	int running;

	bare.url = xstrf("http://127.0.0.1:%d/v1/chat/completions", port);
	bare.headers = curl_slist_append(NULL,
					 "content-type: application/json");
	curl_multi_setopt(bare.multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(bare.multi, CURLMOPT_SOCKETDATA, &bare);
	curl_multi_setopt(bare.multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(bare.multi, CURLMOPT_TIMERDATA, &bare);
	for (size_t i = 0; i < at_once && bare.left; i++)
		start_bare(&bare);
	while (ended < count) {
		int got = epoll_wait(bare.epoll, events, 256,
				     (int)bare.wait_ms);

		if (got == 0)
			curl_multi_socket_action(
				bare.multi, CURL_SOCKET_TIMEOUT, 0, &running);
		for (int i = 0; i < got; i++)
			curl_multi_socket_action(bare.multi, events[i].data.fd,
						 0, &running);
		ended += reap_bare(&bare);
	}
	curl_multi_cleanup(bare.multi);
	curl_slist_free_all(bare.headers);
	free(bare.url);
	return seconds() - from;
}

/* The same through the gateway. */

struct load {
	struct gateway *gateway;
	struct ask ask;
	size_t left, ended;
};

static void ask_one(struct load *load);

static void on_end(const struct outcome *outcome, void *payload)
{
	struct load *load = payload;

	if (outcome->fault != FAULT_NONE) {
		fprintf(stderr, "gateway: %s\n", outcome->err.msg);
		exit(EXIT_FAILURE);
	}
	load->ended++;
	if (load->left)
		ask_one(load);
}

static void ask_one(struct load *load)
{
	struct err err = ERR_INIT;

	load->left--;
	if (gateway_ask(NULL, load->gateway, &load->ask, on_end, load, &err) <
	    0) {
		fprintf(stderr, "gateway: %s\n", err.msg);
		exit(EXIT_FAILURE);
	}
}

static double run_gateway(int port, const struct prompt *prompt, size_t count,
			  size_t at_once)
{
	char *url = xstrf("http://127.0.0.1:%d/v1", port);
	struct service service = { .name = "s",
				   .ops = &openai_service,
				   .url = url,
				   .concurrency = (int)at_once };
	struct chat chat = { .agent = "a",
			     .model = "gpt-6-luna",
			     .prompt = prompt,
			     .max_tokens = 1000,
			     .temperature = -1 };
	const char *const names[] = { "s" };
	struct gateway_options options = { .concurrency = (int)at_once };
	struct http_options limits = { .connections_per_host = (long)at_once,
				       .connections = (long)at_once };
	struct load load = {
		.ask = { .chat = &chat, .services = names, .service_count = 1 },
		.left = count
	};
	struct err err = ERR_INIT;
	struct loop *loop;
	struct http *http;
	double from = seconds();

	if (loop_new(&loop, &err) < 0 ||
	    http_new(&http, loop, &limits, &err) < 0 ||
	    gateway_new(&load.gateway, loop, http, &options, &err) < 0 ||
	    gateway_add_service(load.gateway, &service, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		exit(EXIT_FAILURE);
	}
	for (size_t i = 0; i < at_once && load.left; i++)
		ask_one(&load);
	loop_run(loop);
	from = seconds() - from;
	if (load.ended != count)
		exit(EXIT_FAILURE);
	gateway_free(load.gateway);
	http_free(http);
	loop_free(loop);
	free(url);
	return from;
}

static char *letters(size_t len)
{
	char *text = xcalloc(1, len + 1);

	for (size_t i = 0; i < len; i++)
		text[i] = "let total = price * 2 "[i % 22];
	return text;
}

static bool compare(struct prompt *prompt, char *body)
{
	static const size_t levels[] = { 1, 50, 200, 1000 };
	struct mock mock;
	bool good = true;

	mock_start(&mock, reply, 0);
	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		size_t count = levels[i] == 1 ? 2000 : 10000;
		double bare = 1e9, ours = 1e9, now, from;
		double bare_cpu = 1e9, ours_cpu = 1e9;

		/* The better of two: the machine has others to serve. */
		for (int round = 0; round < 2; round++) {
			from = cpu_seconds();
			now = run_bare(mock.port, body, count, levels[i]);
			bare = fmin(bare, now);
			bare_cpu = fmin(bare_cpu, cpu_seconds() - from);
			from = cpu_seconds();
			now = run_gateway(mock.port, prompt, count, levels[i]);
			ours = fmin(ours, now);
			ours_cpu = fmin(ours_cpu, cpu_seconds() - from);
		}
		printf("%4zu at once: bare %6.0f/s, gateway %6.0f/s, %.2f of "
		       "it; %.0f us more each; CPU %.0f and %.0f us each\n",
		       levels[i], (double)count / bare, (double)count / ours,
		       bare / ours, (ours - bare) / (double)count * 1e6,
		       bare_cpu / (double)count * 1e6,
		       ours_cpu / (double)count * 1e6);
		good &= bare / ours >= WANTED_RATIO;
	}
	mock_stop(&mock);
	return good;
}

/* 200 workflows, each of four agents one after the other. */
static bool run_workflows(struct prompt *prompt)
{
	struct rusage usage;
	struct mock mock;
	double took, factor;

	mock_start(&mock, reply, 2000);
	took = run_gateway(mock.port, prompt, 800, 200);
	mock_stop(&mock);
	getrusage(RUSAGE_SELF, &usage);
	factor = took / 8.0;
	printf("200 workflows x 4 agents, replies after 2 s: %.2f s, %.2f of "
	       "the longest chain, %ld MB\n",
	       took, factor, usage.ru_maxrss / 1024);
	return factor <= WANTED_FACTOR &&
	       usage.ru_maxrss / 1024 < WANTED_RSS_MB;
}

int main(void)
{
	char *change = letters(4000);
	char *body = xstrf("{\"model\":\"m\",\"messages\":[{\"role\":\"user\","
			   "\"content\":\"%s\"}]}",
			   change);
	char system[] = "system", task[] = "task";
	struct prompt prompt = { system, change, NULL, task };
	bool good;

	io_setup();
	good = compare(&prompt, body);
	good &= run_workflows(&prompt);
	free(body);
	free(change);
	if (!good)
		printf("below what is wanted (%.1f, %.2f, %d MB)\n",
		       WANTED_RATIO, WANTED_FACTOR, WANTED_RSS_MB);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
