#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "store/dismissals.h"
#include "store/findings_life.h"

/* What a run found: "path:line symbol code". */
struct said {
	const char *path;
	int line;
	const char *symbol, *code;
};

static void say(struct finding_list *list, const struct said *said)
{
	struct finding *finding = finding_list_add(list);

	finding->path = xstrdup(said->path);
	finding->line = said->line;
	finding->symbol = said->symbol ? xstrdup(said->symbol) : NULL;
	finding->quote = said->code ? xstrdup(said->code) : NULL;
	finding->category = xstrdup("security");
	finding->title = xstrdup("a title");
	finding->severity = SEVERITY_MAJOR;
	strvec_add(&finding->agents, "security-agent");
}

static void print_of(char out[FINGERPRINT_SIZE], const struct said *said)
{
	struct finding_list list = { 0 };

	say(&list, said);
	findings_fingerprint(&list);
	memcpy(out, list.items[0].fingerprint, FINGERPRINT_SIZE);
	finding_list_release(&list);
}

static const struct {
	struct said said;
	bool same;
} prints[] = {
	{ { "a.swift", 99, "f()", "let x = 1" }, true },
	{ { "a.swift", 1, "f()", "  let  x\t= 1\n" }, true },
	{ { "b.swift", 1, "f()", "let x = 1" }, false },
	{ { "a.swift", 1, "g()", "let x = 1" }, false },
	{ { "a.swift", 1, "f()", "let x = 2" }, false },
	{ { "a.swift", 1, NULL, "let x = 1" }, false },
	{ { "a.swift", 1, "f()", NULL }, false },
};

Test(fingerprint, does_not_depend_on_how_secrets_are_numbered)
{
	char *one = finding_code("let k = \"[redacted:aws-access-key:1]\"");
	char *two = finding_code("let  k = \"[redacted:aws-access-key:12]\"");
	char *other = finding_code("let k = \"[redacted:aws-access-key:]\"");

	cr_assert(eq(str, one, "let k = \"[redacted:aws-access-key]\""));
	cr_assert(eq(str, one, two));
	cr_assert(eq(str, other, "let k = \"[redacted:aws-access-key:]\""));
	free(one);
	free(two);
	free(other);
}

Test(fingerprint, is_of_what_is_said_not_of_the_line)
{
	const struct said first = { "a.swift", 1, "f()", "let x = 1" };
	char of_first[FINGERPRINT_SIZE], of_other[FINGERPRINT_SIZE];

	print_of(of_first, &first);
	cr_assert(eq(sz, strlen(of_first), 12));
	for (size_t i = 0; i < ARRAY_LEN(prints); i++) {
		print_of(of_other, &prints[i].said);
		cr_assert(eq(int, !strcmp(of_first, of_other), prints[i].same),
			  "%zu", i);
	}
}

Test(fingerprint, of_the_same_said_twice_differs_and_keeps_its_order)
{
	struct finding_list list = { 0 }, turned = { 0 };
	const struct said early = { "a", 1, "f", "x" },
			  late = { "a", 9, "f", "x" };

	say(&list, &early);
	say(&list, &late);
	say(&turned, &late);
	say(&turned, &early);
	findings_fingerprint(&list);
	findings_fingerprint(&turned);
	cr_assert(
		ne(str, list.items[0].fingerprint, list.items[1].fingerprint));
	cr_assert(eq(str, list.items[0].fingerprint,
		     turned.items[1].fingerprint));
	cr_assert(eq(str, list.items[1].fingerprint,
		     turned.items[0].fingerprint));
	finding_list_release(&list);
	finding_list_release(&turned);
}

Test(fingerprint, does_not_depend_on_which_agent_came_first)
{
	struct finding_list list = { 0 };
	const struct said said = { "a", 1, "f", "x" };

	say(&list, &said);
	say(&list, &said);
	strvec_add(&list.items[0].agents, "style-agent");
	strvec_release(&list.items[1].agents);
	strvec_add(&list.items[1].agents, "style-agent");
	strvec_add(&list.items[1].agents, "security-agent");
	finding_fingerprint(&list.items[0]);
	finding_fingerprint(&list.items[1]);
	cr_assert(
		eq(str, list.items[0].fingerprint, list.items[1].fingerprint));
	finding_list_release(&list);
}

