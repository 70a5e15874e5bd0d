#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "code/coverage.h"
#include "core/alloc.h"
#include "core/attr.h"
#include "core/buf.h"
#include "repo/refs.h"
#include "sandbox.h"

static const char *const format_names[] = {
	[COVERAGE_LCOV] = "lcov",       [COVERAGE_COBERTURA] = "cobertura",
	[COVERAGE_JACOCO] = "jacoco",   [COVERAGE_SONAR] = "sonar",
	[COVERAGE_XCCOV] = "xccov",     [COVERAGE_LLVM] = "llvm-cov",
	[COVERAGE_SLATHER] = "slather",
};

/* "lcov 2/3 a.swift:1+3-; b.swift:..." */
static char *describe(const struct coverage *coverage)
{
	struct buf out;

	buf_init(&out, 4096);
	buf_addf(&out, "%s %llu/%llu", format_names[coverage->format],
		 (unsigned long long)coverage->count.covered,
		 (unsigned long long)coverage->count.total);
	for (size_t i = 0; i < coverage->len; i++) {
		const struct coverage_file *file = &coverage->files[i];

		buf_addf(&out, " %s:", file->path);
		for (size_t j = 0; j < file->len; j++)
			buf_addf(&out, "%u%c", file->lines[j].line,
				 file->lines[j].is_hit ? '+' : '-');
	}
	return buf_detach(&out);
}

Test(coverage, reads_every_format)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "TN:\nSF:lib/a.swift\nDA:3,0\r\nDA:1,12,abc\nDA:3,0\nLF:2\n"
		  "LH:1\nend_of_record\nSF:lib/b.swift\nDA:7,1\n"
		  "end_of_record\n",
		  "lcov 2/3 lib/a.swift:1+3- lib/b.swift:7+" },
		{ "format: lcov\ntotal=50\nSF:a.kt\nDA:1,0\n",
		  "lcov 0/1 a.kt:1-" },
		{ "<?xml version=\"1.0\"?>\n<!DOCTYPE coverage SYSTEM "
		  "\"http://x/coverage-04.dtd\">\n"
		  "<coverage line-rate=\"0.5\"><packages><package name=\"p\">"
		  "<classes><class filename=\"a/b.m\"><methods/><lines>"
		  "<line number=\"14\" hits=\"1\"/><line number=\"15\" "
		  "hits=\"0\"/></lines></class></classes></package></packages>"
		  "</coverage>",
		  "cobertura 1/2 a/b.m:14+15-" },
		{ "<report name=\"app\"><package name=\"com/x\"><class "
		  "name=\"com/x/A\" sourcefilename=\"A.kt\"/>"
		  "<sourcefile name=\"A.kt\"><line nr=\"5\" mi=\"0\" "
		  "ci=\"3\" mb=\"0\" cb=\"0\"/><line nr=\"6\" mi=\"2\" "
		  "ci=\"0\"/><counter type=\"LINE\" missed=\"1\" "
		  "covered=\"1\"/></sourcefile></package></report>",
		  "jacoco 1/2 com/x/A.kt:5+6-" },
		{ "<coverage version=\"1\"><file path=\"a.swift\">"
		  "<lineToCover lineNumber=\"2\" covered=\"true\"/>"
		  "<lineToCover lineNumber=\"4\" covered=\"false\"/></file>"
		  "</coverage>",
		  "sonar 1/2 a.swift:2+4-" },
		{ "{\"coveredLines\": 99, \"targets\": [{\"name\": "
		  "\"App.app\", \"files\": [{\"path\": \"/ci/A.swift\", "
		  "\"coveredLines\": 3, \"executableLines\": 4}]}, {\"name\": "
		  "\"AppTests.xctest\", \"files\": [{\"path\": \"/ci/T.swift\","
		  " \"coveredLines\": 9, \"executableLines\": 9}]}]}",
		  "xccov 3/4 /ci/A.swift:" },
		{ "{\"type\": \"llvm.coverage.json.export\", \"data\": "
		  "[{\"files\": [{\"filename\": \"/s/a.swift\", \"segments\": "
		  "[[1,10,5,true,true,false],[3,2,0,true,false,false],"
		  "[4,1,0,false,false,false]], \"summary\": {\"lines\": "
		  "{\"count\": 3, \"covered\": 3}}}]}]}",
		  "llvm-cov 3/3 /s/a.swift:1+2+3+" },
		{ "[{\"file\": \"a.m\", \"coverage\": [null, 1, 0, null]}]",
		  "slather 1/2 a.m:2+3-" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		struct coverage coverage;
		char *seen;

		must(coverage_parse(&coverage, cases[i].text,
				    strlen(cases[i].text), &err));
		seen = describe(&coverage);
		cr_expect(eq(str, seen, (char *)cases[i].wanted), "%s", seen);
		free(seen);
		coverage_release(&coverage);
	}
}

