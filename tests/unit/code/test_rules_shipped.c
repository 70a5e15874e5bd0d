#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "code/rules.h"
#include "config/shipped.h"
#include "core/buf.h"
#include "core/limits.h"

static struct rule_set *shipped_rules(void)
{
	struct rule_set *set = rule_set_new();

	rule_set_add_shipped(set);
	return set;
}

Test(rules_shipped, files_are_without_mistakes)
{
	const struct shipped_file *file = NULL;
	struct rule_set *set = rule_set_new();
	struct mistakes mistakes = { 0 };
	struct buf out;
	size_t files = 0;

	buf_init(&out, 1 * MIB);
	while ((file = shipped_next(file, "workflows/rules/", ".yml"))) {
		size_t rules = rule_set_len(set);

		rule_set_add_file(set, file->path, file->text, file->len,
				  &mistakes);
		cr_expect(gt(sz, rule_set_len(set), rules), "%s has no rules",
			  file->path);
		files++;
	}
	mistakes_format(&out, &mistakes);
	cr_expect(eq(str, out.ptr, ""));
	cr_expect(gt(sz, files, 5));
	cr_expect(gt(sz, rule_set_len(set), 100));
	buf_release(&out);
	mistakes_release(&mistakes);
	rule_set_free(set);
}

Test(rules_shipped, each_rule_matches_what_it_must_and_nothing_else)
{
	struct rule_set *set = shipped_rules();

	for (size_t i = 0; i < rule_set_len(set); i++) {
		const struct rule *rule = rule_set_get(set, i);

		cr_expect(gt(sz, rule->matches.len, 0), "%s", rule->id);
		cr_expect(gt(sz, rule->no_matches.len, 0), "%s", rule->id);
		for (size_t j = 0; j < rule->matches.len; j++)
			cr_expect(rule_matches_example(rule,
						       rule->matches.v[j]) == 1,
				  "%s does not match: %s", rule->id,
				  rule->matches.v[j]);
		for (size_t j = 0; j < rule->no_matches.len; j++)
			cr_expect(rule_matches_example(
					  rule, rule->no_matches.v[j]) == 0,
				  "%s matches: %s", rule->id,
				  rule->no_matches.v[j]);
	}
	rule_set_free(set);
}

/* Without words every line of every file would be searched. */
Test(rules_shipped, each_rule_has_words_and_says_where_it_is_from)
{
	struct rule_set *set = shipped_rules();

	for (size_t i = 0; i < rule_set_len(set); i++) {
		const struct rule *rule = rule_set_get(set, i);

		cr_expect(gt(sz, rule->words.len, 0), "%s", rule->id);
		cr_expect(rule->is_shipped == 1, "%s", rule->id);
		if (strcmp(rule->category, "security") == 0)
			cr_expect(rule->cwe && !strncmp(rule->cwe, "CWE-", 4),
				  "%s", rule->id);
		if (rule->masvs)
			cr_expect(strncmp(rule->masvs, "MASVS-", 6) == 0, "%s",
				  rule->id);
	}
	rule_set_free(set);
}
