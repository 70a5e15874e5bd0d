/*
 * How fast text is searched for secrets. Usage: bench_secrets [FILE...]
 *
 * Over the files given (or a made-up source file), then over hostile lines of
 * 600 kB. Prints a line a case; fails if a bound of the design does not hold
 * by far, so that a quiet machine is no condition.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "code/secret_kind.h"
#include "code/secrets.h"
#include "core/buf.h"
#include "secret_sample.h"

#define HOSTILE_BYTES 600000
#define TEXT_BYTES    (256u << 20)
#define WANTED_MB_S   300.0
#define WANTED_MS     100.0

/* Seconds this thread has computed. */
static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double search_seconds(struct secrets *secrets, const struct buf *text)
{
	struct secret_hits hits;
	double from = cpu_seconds();

	secrets_find(&hits, secrets, text->ptr, text->len, NULL);
	from = cpu_seconds() - from;
	secret_hits_release(&hits);
	return from;
}

static bool add_file(struct buf *text, const char *path)
{
	char chunk[65536];
	FILE *file = fopen(path, "rb");
	size_t got;

	if (!file)
		return false;
	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_add(text, chunk, got);
	fclose(file);
	return true;
}

static void add_source(struct buf *text)
{
	for (unsigned i = 0; text->len < (4u << 20); i++)
		buf_addf(text,
			 "    /// Returns the total of row %u, see #%u.\n"
			 "    func total%u(for items: [Item], rate: Double = "
			 "1.%u) -> Double {\n"
			 "        guard let session = store.session else { "
			 "return 0 }\n"
			 "        return items.map { $0.price * rate }"
			 ".reduce(0, +)\n    }\n\n",
			 i, i % 977, i, i % 10);
}

static void measure_speed(struct secrets *secrets, const struct buf *text)
{
	double best = 1e9;

	for (int i = 0; i < 5; i++) {
		double seconds = search_seconds(secrets, text);

		best = seconds < best ? seconds : best;
	}
	printf("%-24s %6.1f MB at %5.0f MB/s (%.2f of %.0f)\n",
	       secrets_engine(secrets), (double)text->len / 1e6,
	       (double)text->len / 1e6 / best,
	       (double)text->len / 1e6 / best / WANTED_MB_S, WANTED_MB_S);
}

/* One line of a keyword of `kind`, or its examples with their ends cut off. */
static void add_hostile(struct buf *line, const struct secret_kind *kind,
			const char *joint, bool examples)
{
	uint64_t seed = 1;
	struct buf piece;

	buf_init(&piece, 65536);
	while (line->len < HOSTILE_BYTES) {
		buf_reset(&piece);
		if (examples && kind->like)
			secret_sample(&piece, kind->like, &seed);
		else
			buf_add(&piece, kind->keywords,
				strcspn(kind->keywords, "|&"));
		buf_add(line, piece.ptr, piece.len - (seed % 2));
		buf_addstr(line, joint);
	}
	buf_release(&piece);
}

static double measure_hostile(struct secrets *secrets)
{
	static const char *const joints[] = { "", " ", "\"", "=\"", "-" };
	double worst = 0;
	const char *worst_id = "";
	const char *worst_joint = "";

	for (size_t i = 0; i < secret_kind_count(); i++) {
		for (size_t k = 0; k < 2 * (sizeof(joints) / sizeof(*joints));
		     k++) {
			struct buf line;
			double seconds;

			buf_init(&line, 2 * HOSTILE_BYTES);
			add_hostile(&line, secret_kind_at(i), joints[k / 2],
				    k % 2);
			seconds = search_seconds(secrets, &line);
			buf_release(&line);
			if (seconds <= worst)
				continue;
			worst = seconds;
			worst_id = secret_kind_at(i)->id;
			worst_joint = joints[k / 2];
		}
	}
	printf("%-24s hostile lines of 600 kB: at most %.0f ms (%.2f of %.0f; "
	       "%s, '%s')\n",
	       secrets_engine(secrets), worst * 1e3, worst * 1e3 / WANTED_MS,
	       WANTED_MS, worst_id, worst_joint);
	return worst * 1e3;
}

int main(int argc, char **argv)
{
	struct buf text;
	double worst = 0;

	buf_init(&text, TEXT_BYTES);
	for (int i = 1; i < argc; i++)
		add_file(&text, argv[i]);
	if (!text.len)
		add_source(&text);
	for (int portable = 0; portable < 2; portable++) {
		struct secrets_options options = { NULL, portable };
		struct secrets *secrets;
		struct err err = ERR_INIT;
		double seconds;

		if (secrets_new(&secrets, &options, &err) < 0) {
			fprintf(stderr, "%s\n", err.msg);
			return EXIT_FAILURE;
		}
		measure_speed(secrets, &text);
		seconds = measure_hostile(secrets);
		worst = seconds > worst ? seconds : worst;
		secrets_free(secrets);
	}
	buf_release(&text);
	return worst > 10 * WANTED_MS ? EXIT_FAILURE : EXIT_SUCCESS;
}
