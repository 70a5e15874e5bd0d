#ifndef TESTS_FAKE_IO_FAKE_H
#define TESTS_FAKE_IO_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/http.h"
#include "io/loop.h"

/** \file
 * A loop, a network and workers without any of them: link it before libio.a.
 * Time is virtual and jumps to whatever comes next, so that minutes of waiting
 * take none. Replies are what the test's script says.
 */

/** What the network does with one request. Strings are borrowed. */
struct fake_reply {
	int status;
	const char *headers[8]; /* "Name: value" */
	const char *body;
	size_t body_len;       /* 0: as far as the body's first NUL     */
	int64_t after_ms;      /* until the reply is there              */
	int64_t first_byte_ms; /* 0: as after_ms                        */
	enum err_code error;   /* instead of a reply; ERR_OK: the reply */
	bool is_unsent;        /* of an error: no byte has left         */
	bool hangs;            /* never replies                         */
};

/** One request as it left. Owned by the fake. */
struct fake_request {
	int64_t at_ms; /* since fake_reset() */
	char *method, *url, *body;
	struct strvec headers; /* secrets revealed */
};

/** Called for every request when it is sent; `number` counts from 0. */
typedef void fake_script_fn(struct fake_reply *out,
			    const struct fake_request *request, size_t number,
			    void *payload);

/** Time is 2026-11-24T03:00:00Z again, nothing was sent. Replaces the clocks.
 */
void fake_reset(fake_script_fn *script, void *payload);

/** Frees what was recorded. */
void fake_done(void);

size_t fake_request_count(void);
const struct fake_request *fake_request(size_t number);

/** How many were sent to URLs that begin with `url`. */
size_t fake_count_to(const char *url);

/** Milliseconds since fake_reset(). */
int64_t fake_now_ms(void);

/** Lets time pass without anything happening. */
void fake_sleep(int64_t ms);

/** The most requests that were under way at once. */
size_t fake_most_in_flight(void);

#endif /* TESTS_FAKE_IO_FAKE_H */