/* A head: which code is in which file, "path code|path code". */
static bool is_in(const char *path, const char *code, void *payload)
{
	char *wanted = xstrf("|%s %s|", path, code);
	char *all = xstrf("|%s|", (const char *)payload);
	bool found;

	if (!*code)
		wanted[strlen(wanted) - 1] = '\0';
	found = strstr(all, wanted) != NULL;
	free(wanted);
	free(all);
	return found;
}

/* A push after the first one, which found { a, 5, f, x }. */
static const struct {
	const char *what;
	struct said found[3];
	const char *head;
	struct rename rename;
	const char *expected; /* state of the first, how many are known */
	const char *path;     /* where the first is now */
} pushes[] = {
	{ "found again",
	  { { "a", 5, "f", "x" } },
	  "a x",
	  { 0 },
	  "open 1",
	  "a" },
	{ "its line moved",
	  { { "a", 50, "f", "x" } },
	  "a x",
	  { 0 },
	  "open 1",
	  "a" },
	{ "not said again, code still there",
	  { { 0 } },
	  "a x",
	  { 0 },
	  "open 1",
	  "a" },
	{ "code changed", { { 0 } }, "a y", { 0 }, "fixed 1", "a" },
	{ "code changed, still wrong",
	  { { "a", 5, "f", "y" } },
	  "a y",
	  { 0 },
	  "fixed 2",
	  "a" },
	{ "file gone", { { 0 } }, "b x", { 0 }, "fixed 1", "a" },
	{ "file renamed, found again",
	  { { "b", 5, "f", "x" } },
	  "b x",
	  { "a", "b" },
	  "open 1",
	  "b" },
	{ "file renamed, not said again",
	  { { 0 } },
	  "b x",
	  { "a", "b" },
	  "open 1",
	  "b" },
	{ "symbol renamed",
	  { { "a", 5, "g", "x" } },
	  "a x",
	  { 0 },
	  "open 1",
	  "a" },
	{ "moved to another file",
	  { { "c", 7, "h", "x" } },
	  "a y|c x",
	  { 0 },
	  "open 1",
	  "c" },
	{ "copied to another file",
	  { { "c", 7, "h", "x" } },
	  "a x|c x",
	  { 0 },
	  "open 2",
	  "a" },
	{ "one more of the same",
	  { { "a", 5, "f", "x" }, { "a", 9, "f", "x" } },
	  "a x",
	  { 0 },
	  "open 2",
	  "a" },
};

static void unite(struct known_list *known, const struct said *said,
		  size_t count, const char *head, const struct rename *rename)
{
	struct finding_list found = { 0 };
	struct life_context context = {
		.workflow = "w",
		.head = "1111111111111111111111111111111111111111",
		.now_ms = 1000,
		.renames = rename,
		.rename_count = rename && rename->path,
		.has_code = is_in,
		.payload = (void *)head,
	};

	for (size_t i = 0; i < count && said[i].path; i++)
		say(&found, &said[i]);
	findings_fingerprint(&found);
	findings_unite(known, &found, &context);
	for (size_t i = 0; i < found.len; i++)
		cr_assert(known_list_find(known, found.items[i].fingerprint) !=
			  NULL);
	finding_list_release(&found);
}

static const struct said first = { "a", 5, "f", "x" };

Test(findings_life, over_one_push)
{
	for (size_t i = 0; i < ARRAY_LEN(pushes); i++) {
		struct known_list known = { 0 };
		char before[FINGERPRINT_SIZE], *result;

		unite(&known, &first, 1, "a x", NULL);
		memcpy(before, known.items[0].fingerprint, sizeof(before));
		unite(&known, pushes[i].found, 3, pushes[i].head,
		      &pushes[i].rename);
		result = xstrf("%s %zu",
			       finding_state_name(known.items[0].state),
			       known.len);
		cr_assert(eq(str, result, (char *)pushes[i].expected), "%s",
			  pushes[i].what);
		cr_assert(eq(str, known.items[0].path, (char *)pushes[i].path),
			  "%s", pushes[i].what);
		cr_assert(eq(str, known.items[0].fingerprint, before));
		free(result);
		known_list_release(&known);
	}
}

static char *history_of(const struct known_finding *finding)
{
	struct buf out;

	buf_init(&out, 1000);
	for (size_t i = 0; i < finding->event_count; i++)
		buf_addf(&out, "%s%s", i ? " " : "", finding->history[i].what);
	return buf_detach(&out);
}

