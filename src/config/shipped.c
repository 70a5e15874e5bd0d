#include "config/shipped.h"

#include <stdbool.h>
#include <string.h>

const struct shipped_file *shipped_find(const char *path)
{
	for (size_t i = 0; i < shipped_file_count; i++)
		if (!strcmp(shipped_files[i].path, path))
			return &shipped_files[i];
	return NULL;
}

static bool fits(const char *path, const char *prefix, const char *suffix)
{
	size_t prefix_len = strlen(prefix), suffix_len = strlen(suffix);
	size_t len = strlen(path);

	return len >= prefix_len + suffix_len &&
	       !strncmp(path, prefix, prefix_len) &&
	       !strchr(path + prefix_len, '/') &&
	       !strcmp(path + len - suffix_len, suffix);
}

const struct shipped_file *shipped_next(const struct shipped_file *last,
					const char *prefix, const char *suffix)
{
	const struct shipped_file *file = last ? last + 1 : shipped_files;

	for (; file < shipped_files + shipped_file_count; file++)
		if (fits(file->path, prefix, suffix))
			return file;
	return NULL;
}
