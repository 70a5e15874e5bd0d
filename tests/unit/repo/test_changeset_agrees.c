/* Many made-up repositories, each compared with what `git diff` says of it. */
#include "made.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"

#define REPOSITORIES 40
#define FILES        24

static struct made made;

static void set_up(void)
{
	made_init(&made);
}

static void tear_down(void)
{
	made_release(&made);
}

TestSuite(changeset_agrees, .init = set_up, .fini = tear_down);

/* A generator of our own, the same on every machine. */
static uint64_t state;

static unsigned below(unsigned bound)
{
	state = state * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(state >> 33) % bound;
}

/* What a file of the made-up repository is. */
struct draft {
	char *path;
	unsigned seed;  /* of its first lines                */
	unsigned lines; /* 0: empty                          */
	unsigned edits; /* how many of them are others       */
	unsigned edit_seed;
	bool is_binary, is_executable, has_no_eol, has_crlf;
};

static struct draft drafts[4 * FILES];
static size_t count;

static const char *const folders[] = { "", "App/", "App/Wallet/", "Core/",
				       "Core/Net/" };
static const char *const names[] = { "Session", "Wallet", "Api", "Store" };
static const char *const endings[] = { ".swift", ".kt", ".m", ".txt" };

static char *new_path(unsigned number)
{
	return xstrf("%s%s%u%s", folders[below(ARRAY_LEN(folders))],
		     names[below(ARRAY_LEN(names))], number,
		     endings[below(ARRAY_LEN(endings))]);
}

static void add_draft(unsigned number)
{
	drafts[count++] = (struct draft){
		.path = new_path(number),
		.seed = below(1000000),
		.lines = below(10) ? 4 + below(60) : 0,
		.is_binary = !below(12),
		.has_no_eol = !below(12),
		.has_crlf = !below(8),
	};
}

static void write_line(FILE *out, const struct draft *draft, unsigned line)
{
	uint64_t kept = state;
	bool edited = draft->edits &&
		      line % (draft->lines / draft->edits + 1) ==
			      draft->edit_seed % 3;

	state = (uint64_t)draft->seed * 1000 + line;
	if (edited)
		state += (uint64_t)draft->edit_seed << 40;
	if (edited && below(3) == 0)
		fprintf(out, "    inserted(%u)\n", below(99999));
	for (unsigned words = 1 + below(6); words; words--)
		fprintf(out, "%*sword%u", (int)below(5), "", below(300));
	if (below(20) == 0)
		fputs("}", out);
	state = kept;
	if (line + 1 < draft->lines || !draft->has_no_eol)
		fputs(draft->has_crlf ? "\r\n" : "\n", out);
}

static void write_draft(const struct draft *draft)
{
	char *path = xstrf("%s/work/%s", made.box.dir, draft->path);
	FILE *out = fopen(path, "w");

	if (!out)
		cr_fatal("cannot write %s", path);
	if (draft->is_binary)
		fwrite("\0\1", 1, 2, out);
	for (unsigned i = 0; i < draft->lines; i++)
		write_line(out, draft, i);
	fclose(out);
	chmod(path, draft->is_executable ? 0755 : 0644);
	free(path);
}

static void commit_drafts(const char *name)
{
	char *commands = xstrf("git add -A && git commit -qm %s && git tag %s",
			       name, name);

	made_run(&made, "git rm -rqf --ignore-unmatch . && "
			"mkdir -p App/Wallet Core/Net");
	for (size_t i = 0; i < count; i++)
		write_draft(&drafts[i]);
	made_run(&made, commands);
	free(commands);
}

static void edit(struct draft *draft)
{
	draft->edits = 1 + below(1 + draft->lines / 2);
	draft->edit_seed = 1 + below(10000);
}

static void move(struct draft *draft, unsigned number)
{
	free(draft->path);
	draft->path = new_path(number);
}

static void drop(size_t i)
{
	free(drafts[i].path);
	drafts[i] = drafts[--count];
}

static void change_one(size_t i, unsigned number)
{
	switch (below(9)) {
	case 0:
		drop(i);
		break;
	case 1:
		add_draft(number);
		break;
	case 2:
		move(&drafts[i], number);
		break;
	case 3:
	case 4:
		move(&drafts[i], number);
		edit(&drafts[i]);
		break;
	case 5:
		drafts[i].is_executable = !drafts[i].is_executable;
		break;
	case 6:
		drafts[i].has_crlf = !drafts[i].has_crlf;
		break;
	default:
		edit(&drafts[i]);
	}
}

static void free_drafts(void)
{
	while (count)
		drop(count - 1);
}

static void assert_agrees(const char *base, const char *head)
{
	char *ours, *theirs;

	made_change(&made, base, head, NULL);
	ours = made_listing(&made);
	theirs = git_listing(&made, base, head);
	cr_expect(eq(str, ours, theirs));
	free(ours);
	free(theirs);
	ours = made_hunks(&made);
	theirs = git_hunks(&made, base, head);
	cr_expect(eq(str, ours, theirs));
	free(ours);
	free(theirs);
}

static void make_up(unsigned seed)
{
	char name[2][32];

	state = seed;
	snprintf(name[0], sizeof(name[0]), "base%u", seed);
	snprintf(name[1], sizeof(name[1]), "head%u", seed);
	for (unsigned i = 0; i < FILES; i++)
		add_draft(i);
	commit_drafts(name[0]);
	for (unsigned i = 0; i < FILES / 2; i++)
		change_one(below((unsigned)count), FILES + i);
	commit_drafts(name[1]);
	assert_agrees(name[0], name[1]);
	free_drafts();
}

Test(changeset_agrees, on_made_up_repositories)
{
	for (unsigned seed = 1; seed <= REPOSITORIES; seed++)
		make_up(seed);
}
