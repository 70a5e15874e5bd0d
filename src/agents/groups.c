#include "agents/groups.h"

#include <stdlib.h>
#include <string.h>

#include "agents/diff_text.h"
#include "agents/prompt.h"
#include "core/alloc.h"

struct packing {
	struct file_groups *out;
	const struct changeset *changeset;
	size_t *used; /* bytes of each group */
	size_t max_bytes, max_groups;
};

static int by_risk(const void *a, const void *b)
{
	const struct changed_file *left =
		*(const struct changed_file *const *)a;
	const struct changed_file *right =
		*(const struct changed_file *const *)b;
	int difference = prompt_risk(right) - prompt_risk(left);

	return difference ? difference : strcmp(left->path, right->path);
}

static const char *reason_to_skip(const struct changed_file *file)
{
	if (file->omitted != OMIT_NOTHING)
		return file_omitted_reason(file->omitted);
	if (file->is_generated)
		return "generated";
	if (!class_is_reviewed(file->file_class))
		return class_name(file->file_class);
	return NULL;
}

static bool same_folder(const char *a, const char *b)
{
	const char *a_end = strrchr(a, '/');
	const char *b_end = strrchr(b, '/');
	size_t len = a_end ? (size_t)(a_end - a) : 0;

	return len == (b_end ? (size_t)(b_end - b) : 0) && !strncmp(a, b, len);
}

/* The group with room that has a file of the same folder, else the first with
 * room, else a new one. */
static int find_group(const struct packing *packing, const char *path,
		      size_t bytes)
{
	struct file_groups *out = packing->out;

	for (size_t i = 0; i < out->file_count; i++) {
		int group = out->files[i].group;

		if (group != GROUP_NONE &&
		    packing->used[group] + bytes <= packing->max_bytes &&
		    same_folder(packing->changeset->files[i].path, path))
			return group;
	}
	for (size_t i = 0; i < out->count; i++)
		if (packing->used[i] + bytes <= packing->max_bytes)
			return (int)i;
	if (out->count < packing->max_groups && bytes <= packing->max_bytes)
		return (int)out->count++;
	return GROUP_NONE;
}

/* Of a file that fits nowhere as a whole, as much as the emptiest group takes;
 * less than an eighth of a look says nothing. */
static void place_part(struct packing *packing, struct file_place *place)
{
	struct file_groups *out = packing->out;
	size_t best = 0;

	if (out->count < packing->max_groups && packing->used[best])
		out->count++;
	for (size_t i = 1; i < out->count; i++)
		if (packing->used[i] < packing->used[best])
			best = i;
	place->reason = "the change is larger than one look";
	if (packing->max_bytes - packing->used[best] < packing->max_bytes / 8)
		return;
	place->group = (int)best;
	place->part_bytes = packing->max_bytes - packing->used[best];
	packing->used[best] = packing->max_bytes;
}

static void place_file(struct packing *packing, const struct changed_file *file)
{
	struct file_place *place =
		&packing->out->files[file - packing->changeset->files];
	size_t bytes = diff_text_size(file);

	place->reason = reason_to_skip(file);
	if (place->reason)
		return;
	place->group = find_group(packing, file->path, bytes);
	if (place->group == GROUP_NONE)
		place_part(packing, place);
	else
		packing->used[place->group] += bytes;
}

void file_groups_make(struct file_groups *out,
		      const struct changeset *changeset, size_t max_bytes,
		      size_t max_groups)
{
	size_t count = changeset->file_count;
	const struct changed_file **order = xcalloc(count, sizeof(*order));
	struct packing packing = {
		.out = out,
		.changeset = changeset,
		.max_bytes = max_bytes,
		.max_groups = max_groups ? max_groups : 1,
	};

	*out = (struct file_groups){ .file_count = count, .count = 1 };
	out->files = xcalloc(count, sizeof(*out->files));
	packing.used = xcalloc(packing.max_groups, sizeof(*packing.used));
	for (size_t i = 0; i < count; i++) {
		order[i] = &changeset->files[i];
		out->files[i].group = GROUP_NONE;
	}
	if (count)
		qsort(order, count, sizeof(*order), by_risk);
	for (size_t i = 0; i < count; i++)
		place_file(&packing, order[i]);
	free(packing.used);
	free(order);
}

void file_groups_release(struct file_groups *groups)
{
	free(groups->files);
	*groups = (struct file_groups){ 0 };
}
