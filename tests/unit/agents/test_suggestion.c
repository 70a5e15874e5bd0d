#include "unit.h"

#include "agents/suggestion.h"
#include "change.h"

#define BEFORE "printf 'func one() {\\n    a()\\n}\\n' >S.swift"
#define AFTER  "printf 'func one() {\\n    save(token)\\n}\\n' >S.swift"

Test(suggestion, is_tried_before_anybody_sees_it)
{
	static const struct {
		const char *text;
		bool would_do;
	} cases[] = {
		{ "    keychain.save(token)", true },
		{ "    if ok {\n        save(token)\n    }", true },
		{ "", true },
		{ "    save(token)", false },
		{ "    save(token", false },
		{ "    save(token) }", false },
		{ "    save(\"token)", false },
	};
	struct change change;

	change_init(&change, BEFORE, AFTER);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct finding finding = { .path = "S.swift",
					   .line = 2,
					   .end_line = 2,
					   .suggestion =
						   (char *)cases[i].text };
		const char *why = NULL;

		cr_expect_eq(
			suggestion_would_do(&why, &finding, change.sources, 0),
			cases[i].would_do, "%s: %s", cases[i].text,
			why ? why : "");
		cr_expect(cases[i].would_do || why, "%s", cases[i].text);
	}
	change_release(&change);
}
