#include "repo/refspec.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "repo/ref_name.h"

void refspec_release(struct refspec *spec)
{
	free(spec->source);
	free(spec->target);
	*spec = (struct refspec){ 0 };
}

/* A name, or a pattern with one star, which stands for any letters, as in git.
 */
static bool is_side(const char *text, bool *has_star)
{
	const char *star = strchr(text, '*');
	char *name = xstrdup(text);
	bool ret = true;

	*has_star = star != NULL;
	if (star) {
		name[star - text] = 'x';
		ret = !strchr(star + 1, '*');
	}
	ret = ret && ref_name_is_valid(name);
	free(name);
	return ret;
}

int refspec_parse(struct refspec *out, const char *text, struct err *err)
{
	const char *from = *text == '+' ? text + 1 : text;
	const char *colon = strchr(from, ':');
	bool target_star;

	*out = (struct refspec){ .is_forced = *text == '+' };
	if (!colon)
		goto fail;
	out->source = xmemdup(from, (size_t)(colon - from));
	out->target = xstrdup(colon + 1);
	if (!is_side(out->target, &target_star))
		goto fail;
	out->is_object = oid_parse(&out->id, out->source);
	if (!out->is_object && !is_side(out->source, &out->has_star))
		goto fail;
	if (out->has_star != target_star)
		goto fail;
	return 0;
fail:
	return err_set(err, ERR_INVALID, "'%s' is no refspec", text);
}

/* `name` as matched by `from`, in the shape of `to`. */
static char *map(const char *from, const char *to, const char *name)
{
	const char *star = strchr(from, '*');
	const char *to_star = strchr(to, '*');
	size_t name_len = strlen(name), before, after;

	if (!star || !to_star)
		return strcmp(from, name) ? NULL : xstrdup(to);
	before = (size_t)(star - from);
	after = strlen(star + 1);
	/* A name that ends in a slash is none. */
	if (name_len < before + after || name[name_len - 1] == '/' ||
	    strncmp(from, name, before) != 0 ||
	    strcmp(name + name_len - after, star + 1) != 0)
		return NULL;
	return xstrf("%.*s%.*s%s", (int)(to_star - to), to,
		     (int)(name_len - before - after), name + before,
		     to_star + 1);
}

char *refspec_map(const struct refspec *spec, const char *name)
{
	if (spec->is_object)
		return NULL;
	return map(spec->source, spec->target, name);
}

char *refspec_map_back(const struct refspec *spec, const char *name)
{
	if (spec->is_object)
		return NULL;
	return map(spec->target, spec->source, name);
}

char *refspec_prefix(const struct refspec *spec)
{
	return xmemdup(spec->source, strcspn(spec->source, "*"));
}
