#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * The three clocks, replaceable by a test's own.
 *
 * wall: milliseconds since 1970, for people and records; may jump.
 * mono: milliseconds that never go back; stops while the machine sleeps.
 * boot: as mono, and counts the time asleep; what leases are measured with.
 *
 * REFEREE_CLOCK=SECONDS in the environment freezes the wall clock, so that
 * tests get the same output every time.
 */
int64_t clock_wall_ms(void);
int64_t clock_mono_ms(void);
int64_t clock_boot_ms(void);

/**
 * Milliseconds the calling thread has computed; never a test's own. For limits
 * on work: a busy machine must not change what is found.
 */
int64_t clock_cpu_ms(void);

/** Any thread may read; set only while one thread runs. */
struct clock_source {
	int64_t (*wall_ms)(void);
	int64_t (*mono_ms)(void);
	int64_t (*boot_ms)(void);
};

/** NULL: the machine's own clocks again. Keeps `wanted`. */
void clock_use(const struct clock_source *wanted);

#define CLOCK_TEXT_SIZE 32

/** "2026-11-24T03:09:27Z" of milliseconds since 1970. */
void clock_format(char out[CLOCK_TEXT_SIZE], int64_t wall_ms);

/** How far the process's time zone is ahead of UTC at that time. */
int64_t clock_offset_ms(int64_t wall_ms);

/**
 * Reads "2026-11-24", "2026-11-24T03:09:27Z" or the same with fractions of a
 * second or an offset as "+02:00"; false on anything else.
 */
bool clock_parse(int64_t *wall_ms, const char *text);

#endif /* CORE_CLOCK_H */
