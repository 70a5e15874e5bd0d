#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "config/yaml.h"
#include "core/limits.h"

static struct document *parse(const char *text, struct mistakes *mistakes)
{
	return document_parse("f.yml", text, strlen(text), mistakes);
}

Test(yaml, gives_nodes_with_their_places)
{
	struct mistakes mistakes = { 0 };
	struct document *document = parse("name: Caf\xc3\xa9\n"
					  "on: {paths: ['*.swift', \"x\"]}\n"
					  "\xc3\xa9: ~\n",
					  &mistakes);
	const struct node *root, *name, *paths;

	cr_assert(document != NULL);
	root = document_root(document);
	cr_assert(eq(int, root->kind, NODE_MAPPING));
	cr_assert(eq(sz, root->len, 3));
	name = node_get(root, "name");
	cr_assert(eq(str, (char *)name->text, "Caf\xc3\xa9"));
	cr_assert(eq(int, name->place.column, 7));
	cr_assert(name->is_plain);
	paths = node_get(node_get(root, "on"), "paths");
	cr_assert(eq(int, paths->kind, NODE_SEQUENCE));
	cr_assert(eq(int, paths->key_place.line, 2));
	cr_assert(eq(int, paths->key_place.column, 6));
	cr_assert(eq(str, (char *)paths->items[1].text, "x"));
	cr_assert(eq(int, paths->items[1].place.column, 25));
	cr_assert(not(paths->items[1].is_plain));
	cr_assert(node_is_null(node_get(root, "\xc3\xa9")));
	cr_assert(node_get(root, "nowhere") == NULL);
	cr_assert(node_get(NULL, "x") == NULL);
	cr_assert(node_get(name, "x") == NULL);
	document_free(document);
	mistakes_release(&mistakes);
}

Test(yaml, counts_lines_from_where_the_text_stands)
{
	struct mistakes mistakes = { 0 };
	struct document *document = document_parse_at("a.md", 2, "x: 1\ny: 2\n",
						      10, &mistakes);

	cr_assert(eq(int, document_root(document)->items[1].place.line, 3));
	document_free(document);
	cr_assert(document_parse_at("a.md", 2, "x: [\n", 5, &mistakes) == NULL);
	cr_assert(eq(int, mistakes.items[0].place.line, 3));
	mistakes_release(&mistakes);
}

static const struct {
	const char *text, *said;
} broken[] = {
	{ "", "f.yml:1:1: nothing in it\n" },
	{ "# only a comment\n", "f.yml:1:1: nothing in it\n" },
	{ "---\n~\n", "f.yml:1:1: nothing in it\n" },
	{ "name: a\nb\n", "f.yml:3:1: not YAML: could not find expected ':' "
			  "while scanning a simple key\n" },
	{ "a: b: c\n", "f.yml:1:5: not YAML: mapping values are not allowed "
		       "in this context\n" },
	{ "a: [1, 2\nb: 3\n",
	  "f.yml:2:2: not YAML: did not find expected ',' or ']' while "
	  "parsing a flow sequence\n" },
	{ "a:\n\tb: 1\n", "f.yml:2:1: a tab cannot indent, use spaces\n" },
	{ "a: @b\n", "f.yml:1:4: a value that begins with '@' must be "
		     "quoted\n" },
	{ "a: \xc3\xa9\nb: `c`\n", "f.yml:2:4: a value that begins with '`' "
				   "must be quoted\n" },
	{ "a: [*.swift]\n",
	  "f.yml:1:5: a value that begins with '*' must be quoted\n" },
	{ "a: *b\n", "f.yml:1:4: '*b' must be quoted, else it is an alias in "
		     "YAML\n" },
	{ "a: &a [*a]\n",
	  "f.yml:1:4: '&a' must be quoted, else it is an anchor in YAML\n"
	  "f.yml:1:8: '*a' must be quoted, else it is an alias in YAML\n" },
	{ "a: [!Pods/**, b]\n",
	  "f.yml:1:5: '!Pods/**' must be quoted, else it is a tag in YAML\n" },
	{ "a: [!Pods/**]\n",
	  "f.yml:1:5: a value that begins with '!' must be quoted\n" },
	{ "a: !!str b\n", "f.yml:1:4: tags are not used here\n" },
	{ "a: 1\nb: 2\na: 3\nb: 4\n",
	  "f.yml:3:1: repeated key 'a', also on line 1\n"
	  "f.yml:4:1: repeated key 'b', also on line 2\n" },
	{ "x:\n  - {a: 1, a: 2}\n",
	  "f.yml:2:12: repeated key 'a', also on line 2\n" },
	{ "[a, b]: c\n",
	  "f.yml:1:1: a key must be a single value, not a list\n" },
	{ "{a: b}: c\n",
	  "f.yml:1:1: a key must be a single value, not a mapping\n" },
	{ "a: 1\n---\nb: 2\n", "f.yml:2:1: a second document in the file\n" },
	{ "a: \"b\\0c\"\n", "f.yml:1:4: a NUL in a value\n" },
	{ "a: 1\nb: \x01\n", "f.yml:2:4: control character 0x01\n" },
	{ "a: \xff\n", "f.yml:1:4: not UTF-8: byte 0xFF\n" },
	{ "a: 'x\n", "f.yml:2:1: not YAML: found unexpected end of stream "
		     "while scanning a quoted scalar\n" },
	{ "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
	  "f.yml:1:33: more than 32 levels deep\n" },
};

Test(yaml, names_each_mistake_and_its_place)
{
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct mistakes mistakes = { 0 };
		struct buf said;

		buf_init(&said, 4096);
		cr_expect(parse(broken[i].text, &mistakes) == NULL);
		mistakes_sort(&mistakes);
		mistakes_format(&said, &mistakes);
		must_say(broken[i].said, said.ptr);
		buf_release(&said);
		mistakes_release(&mistakes);
	}
}

Test(yaml, refuses_a_file_past_its_bound)
{
	struct mistakes mistakes = { 0 };
	char *text = malloc(LIMIT_WORKFLOW_BYTES + 1);

	memset(text, 'a', LIMIT_WORKFLOW_BYTES + 1);
	cr_assert(document_parse("f.yml", text, LIMIT_WORKFLOW_BYTES + 1,
				 &mistakes) == NULL);
	cr_assert(eq(str, mistakes.items[0].text, "larger than 262144 bytes"));
	cr_assert(eq(int, mistakes.items[0].place.line, 0));
	free(text);
	mistakes_release(&mistakes);
}

Test(mistakes, are_counted_past_what_is_kept)
{
	struct mistakes mistakes = { 0 };
	struct err err = ERR_INIT;

	must(mistakes_check(&mistakes, &err));
	mistakes_warn(&mistakes, (struct place){ "f", 0, 0 }, "odd");
	must(mistakes_check(&mistakes, &err));
	for (int i = 0; i < LIMIT_MISTAKES + 5; i++)
		mistakes_add(&mistakes, (struct place){ "f", i + 1, 0 },
			     "bad \x1b[1m");
	cr_assert(eq(sz, mistakes.len, LIMIT_MISTAKES));
	cr_assert(eq(sz, mistakes.dropped, 6));
	must_fail(ERR_INVALID, mistakes_check(&mistakes, &err));
	cr_assert(eq(str, err.msg, "f:1: bad [1m (and 504 more)"));
	mistakes_release(&mistakes);
}
