#ifndef TESTS_BENCH_MOCK_H
#define TESTS_BENCH_MOCK_H

#include <sys/types.h>

/** \file
 * A small, fast HTTP server on loopback for benchmarks: the same reply to
 * every POST, after a delay.
 */
struct mock {
	pid_t pid;
	int port;
};

/** In a process of its own, which ends with mock_stop() or its parent. Exits
 * the program on failure. */
void mock_start(struct mock *mock, const char *body, int delay_ms);
void mock_stop(const struct mock *mock);

#endif /* TESTS_BENCH_MOCK_H */
