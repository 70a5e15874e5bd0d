#include "unit.h"

#include "store/path_name.h"

static const struct {
	const char *name, *component;
} names[] = {
	{ "main", "main" },
	{ "topic/a b", "topic%2Fa b" },
	{ "100%", "100%25" },
	{ ".git", "%2Egit" },
	{ "..", "%2E." },
	{ "a.b", "a.b" },
	{ "tab\there", "tab%09here" },
	{ "\xc3\xa4", "\xc3\xa4" },
};

Test(path_name, makes_one_component_of_any_name)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct buf out;

		buf_init(&out, 100);
		path_name_add(&out, names[i].name);
		cr_assert(eq(str, out.ptr, (char *)names[i].component));
		buf_release(&out);
	}
}
