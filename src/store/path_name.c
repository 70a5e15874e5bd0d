#include "store/path_name.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/hex.h"

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

char *path_name_parse(const char *component)
{
	size_t len = strlen(component), used = 0;
	char *name = xcalloc(len + 1, 1);
	unsigned char byte;
	char digits[3] = "";

	for (size_t i = 0; i < len; i++) {
		if (component[i] != '%') {
			name[used++] = component[i];
			continue;
		}
		memcpy(digits, component + i + 1, len - i > 2 ? 2 : 0);
		if (len - i <= 2 || !hex_parse(&byte, 1, digits) || !byte) {
			free(name);
			return NULL;
		}
		name[used++] = (char)byte;
		i += 2;
	}
	return name;
}
