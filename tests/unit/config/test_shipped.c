#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/shipped.h"

Test(shipped, has_the_files_of_the_source_byte_for_byte)
{
	const struct shipped_file *file = NULL;
	char path[4096], text[65536];
	size_t seen = 0;

	cr_assert(shipped_find("workflows/nowhere.yml") == NULL);
	for (size_t i = 0; i < shipped_file_count; i++) {
		FILE *in;
		size_t len;

		file = &shipped_files[i];
		snprintf(path, sizeof(path), "%s/%s", getenv("SRCDIR"),
			 file->path);
		in = fopen(path, "rb");
		cr_assert(in != NULL, "%s", path);
		len = fread(text, 1, sizeof(text), in);
		fclose(in);
		cr_assert(eq(sz, len, file->len));
		cr_assert(memcmp(text, file->text, len) == 0);
		cr_assert(file->text[len] == '\0');
		cr_assert(shipped_find(file->path) == file);
	}
	file = NULL;
	while ((file = shipped_next(file, "workflows/", ".yml")) != NULL) {
		cr_assert(strchr(file->path + strlen("workflows/"), '/') ==
			  NULL);
		seen++;
	}
	cr_assert(ge(sz, seen, 3));
}
