#include "store/path_name.h"

#include <stdbool.h>

static bool is_plain(const char *name, size_t i)
{
	unsigned char ch = (unsigned char)name[i];

	return ch > 0x1f && ch != 0x7f && ch != '/' && ch != '%' &&
	       (ch != '.' || i > 0);
}

void path_name_add(struct buf *out, const char *name)
{
	for (size_t i = 0; name[i]; i++) {
		if (is_plain(name, i))
			buf_addch(out, name[i]);
		else
			buf_addf(out, "%%%02X", (unsigned char)name[i]);
	}
}
