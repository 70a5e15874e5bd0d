/* A project's rules, and what they say of a file: the input is a file of rules,
 * a line "%%", and a Swift file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "code/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *cut = size ? memmem(text, size, "\n%%\n", 4) : NULL;
	size_t len = cut ? (size_t)(cut - text) + 1 : size;
	struct rule_set *set = rule_set_new();
	struct mistakes mistakes = { 0 };
	struct rule_hits hits = { 0 };
	struct rule_input input = {
		.path = "App/A.swift",
		.file_class = CLASS_SOURCE,
		.text = cut ? cut + 4 : text,
		.len = cut ? size - (size_t)(cut + 4 - text) : size,
	};

	rule_set_add_file(set, "r.yml", text, len, &mistakes);
	rules_scan(&hits, set, &input);
	for (size_t i = 0; i < hits.len; i++)
		if (!hits.items[i].count || hits.items[i].lines[0] < 1)
			abort();
	rule_hits_release(&hits);
	mistakes_release(&mistakes);
	rule_set_free(set);
	return 0;
}
