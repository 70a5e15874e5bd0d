#include "unit.h"

#include "code/junit.h"
#include "core/attr.h"

static const struct {
	const char *text;
	int passed, failed, skipped; /* passed < 0: no report */
	const char *name;            /* of the first that failed */
} cases[] = {
	{ "<testsuite><testcase classname='A' name='a'/></testsuite>", 1, 0, 0,
	  NULL },
	{ "<?xml version='1.0'?><testsuites><testsuite>"
	  "<testcase classname='A' name='a'><failure message='m'>x</failure>"
	  "</testcase><testcase classname='A' name='b'/>"
	  "<testcase classname='A' name='c'><skipped/></testcase>"
	  "</testsuite></testsuites>",
	  1, 1, 1, "A.a" },
	{ "<testsuite><testcase name='e'><error/></testcase></testsuite>", 0, 1,
	  0, "e" },
	{ "<testsuite><!-- <testcase name='x'/> --></testsuite>", 0, 0, 0,
	  NULL },
	{ "<testsuite><testcase name='o'><system-out><![CDATA[<failure/>]]>"
	  "</system-out></testcase></testsuite>",
	  1, 0, 0, NULL },
	{ "<html><body/></html>", -1, 0, 0, NULL },
	{ "no report", -1, 0, 0, NULL },
	{ "", -1, 0, 0, NULL },
};

Test(junit, is_counted)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct junit_counts counts = { 0 };
		struct err err = ERR_INIT;
		int ret = junit_add(&counts, cases[i].text,
				    strlen(cases[i].text), &err);

		cr_expect_eq(ret, cases[i].passed < 0 ? -1 : 0, "%s",
			     cases[i].text);
		if (cases[i].passed >= 0) {
			cr_expect_eq((int)counts.passed, cases[i].passed, "%s",
				     cases[i].text);
			cr_expect_eq((int)counts.failed, cases[i].failed, "%s",
				     cases[i].text);
			cr_expect_eq((int)counts.skipped, cases[i].skipped,
				     "%s", cases[i].text);
		}
		if (cases[i].name && counts.failed_name_count)
			must_say(cases[i].name, counts.failed_names[0]);
		cr_expect_eq(counts.failed_name_count, cases[i].name ? 1 : 0);
		junit_counts_release(&counts);
	}
}
