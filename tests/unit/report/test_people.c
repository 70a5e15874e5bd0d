#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "sample.h"

Test(note, looks_as_documented)
{
	struct run_record record;
	struct buf out;

	sample_fill(&record);
	finding_release(&record.findings.items[--record.findings.len]);
	buf_init(&out, 10000);
	report_note_section(&out, &record);
	must_say("pr-review: attention - 1 major\n"
		 "\n"
		 "  major  Wallet/Session.swift:42  Access token kept in "
		 "UserDefaults\n"
		 "         Any app backup contains it; keep it in the "
		 "Keychain.  [security-agent, 0.93]\n"
		 "\n"
		 "  Not reviewed: Pods/A.m (vendored)\n"
		 "  Reviewed 1 of 2 files with claude-opus-5-5 in 41 s for "
		 "$0.0421.\n",
		 out.ptr);
	buf_reset(&out);
	report_note_trailer(&out, &record);
	must_say("Referee-Run: 01JD3M0000000000000000000A pr-review attention "
		 "5555555555555555 0.0421 USD",
		 out.ptr);
	buf_release(&out);
	run_record_release(&record);
}

Test(note, hides_nothing_behind_control_characters)
{
	struct run_record record;
	struct buf out;

	sample_fill(&record);
	buf_init(&out, 10000);
	report_note_section(&out, &record);
	cr_assert(strchr(out.ptr, '\x1b') == NULL);
	for (const char *at = strchr(out.ptr, '\n'); at && at[1];
	     at = strchr(at + 1, '\n'))
		cr_assert(at[1] == '\n' || at[1] == ' ',
			  "a body line is not indented: %s", at);
	buf_release(&out);
	run_record_release(&record);
}

/* Which a note shows twenty of. */
Test(note, names_files_left_out_for_one_reason_together)
{
	static const char *const wanted[] = {
		"  In part (no rules for it):\n         A.js, B.js\n",
		"  Not reviewed: C.map (generated)\n",
		"  Not reviewed (vendored):\n         0.m, 1.m, 2.m, ",
		"16.m\n  ... and 13 more files\n  Reviewed",
	};
	struct run_record record;
	struct buf out;

	sample_fill(&record);
	for (size_t i = 0; i < record.file_count; i++) {
		free(record.files[i].path);
		free(record.files[i].reason);
	}
	free(record.files);
	record.files = xcalloc(40, sizeof(*record.files));
	record.file_count = 0;
	sample_add_file(&record, "A.js", FILE_PARTIAL, "no rules for it");
	sample_add_file(&record, "C.map", FILE_SKIPPED, "generated");
	sample_add_file(&record, "B.js", FILE_PARTIAL, "no rules for it");
	for (int i = 0; i < 30; i++) {
		char *name = xstrf("%d.m", i);

		sample_add_file(&record, name, FILE_SKIPPED, "vendored");
		free(name);
	}
	buf_init(&out, 10000);
	report_note_section(&out, &record);
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		cr_expect(strstr(out.ptr, wanted[i]) != NULL, "no '%s' in:\n%s",
			  wanted[i], out.ptr);
	buf_release(&out);
	run_record_release(&record);
}

Test(markdown, neutralises_what_models_say)
{
	struct run_record record;
	char *text;

	sample_fill(&record);
	text = sample_render(&record, "markdown");
	cr_assert(strstr(text, "@ada") == NULL, "%s", text);
	cr_assert(strstr(text, "<img") == NULL, "%s", text);
	cr_assert(strstr(text, "![x]") == NULL || strstr(text, "\\![x]"), "%s",
		  text);
	cr_assert(strstr(text, "\n/close") == NULL, "%s", text);
	cr_assert(strstr(text, "  /close") == NULL, "%s", text);
	cr_assert(strstr(text, " #7") == NULL, "%s", text);
	free(text);
	run_record_release(&record);
}

Test(report, a_failure_is_the_worst_verdict)
{
	struct run_record failed = { .verdict = VERDICT_FAILED };
	struct run_record pass = { .verdict = VERDICT_PASS };
	struct run_record skipped = { .verdict = VERDICT_SKIPPED };
	struct report_run runs[] = { { &pass, false },
				     { &failed, false },
				     { &skipped, false } };
	struct report report = { .runs = runs, .count = 3 };

	cr_assert(eq(int, report_verdict(&report), VERDICT_FAILED));
	report.count = 1;
	cr_assert(eq(int, report_verdict(&report), VERDICT_PASS));
	report.count = 0;
	cr_assert(eq(int, report_verdict(&report), VERDICT_SKIPPED));
}
