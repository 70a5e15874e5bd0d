#ifndef TESTS_UNIT_FORGE_ASKED_H
#define TESTS_UNIT_FORGE_ASKED_H

#include "forge/forge.h"
#include "io_fake.h"

/** \file
 * One wish, asked over the fake network until its answer is there.
 */

#define HEAD "1111111111111111111111111111111111111111"
#define BASE "2222222222222222222222222222222222222222"

/** What came back, flattened for comparing. */
struct asked {
	struct err err; /* ERR_OK: an answer */
	bool is_unchanged;
	size_t pulls, comments, threads;
	enum permission permission;
	char id[64];
	char first[512]; /* title of the first pull, body of the first comment
			  */
};

/** A forge of github with a token, state in `state_dir`; a failure ends the
 * test. `api` may be NULL. */
struct site {
	struct settings settings;
	struct project_settings *project;
	struct loop *loop;
	struct http *http;
	struct forge *forge;
};

void site_open(struct site *site, const char *state_dir, const char *more);
void site_close(struct site *site);

void ask(struct asked *out, struct site *site, const struct forge_wish *wish);

#endif /* TESTS_UNIT_FORGE_ASKED_H */