Test(findings_life, fixed_ones_come_back)
{
	struct known_list known = { 0 };
	char *history;

	unite(&known, &first, 1, "a x", NULL);
	unite(&known, NULL, 0, "a y", NULL);
	unite(&known, NULL, 0, "a y", NULL);
	unite(&known, &first, 1, "a x", NULL);
	history = history_of(&known.items[0]);
	cr_assert(eq(str, history, "opened fixed reopened"));
	cr_assert(eq(int, known.items[0].state, FINDING_OPEN));
	free(history);
	known_list_release(&known);
}

Test(findings_life, dismissed_ones_stay_so_until_their_code_changes)
{
	struct known_list known = { 0 };
	struct err err = ERR_INIT;
	char *history;

	unite(&known, &first, 1, "a x", NULL);
	must(known_finding_dismiss(&known.items[0], "ada", "a test", 5, &err));
	unite(&known, &first, 1, "a x", NULL);
	unite(&known, NULL, 0, "a x", NULL);
	cr_assert(eq(int, known.items[0].state, FINDING_DISMISSED));
	unite(&known, NULL, 0, "a y", NULL);
	cr_assert(eq(int, known.items[0].state, FINDING_FIXED));
	unite(&known, &first, 1, "a x", NULL);
	cr_assert(eq(int, known.items[0].state, FINDING_OPEN));
	history = history_of(&known.items[0]);
	cr_assert(eq(str, history, "opened dismissed fixed reopened"));
	cr_assert(eq(str, known.items[0].history[1].by, "ada"));
	cr_assert(eq(str, known.items[0].history[1].reason, "a test"));
	free(history);
	known_list_release(&known);
}

Test(findings_life, only_open_ones_are_dismissed_only_dismissed_reopened)
{
	struct known_list known = { 0 };
	struct err err = ERR_INIT;

	unite(&known, &first, 1, "a x", NULL);
	must_fail(ERR_INVALID,
		  known_finding_reopen(&known.items[0], "ada", "", 5, &err));
	must(known_finding_dismiss(&known.items[0], "ada", "x", 5, &err));
	must(known_finding_reopen(&known.items[0], "bob", "no", 6, &err));
	cr_assert(eq(int, known.items[0].state, FINDING_OPEN));
	unite(&known, NULL, 0, "a y", NULL);
	must_fail(ERR_INVALID,
		  known_finding_dismiss(&known.items[0], "ada", "x", 5, &err));
	known_list_release(&known);
}

Test(findings_life, of_one_workflow_says_nothing_of_another)
{
	struct known_list known = { 0 };

	unite(&known, &first, 1, "a x", NULL);
	free(known.items[0].workflow);
	known.items[0].workflow = xstrdup("other");
	unite(&known, NULL, 0, "a y", NULL);
	cr_assert(eq(int, known.items[0].state, FINDING_OPEN));
	unite(&known, &first, 1, "a x", NULL);
	cr_assert(eq(sz, known.len, 2));
	cr_assert(ne(str, known.items[0].fingerprint,
		     known.items[1].fingerprint));
	known_list_release(&known);
}

Test(findings_life, are_named_by_unique_starts_of_their_fingerprints)
{
	struct known_list known = { 0 };
	struct err err = ERR_INIT;
	const struct said two[] = { { "a", 1, "f", "x" },
				    { "b", 1, "f", "x" } };
	size_t at;

	unite(&known, two, 2, "a x|b x", NULL);
	memcpy(known.items[0].fingerprint, "abcdef000000", FINGERPRINT_SIZE);
	memcpy(known.items[1].fingerprint, "abcd12000000", FINGERPRINT_SIZE);
	must(known_list_resolve(&at, &known, "abcd1", &err));
	cr_assert(eq(sz, at, 1));
	must_fail(ERR_INVALID, known_list_resolve(&at, &known, "abcd", &err));
	must_fail(ERR_INVALID, known_list_resolve(&at, &known, "abc", &err));
	must_fail(ERR_NOT_FOUND,
		  known_list_resolve(&at, &known, "abcdff", &err));
	known_list_release(&known);
}

/* A record with a finding at each of the places, at a bar of major. */
static void make_record(struct run_record *record, const struct said *said,
			size_t count)
{
	*record = (struct run_record){ .verdict = VERDICT_ATTENTION,
				       .bar = SEVERITY_MAJOR };
	for (size_t i = 0; i < count; i++)
		say(&record->findings, &said[i]);
	findings_fingerprint(&record->findings);
}

