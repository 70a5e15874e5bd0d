#include "repo/side.h"

#include <string.h>

#include "core/limits.h"
#include "repo/git.h"

#define BINARY_PROBE_BYTES 8000

int side_open(struct side *out, struct repo *repo, const struct oid *id,
	      struct err *err)
{
	git_oid git_id = oid_to_git(id);
	char hex[OID_HEX_SIZE];
	int code;

	*out = (struct side){ .bytes = "" };
	if (oid_is_zero(id))
		return 0;
	code = git_blob_lookup(&out->blob, repo_git(repo), &git_id);
	if (!code) {
		out->len = (size_t)git_blob_rawsize(out->blob);
		out->bytes = git_blob_rawcontent(out->blob);
		if (!out->bytes)
			out->bytes = "";
		return 0;
	}
	oid_format(hex, id);
	if (code != GIT_ENOTFOUND)
		return err_set_git(err, code, "blob %s", hex);
	git_error_clear();
	return err_set(err, ERR_NOT_FOUND, "blob %s is not here", hex);
}

void side_close(struct side *side)
{
	git_blob_free(side->blob);
	*side = (struct side){ 0 };
}

bool side_is_binary(const struct side *side)
{
	size_t len = side->len < BINARY_PROBE_BYTES ? side->len
						    : BINARY_PROBE_BYTES;

	return memchr(side->bytes, '\0', len) != NULL;
}

bool side_is_lfs(const struct side *side)
{
	static const char start[] = "version https://git-lfs.github.com/spec/";

	return side->len < LIMIT_LFS_POINTER_BYTES &&
	       side->len > sizeof(start) &&
	       !memcmp(side->bytes, start, sizeof(start) - 1) &&
	       memmem(side->bytes, side->len, "\noid sha256:", 12);
}

size_t side_line_count(const struct side *side)
{
	const char *at = side->bytes, *end = side->bytes + side->len;
	size_t count = 0;

	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		count++;
		at++;
	}
	return count + (side->len && end[-1] != '\n');
}
