#include "app/change_facts.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "workflow/changed_paths.h"

char *change_branch(const char *base_name)
{
	static const char *const prefixes[] = { "refs/heads/",
						"refs/remotes/origin/",
						"origin/" };

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (!strncmp(base_name, prefixes[i], strlen(prefixes[i])))
			return xstrdup(base_name + strlen(prefixes[i]));
	return xstrdup(base_name);
}

void change_facts_make(struct change_facts *out,
		       const struct local_change *change,
		       const struct change_coverage *coverage)
{
	const struct changeset *changeset = &change->changeset;

	*out = (struct change_facts){ 0 };
	out->names = xcalloc(changeset->file_count, sizeof(*out->names));
	for (size_t i = 0; i < changeset->file_count; i++)
		out->names[i] = changeset->files[i].path;
	changed_paths_init(&out->paths, out->names, changeset->file_count);
	out->base_branch = change->base_branch
				   ? xstrdup(change->base_branch)
				   : change_branch(change->base_name);
	out->facts = (struct facts){
		.event = EVENT_PULL_REQUEST,
		.action = PULL_OPENED,
		.base_branch = out->base_branch,
		.author = change->author,
		.title = change->title,
		.paths = &out->paths,
		.lines_changed = changeset->additions + changeset->deletions,
		.coverage = -1,
	};
	if (change->ci) {
		out->facts.labels = (const char *const *)change->ci->labels.v;
		out->facts.label_count = change->ci->labels.len;
		out->facts.draft = change->ci->draft;
	}
	if (!coverage)
		return;
	out->facts.coverage_from = coverage->from;
	if (coverage->is_known)
		out->facts.coverage = coverage->percent;
}

void change_facts_release(struct change_facts *facts)
{
	changed_paths_release(&facts->paths);
	free(facts->names);
	free(facts->base_branch);
}
