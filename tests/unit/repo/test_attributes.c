#include "made.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "repo/attributes.h"

static struct made made;

static void set_up(void)
{
	made_init(&made);
}

static void tear_down(void)
{
	made_release(&made);
}

TestSuite(attributes, .init = set_up, .fini = tear_down);

static const struct {
	const char *folder, *text;
} files[] = {
	{ ".", "# a comment\n"
	       "[attr]made linguist-generated -diff\n"
	       "*.gen linguist-generated\n"
	       "*.txt -diff\n"
	       "/top.c linguist-generated=true\n"
	       "ext/** linguist-vendored\n"
	       "ext/ours.c linguist-vendored=false\n"
	       "lib/*.c linguist-generated\n"
	       "deep/**/x.c gitlab-generated\n"
	       "*.made made\n"
	       "*.bin binary\n"
	       "\"with space.c\" -diff\n"
	       "  *.crlf -diff\r\n"
	       "!*.not -diff\n"
	       "[ -diff\n"
	       "\"open -diff\n"
	       "f?o.h -diff\n"
	       "a**z.h -diff\n"
	       "*.drv diff=swift\n"
	       "folder/ -diff\n" },
	{ "sub", "*.txt diff\n"
		 "*.gen !linguist-generated\n"
		 "/only.c -diff\n"
		 "in/here.c -diff\n"
		 "[attr]made diff\n" },
};

#define SET     ATTRIBUTE_SET
#define UNSET   ATTRIBUTE_UNSET
#define NOTHING ATTRIBUTE_UNSPECIFIED

static const struct {
	const char *path;
	enum attribute_state generated, vendored, diff;
} cases[] = {
	{ "a.gen", SET, NOTHING, NOTHING },
	{ "x/y/a.gen", SET, NOTHING, NOTHING },
	{ "sub/a.gen", NOTHING, NOTHING, NOTHING },
	{ "a.txt", NOTHING, NOTHING, UNSET },
	{ "sub/a.txt", NOTHING, NOTHING, SET },
	{ "sub/deeper/a.txt", NOTHING, NOTHING, SET },
	{ "suby/a.txt", NOTHING, NOTHING, UNSET },
	{ "top.c", SET, NOTHING, NOTHING },
	{ "x/top.c", NOTHING, NOTHING, NOTHING },
	{ "ext/a/b.c", NOTHING, SET, NOTHING },
	{ "ext/ours.c", NOTHING, UNSET, NOTHING },
	{ "lib/a.c", SET, NOTHING, NOTHING },
	{ "lib/x/a.c", NOTHING, NOTHING, NOTHING },
	{ "x/lib/a.c", NOTHING, NOTHING, NOTHING },
	{ "deep/x.c", SET, NOTHING, NOTHING },
	{ "deep/a/b/x.c", SET, NOTHING, NOTHING },
	{ "a.made", SET, NOTHING, UNSET },
	{ "sub/a.made", SET, NOTHING, UNSET },
	{ "a.bin", NOTHING, NOTHING, UNSET },
	{ "x/with space.c", NOTHING, NOTHING, UNSET },
	{ "a.crlf", NOTHING, NOTHING, UNSET },
	{ "a.not", NOTHING, NOTHING, NOTHING },
	{ "foo.h", NOTHING, NOTHING, UNSET },
	{ "fo.h", NOTHING, NOTHING, NOTHING },
	{ "abz.h", NOTHING, NOTHING, UNSET },
	{ "a.drv", NOTHING, NOTHING, SET },
	{ "folder/a.c", NOTHING, NOTHING, NOTHING },
	{ "sub/only.c", NOTHING, NOTHING, UNSET },
	{ "sub/x/only.c", NOTHING, NOTHING, NOTHING },
	{ "sub/in/here.c", NOTHING, NOTHING, UNSET },
	{ "in/here.c", NOTHING, NOTHING, NOTHING },
};

static void write_files(void)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		char *path = xstrf("%s/work/%s", made.box.dir, files[i].folder);
		char *file = xstrf("%s/.gitattributes", path);
		FILE *out;

		sandbox_run(&made.box, "mkdir -p '%s'", path);
		out = fopen(file, "w");
		cr_assert(out != NULL);
		fputs(files[i].text, out);
		fclose(out);
		free(file);
		free(path);
	}
	made_run(&made, "git add -f . && git commit -qm attributes");
}

static struct attributes *open_at(const char *revision)
{
	char *dir = sandbox_path(&made.box, "work");
	struct attributes *attributes;
	struct err err = ERR_INIT;
	struct oid commit;

	must(repo_open(&made.repo, dir, &err));
	must(repo_resolve(&commit, made.repo, revision, &err));
	must(attributes_open(&attributes, made.repo, &commit, &err));
	free(dir);
	return attributes;
}

static void check(struct attributes *attributes, size_t i)
{
	struct err err = ERR_INIT;
	struct path_attributes said;

	must(attributes_of(&said, attributes, cases[i].path, &err));
	cr_expect(said.generated == cases[i].generated, "%s: generated %d",
		  cases[i].path, said.generated);
	cr_expect(said.vendored == cases[i].vendored, "%s: vendored %d",
		  cases[i].path, said.vendored);
	cr_expect(said.diff == cases[i].diff, "%s: diff %d", cases[i].path,
		  said.diff);
}

Test(attributes, are_those_of_the_commit)
{
	struct attributes *attributes;

	write_files();
	attributes = open_at("HEAD");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check(attributes, i);
	for (size_t i = ARRAY_LEN(cases); i--;)
		check(attributes, i);
	attributes_free(attributes);
}

/* What git itself says of the attribute "diff" of the same paths. */
Test(attributes, agree_with_git)
{
	static const char *const words[] = {
		[NOTHING] = "unspecified", [SET] = "set", [UNSET] = "unset"
	};

	write_files();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *said = sandbox_output(&made.box,
					    "cd work && git check-attr diff -- "
					    "'%s' 2>/dev/null | "
					    "sed 's/.*: //;s/swift/set/'",
					    cases[i].path);

		cr_expect(eq(str, said, (char *)words[cases[i].diff]), "%s",
			  cases[i].path);
		free(said);
	}
}

Test(attributes, nothing_else_has_a_say)
{
	struct path_attributes said;
	struct attributes *attributes;
	struct err err = ERR_INIT;

	made_run(&made, "echo a >a.c && git add . && git commit -qm one && "
			"echo '* -diff' | tee .git/info/attributes "
			"../attributes >.gitattributes && git add . && "
			"git config core.attributesFile ../attributes");
	attributes = open_at("HEAD");
	must(attributes_of(&said, attributes, "a.c", &err));
	cr_expect(said.diff == ATTRIBUTE_UNSPECIFIED);
	attributes_free(attributes);
}

Test(attributes, an_endless_file_says_nothing)
{
	struct path_attributes said;
	struct attributes *attributes;
	struct err err = ERR_INIT;

	made_run(&made, "yes '* -diff' | head -c 300000 >.gitattributes && "
			"git add . && git commit -qm one");
	attributes = open_at("HEAD");
	must(attributes_of(&said, attributes, "a.c", &err));
	cr_expect(said.diff == ATTRIBUTE_UNSPECIFIED);
	attributes_free(attributes);
}
