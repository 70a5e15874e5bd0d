#include "app/guidance.h"

#include "code/redact.h"
#include "core/limits.h"
#include "repo/object.h"
#include "repo/tree.h"

static const char *const files[] = {
	"AGENTS.md",
	"CLAUDE.md",
	".github/copilot-instructions.md",
};

/* Longer ones are passed over: they are not meant as a page of guidance. */
static int add_file(struct buf *out, struct repo *repo, const struct oid *tree,
		    const char *path, struct err *err)
{
	struct tree_entry entry;
	struct buf text;
	struct err why = ERR_INIT;
	int ret = 0;

	if (tree_find(&entry, repo, tree, path, &why) < 0 ||
	    entry.mode == MODE_TREE || entry.mode == MODE_SUBMODULE ||
	    entry.mode == MODE_SYMLINK)
		return 0;
	buf_init(&text, LIMIT_GUIDANCE_BYTES);
	if (blob_read(&text, repo, &entry.id, &why) == 0)
		buf_addf(out, "# %s\n%s\n", path, text.ptr);
	else if (why.code != ERR_TOO_LARGE)
		ret = err_set(err, why.code, "%s: %s", path, why.msg);
	buf_release(&text);
	return ret;
}

int guidance_read(char **out, struct repo *repo, const struct oid *trusted,
		  struct redactor *redactor, struct err *err)
{
	struct buf text, redacted;
	struct oid tree;
	int ret = -1;

	*out = NULL;
	buf_init(&text, 4 * LIMIT_GUIDANCE_BYTES);
	buf_init(&redacted, 16 * LIMIT_GUIDANCE_BYTES);
	if (tree_of_commit(&tree, repo, trusted, err) < 0)
		goto out;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (add_file(&text, repo, &tree, files[i], err) < 0)
			goto out;
	if (text.len) {
		redact_text(&redacted, redactor, text.ptr, text.len, files[0]);
		*out = buf_detach(&redacted);
	}
	ret = 0;
out:
	buf_release(&text);
	buf_release(&redacted);
	return ret;
}
