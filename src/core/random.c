#include "core/random.h"

#include <stdlib.h>
#include <string.h>
#ifdef __APPLE__
#include <sys/random.h>
#else
#include <unistd.h>
#endif

#include "core/clock.h"

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void random_bytes(void *out, size_t len)
{
	if (getentropy(out, len) < 0)
		abort(); /* no kernel of today, or over 256 bytes */
}

void ulid_new(char out[ULID_SIZE])
{
	uint64_t time_ms = (uint64_t)clock_wall_ms();
	unsigned char noise[16];

	for (int i = 9; i >= 0; i--, time_ms >>= 5)
		out[i] = crockford[time_ms & 31];
	random_bytes(noise, sizeof(noise));
	for (int i = 0; i < 16; i++)
		out[10 + i] = crockford[noise[i] & 31];
	out[26] = '\0';
}

int64_t ulid_time_ms(const char *ulid)
{
	int64_t time_ms = 0;

	if (strlen(ulid) != 26 || strspn(ulid, crockford) != 26)
		return -1;
	for (int i = 0; i < 10; i++)
		time_ms = time_ms * 32 +
			  (strchr(crockford, ulid[i]) - crockford);
	return time_ms;
}
