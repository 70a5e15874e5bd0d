#include "made.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

static struct made made;

/* main: 40 numbered lines in each of two files, an image. topic: one line of
 * each file and the image changed. */
static void set_up(void)
{
	made_init(&made);
	made_run(&made,
		 "seq 40 >a.swift; seq 40 >b.kt; printf 'a\\0b' >i.png\n"
		 "git add . && git commit -qm base\n"
		 "git checkout -qb topic\n"
		 "sed -i 's/^20$/twenty/' a.swift b.kt; printf 'a\\0c' >i.png\n"
		 "git commit -qam topic\n"
		 "git checkout -q main");
}

static void tear_down(void)
{
	made_release(&made);
}

TestSuite(change_key, .init = set_up, .fini = tear_down);

static const struct {
	const char *what, *commands, *base, *head;
} same[] = {
	{ "an amend that changes the message only",
	  "git commit -q --amend -m other --date 2001-01-01T00:00:00Z", "main",
	  "topic" },
	{ "a rebase past changes elsewhere in the same files",
	  "git checkout -q main && sed -i '1i zero' a.swift b.kt && "
	  "echo x >new && git add . && git commit -qm more && "
	  "git checkout -q topic && git rebase -q main",
	  "main", "topic" },
	{ "a base that went on",
	  "git checkout -q main && sed -i '1i zero' a.swift && "
	  "git commit -qam more",
	  "main", "topic" },
	{ "a cherry-pick onto another branch",
	  "git checkout -qb release main && sed -i '40a end' a.swift && "
	  "git commit -qam rel && git cherry-pick topic",
	  "release~", "release" },
	{ "another target branch that holds the same base",
	  "git branch release main && git checkout -q release && echo x >y && "
	  "git add . && git commit -qm y",
	  "release", "topic" },
	{ "the same in two commits",
	  "git reset -q main && git commit -qm one a.swift && "
	  "git commit -qam two",
	  "main", "topic" },
	{ "attributes and configuration",
	  "git config core.autocrlf true && git config diff.noprefix true && "
	  "git config diff.context 9 && git config diff.renames false && "
	  "git config core.filemode false && git config diff.algorithm "
	  "patience && git config diff.interHunkContext 20 && "
	  "git config diff.ignoreSubmodules all && "
	  "echo '* -diff' >.git/info/attributes && "
	  "echo '* -diff' >.gitattributes && git config diff.external false",
	  "main", "topic" },
};

Test(change_key, stays_the_same)
{
	char *before = made_key(&made, "main", "topic");

	cr_assert(eq(sz, strlen(before), 64));
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		char *after;

		tear_down();
		set_up();
		made_run(&made, "git checkout -q topic");
		made_run(&made, same[i].commands);
		after = made_key(&made, same[i].base, same[i].head);
		cr_expect(eq(str, after, before), "%s", same[i].what);
		free(after);
	}
	free(before);
}

static const struct {
	const char *what, *commands;
} others[] = {
	{ "white space", "sed -i 's/^twenty/twenty /' a.swift" },
	{ "a carriage return", "sed -i 's/^twenty$/twenty\\r/' a.swift" },
	{ "no line break at the end",
	  "printf '%s' \"$(cat a.swift)\" >a.swift" },
	{ "binary content", "printf 'a\\0d' >i.png" },
	{ "the mode", "chmod +x a.swift" },
	{ "the name", "git mv a.swift c.swift" },
	{ "an empty file", "touch empty" },
	{ "one file less", "git checkout main -- b.kt" },
	{ "a line elsewhere", "sed -i 's/^30$/thirty/' a.swift" },
	{ "a link instead", "rm b.kt && ln -s a.swift b.kt" },
};

Test(change_key, differs_by)
{
	char *before = made_key(&made, "main", "topic");

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		char *after;

		tear_down();
		set_up();
		made_run(&made, "git checkout -q topic");
		made_run(&made, others[i].commands);
		made_run(&made, "git add -A && git commit -q --amend -m x");
		after = made_key(&made, "main", "topic");
		cr_expect(ne(str, after, before), "%s", others[i].what);
		free(after);
	}
	free(before);
}

Test(change_key, tells_a_moved_line_from_the_same_in_another_file)
{
	char *a, *b;

	made_run(&made, "git checkout -qb one main && echo x >>a.swift && "
			"git commit -qam a && git checkout -qb two main && "
			"echo x >>b.kt && git commit -qam b");
	a = made_key(&made, "main", "one");
	b = made_key(&made, "main", "two");
	cr_expect(ne(str, a, b));
	free(a);
	free(b);
}

/* The format as the header gives it, written with other tools. */
Test(change_key, can_be_made_with_standard_tools)
{
	char *ours, *theirs;

	made_run(&made, "git checkout -q topic && git rm -q b.kt && "
			"printf 'end' >>a.swift && git mv i.png j.png && "
			"chmod +x a.swift && git add . && "
			"git commit -q --amend -m x");
	ours = made_key(&made, "main", "topic");
	theirs = sandbox_output(
		&made.box,
		"cd work\n"
		"field() { perl -e 'local $/; my $t = <STDIN>; "
		"print pack(\"Q>\", length $t), $t'; }\n"
		"word() { printf '%%s' \"$1\" | field; }\n"
		"hunk() { git diff main topic -- $1 | sed '1,/^@@/d' | field; "
		"}\n"
		"{ word 'referee change key 1'\n"
		"  word file; word a.swift; word a.swift; word M\n"
		"  word '100644 100755'\n"
		"  git diff main topic -- a.swift | perl -ne '"
		"if (/^@@/) { $n++; next } $h[$n] .= $_ if $n; "
		"END { print pack(\"Q>\", length $_), $_ for @h[1..$n] }'\n"
		"  word file; word b.kt; word b.kt; word D\n"
		"  word '100644 000000'; hunk b.kt\n"
		"  word file; word i.png; word i.png; word D\n"
		"  word '100644 000000'; word blobs\n"
		"  word $(git rev-parse main:i.png)\n"
		"  word 0000000000000000000000000000000000000000\n"
		"  word file; word j.png; word j.png; word A\n"
		"  word '000000 100644'; word blobs\n"
		"  word 0000000000000000000000000000000000000000\n"
		"  word $(git rev-parse topic:j.png); } | "
		"sha256sum | cut -d ' ' -f 1");
	cr_expect(eq(str, ours, theirs));
	free(ours);
	free(theirs);
}

Test(change_key, of_nothing)
{
	char *nothing = made_key(&made, "main", "main");
	char *behind = made_key(&made, "topic", "main");

	cr_expect(eq(sz, made.changes.file_count, 0));
	cr_expect(eq(str, nothing, behind));
	free(nothing);
	free(behind);
}