static const struct said two[] = { { "a", 1, "f", "x" }, { "b", 1, "f", "x" } };

Test(dismissals, are_hidden_and_counted)
{
	struct known_list known = { 0 };
	struct dismissals *dismissals = dismissals_new();
	struct run_record record;
	struct dismissal said;
	struct err err = ERR_INIT;

	unite(&known, two, 2, "a x|b x", NULL);
	must(known_finding_dismiss(&known.items[0], "ada", "x", 5, &err));
	dismissals_add(dismissals, &known);
	cr_assert(
		dismissals_find(&said, dismissals, known.items[0].fingerprint));
	cr_assert(eq(str, (char *)said.by, "ada"));
	cr_assert(not(dismissals_find(&said, dismissals,
				      known.items[1].fingerprint)));
	make_record(&record, two, 2);
	dismissals_hide(dismissals, &record);
	cr_assert(eq(sz, record.findings.len, 1));
	cr_assert(eq(str, record.findings.items[0].path, "b"));
	cr_assert(eq(sz, record.dismissed, 1));
	cr_assert(eq(int, record.verdict, VERDICT_ATTENTION));
	run_record_release(&record);
	dismissals_free(dismissals);
	known_list_release(&known);
}

Test(dismissals, of_all_that_is_serious_make_it_pass_a_failure_never)
{
	struct known_list known = { 0 };
	struct dismissals *dismissals = dismissals_new();
	struct run_record record;
	struct err err = ERR_INIT;

	unite(&known, two, 2, "a x|b x", NULL);
	must(known_finding_dismiss(&known.items[0], "ada", "x", 5, &err));
	must(known_finding_dismiss(&known.items[1], "ada", "x", 5, &err));
	dismissals_add(dismissals, &known);
	make_record(&record, two, 2);
	dismissals_hide(dismissals, &record);
	cr_assert(eq(int, record.verdict, VERDICT_PASS));
	cr_assert(eq(sz, record.dismissed, 2));
	run_record_release(&record);
	make_record(&record, two, 2);
	record.verdict = VERDICT_FAILED;
	dismissals_hide(dismissals, &record);
	cr_assert(eq(int, record.verdict, VERDICT_FAILED));
	run_record_release(&record);
	dismissals_free(dismissals);
	known_list_release(&known);
}

Test(dismissals, count_elsewhere_until_a_later_word)
{
	struct known_list here = { 0 }, there = { 0 };
	struct dismissals *dismissals = dismissals_new();
	struct dismissal said;
	struct err err = ERR_INIT;

	unite(&here, &first, 1, "a x", NULL);
	unite(&there, &first, 1, "a x", NULL);
	must(known_finding_dismiss(&here.items[0], "ada", "x", 5, &err));
	dismissals_add(dismissals, &here);
	dismissals_apply(dismissals, &there);
	cr_assert(eq(int, there.items[0].state, FINDING_DISMISSED));
	cr_assert(eq(str, there.items[0].history[1].by, "ada"));
	must(known_finding_reopen(&there.items[0], "bob", "no", 6, &err));
	dismissals_add(dismissals, &there);
	dismissals_add(dismissals, &here);
	cr_assert(not(
		dismissals_find(&said, dismissals, here.items[0].fingerprint)));
	dismissals_apply(dismissals, &there);
	cr_assert(eq(int, there.items[0].state, FINDING_OPEN));
	dismissals_free(dismissals);
	known_list_release(&here);
	known_list_release(&there);
}

Test(findings_life, of_rules_are_fixed_when_the_rule_is_silent)
{
	struct known_list known = { 0 };
	struct finding_list none = { 0 };
	struct strvec answered = STRVEC_INIT;
	struct life_context context = { .workflow = "w",
					.has_code = is_in,
					.payload = "a x",
					.answered = &answered };

	unite(&known, &first, 1, "a x", NULL);
	known.items[0].rule = xstrdup("swift-token");
	strvec_add(&answered, "lint-agent");
	findings_unite(&known, &none, &context);
	cr_assert(eq(int, known.items[0].state, FINDING_OPEN));
	strvec_add(&answered, "security-agent");
	findings_unite(&known, &none, &context);
	cr_assert(eq(int, known.items[0].state, FINDING_FIXED));
	strvec_release(&answered);
	known_list_release(&known);
}
