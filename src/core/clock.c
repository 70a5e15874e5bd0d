#include "core/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t frozen_ms = -1; /* -1: it goes on */

static void read_frozen(void)
{
	const char *seconds = getenv("REFEREE_CLOCK");

	if (seconds && *seconds)
		frozen_ms = strtoll(seconds, NULL, 10) * 1000;
}

static int64_t real_wall(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, read_frozen);
	return frozen_ms >= 0 ? frozen_ms : read_clock(CLOCK_REALTIME);
}

static int64_t real_mono(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

static int64_t real_boot(void)
{
#ifdef CLOCK_BOOTTIME
	return read_clock(CLOCK_BOOTTIME);
#else
	return read_clock(CLOCK_MONOTONIC); /* macOS counts sleep in it */
#endif
}

static const struct clock_source real = { real_wall, real_mono, real_boot };
static const struct clock_source *source = &real;

void clock_use(const struct clock_source *wanted)
{
	source = wanted ? wanted : &real;
}

int64_t clock_wall_ms(void)
{
	return source->wall_ms();
}

int64_t clock_mono_ms(void)
{
	return source->mono_ms();
}

int64_t clock_cpu_ms(void)
{
	return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

int64_t clock_boot_ms(void)
{
	return source->boot_ms();
}

void clock_format(char out[CLOCK_TEXT_SIZE], int64_t wall_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) ||
	    !strftime(out, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm))
		memcpy(out, "?", 2);
}

int64_t clock_offset_ms(int64_t wall_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	return tm.tm_gmtoff * INT64_C(1000);
}

static bool parse_two(int *out, const char **at)
{
	const char *s = *at;

	if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
		return false;
	*out = (s[0] - '0') * 10 + s[1] - '0';
	*at = s + 2;
	return true;
}

/* "Z", "+02:00", "-0530" or nothing; the offset in minutes. */
static bool parse_zone(int *minutes, const char *text)
{
	int sign = *text == '-' ? -1 : 1;
	int hours, rest;

	*minutes = 0;
	if (!*text || !strcmp(text, "Z") || !strcmp(text, "z"))
		return true;
	if (*text != '+' && *text != '-')
		return false;
	text++;
	if (!parse_two(&hours, &text))
		return false;
	text += *text == ':';
	if (!parse_two(&rest, &text))
		return false;
	*minutes = sign * (hours * 60 + rest);
	return !*text;
}

bool clock_parse(int64_t *wall_ms, const char *text)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text, "%Y-%m-%d", &tm);
	long fraction_ms = 0;
	int minutes = 0;

	if (!rest)
		return false;
	if (*rest == 'T' || *rest == ' ') {
		rest = strptime(rest + 1, "%H:%M:%S", &tm);
		if (!rest)
			return false;
		if (*rest == '.') {
			size_t digits = strspn(++rest, "0123456789");

			for (size_t i = 0; i < 3; i++)
				fraction_ms = fraction_ms * 10 +
					      (i < digits ? rest[i] - '0' : 0);
			rest += digits;
		}
	}
	if (!parse_zone(&minutes, rest))
		return false;
	*wall_ms = ((int64_t)timegm(&tm) - minutes * INT64_C(60)) * 1000 +
		   fraction_ms;
	return true;
}