Test(coverage, refuses_what_is_no_report)
{
	static const char *const cases[] = {
		"",
		"hello\n",
		"<html><body/></html>",
		"<coverage line-rate=\"1\"><packages>",
		"{\"a\": 1}",
		"[{\"file\": 3}]",
		"SF:a\nDA:x,1\n",
		"SF:a\nDA:5\n",
		"<!DOCTYPE coverage [<!ENTITY a \"b\">]><coverage "
		"line-rate=\"1\"/>",
		"{\"targets\": [{\"name\": \"A\", \"files\": [{}]}]}",
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		struct coverage coverage;

		must_fail(ERR_PROTOCOL, coverage_parse(&coverage, cases[i],
						       strlen(cases[i]), &err));
	}
}

Test(coverage, finds_a_file_by_the_end_of_its_path)
{
	static const char text[] = "SF:/ci/build/App/A.swift\nDA:1,1\n"
				   "SF:com/x/B.kt\nDA:1,1\n"
				   "SF:/one/C.swift\nDA:1,1\n"
				   "SF:/two/C.swift\nDA:1,1\n"
				   "SF:D.swift\nDA:1,1\n";
	static const struct {
		const char *path, *found; /* NULL: none */
	} cases[] = {
		{ "App/A.swift", "/ci/build/App/A.swift" },
		{ "A.swift", "/ci/build/App/A.swift" },
		{ "pp/A.swift", NULL },
		{ "app/src/main/java/com/x/B.kt", "com/x/B.kt" },
		{ "C.swift", NULL },
		{ "two/C.swift", "/two/C.swift" },
		{ "a/b/D.swift", "D.swift" },
		{ "OldD.swift", NULL },
		{ "E.swift", NULL },
	};
	struct err err = ERR_INIT;
	struct coverage coverage;

	must(coverage_parse(&coverage, text, strlen(text), &err));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct coverage_file *file = coverage_find(&coverage,
								 cases[i].path);

		cr_expect(
			eq(str, file ? file->path : (char *)"none",
			   (char *)(cases[i].found ? cases[i].found : "none")),
			"%s", cases[i].path);
	}
	coverage_release(&coverage);
}

Test(coverage, counts_only_added_lines_that_are_known)
{
	struct diff_line lines[] = {
		{ .origin = ' ', .new_line = 1, .old_line = 1 },
		{ .origin = '+', .new_line = 2 }, /* covered   */
		{ .origin = '+', .new_line = 3 }, /* not       */
		{ .origin = '+', .new_line = 4 }, /* unknown   */
		{ .origin = '-', .old_line = 2 },
	};
	struct hunk hunk = { .lines = lines, .line_count = ARRAY_LEN(lines) };
	struct changed_file files[] = {
		{ .path = "a.swift", .hunks = &hunk, .hunk_count = 1 },
		{ .path = "b.swift", .hunks = &hunk, .hunk_count = 1 },
		{ .path = "a.swift",
		  .hunks = &hunk,
		  .hunk_count = 1,
		  .file_class = CLASS_TEST },
	};
	struct changeset changeset = { .files = files, .file_count = 3 };
	static const char text[] = "SF:a.swift\nDA:1,1\nDA:2,1\nDA:3,0\n";
	struct err err = ERR_INIT;
	struct coverage coverage;
	struct coverage_count count;

	must(coverage_parse(&coverage, text, strlen(text), &err));
	count = coverage_of_change(&coverage, &changeset);
	cr_assert(count.covered == 1 && count.total == 2);
	count = coverage_of_file(&coverage, &files[1]);
	cr_assert(count.total == 0);
	cr_assert(coverage_percent(count) < 0);
	coverage_release(&coverage);
}

Test(coverage, is_found_in_the_notes_of_the_nearest_ancestor)
{
	struct sandbox sandbox;
	struct repo *repo = NULL;
	struct err err = ERR_INIT;
	struct coverage coverage;
	struct oid head, root;
	struct coverage_note note;
	char *path;

	sandbox_init(&sandbox);
	repo_setup();
	sandbox_run(&sandbox,
		    "git init -q r && cd r && git commit -q --allow-empty -m a "
		    "&& git commit -q --allow-empty -m b && "
		    "printf 'SF:a\\nDA:1,1\\n' >../c && "
		    "git notes --ref=coverage add -F ../c HEAD && "
		    "git commit -q --allow-empty -m c && "
		    "git update-ref refs/x/root HEAD~2");
	path = sandbox_path(&sandbox, "r");
	must(repo_open(&repo, path, &err));
	must(ref_read(&head, repo, "HEAD", &err));
	must(ref_read(&root, repo, "refs/x/root", &err));
	must(coverage_load_note(&coverage, &note, repo, "refs/notes/coverage",
				&head, &err));
	cr_assert(note.behind == 1);
	cr_assert(coverage.count.total == 1);
	coverage_release(&coverage);
	must_fail(ERR_NOT_FOUND,
		  coverage_load_note(&coverage, &note, repo,
				     "refs/notes/coverage", &root, &err));
	must_fail(ERR_NOT_FOUND,
		  coverage_load_note(&coverage, &note, repo, "refs/notes/other",
				     &head, &err));
	repo_free(repo);
	free(path);
	sandbox_release(&sandbox);
}
