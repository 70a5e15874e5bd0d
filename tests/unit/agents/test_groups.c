#include "unit.h"

#include "agents/groups.h"
#include "change.h"

/* Three source files of two folders, 40 lines each; one of other people. */
#define BEFORE "mkdir -p a b Pods && echo x >README"
#define AFTER                                                              \
	"for f in a/One.swift a/Two.swift b/Three.swift Pods/P.swift; do " \
	"seq -f 'let number%.0f = 1' 40 >$f; done"

static const struct file_place *place_of(const struct file_groups *groups,
					 const struct change *change,
					 const char *path)
{
	for (size_t i = 0; i < groups->file_count; i++)
		if (!strcmp(change->changeset.files[i].path, path))
			return &groups->files[i];
	cr_fatal("no file %s", path);
	return NULL;
}

Test(groups, one_look_where_all_of_it_fits)
{
	struct change change;
	struct file_groups groups;

	change_init(&change, BEFORE, AFTER);
	file_groups_make(&groups, &change.changeset, 100000, 4);
	cr_assert(eq(sz, groups.count, 1));
	cr_expect(
		eq(int, place_of(&groups, &change, "b/Three.swift")->group, 0));
	cr_expect(eq(int, place_of(&groups, &change, "Pods/P.swift")->group,
		     GROUP_NONE));
	must_say("vendored",
		 place_of(&groups, &change, "Pods/P.swift")->reason);
	file_groups_release(&groups);
	change_release(&change);
}

/* The small file has room in the first look, too. */
Test(groups, the_files_of_a_folder_stay_together)
{
	struct change change;
	struct file_groups groups;
	int one, two, three;

	change_init(&change, BEFORE,
		    "seq -f 'let a%.0f = 1' 60 >a/One.swift; "
		    "seq -f 'let b%.0f = 1' 60 >b/Two.swift; "
		    "echo 'let c = 1' >b/Xthree.swift");
	file_groups_make(&groups, &change.changeset, 1800, 4);
	cr_assert(eq(sz, groups.count, 2));
	one = place_of(&groups, &change, "a/One.swift")->group;
	two = place_of(&groups, &change, "b/Two.swift")->group;
	three = place_of(&groups, &change, "b/Xthree.swift")->group;
	cr_expect(ne(int, one, two));
	cr_expect(eq(int, two, three));
	file_groups_release(&groups);
	change_release(&change);
}

Test(groups, what_does_not_fit_is_said)
{
	struct change change;
	struct file_groups groups;
	size_t whole = 0;

	change_init(&change, BEFORE, AFTER);
	file_groups_make(&groups, &change.changeset, 1500, 1);
	cr_assert(eq(sz, groups.count, 1));
	for (size_t i = 0; i < groups.file_count; i++) {
		const struct file_place *place = &groups.files[i];

		if (place->group == 0 && !place->part_bytes)
			whole++;
		else
			cr_expect(place->reason != NULL, "%s",
				  change.changeset.files[i].path);
	}
	cr_expect(eq(sz, whole, 1));
	file_groups_release(&groups);
	change_release(&change);
}
