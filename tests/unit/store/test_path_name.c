#include "unit.h"

#include <stdlib.h>
#include <string.h>

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

Test(path_name, there_and_back)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct buf out;
		char *name;

		buf_init(&out, 100);
		path_name_add(&out, names[i].name);
		cr_assert(eq(str, out.ptr, (char *)names[i].component));
		name = path_name_parse(out.ptr);
		cr_assert(eq(str, name, (char *)names[i].name));
		free(name);
		buf_release(&out);
	}
}

Test(path_name, what_is_none_is_refused)
{
	static const char *const bad[] = { "%", "%2", "a%zz", "%00" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_assert(path_name_parse(bad[i]) == NULL, "%s", bad[i]);
}
