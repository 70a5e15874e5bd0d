#include "report/formats.h"

#include <string.h>

static const struct report_format *const formats[] = {
	&report_text,  &report_markdown, &report_json,
	&report_sarif, &report_rdjson,   &report_codequality,
};

const struct report_format *report_format_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (!strcmp(formats[i]->name, name))
			return formats[i];
	return NULL;
}

const char *const *report_format_names(void)
{
	static const char *names[ARRAY_LEN(formats) + 1];

	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		names[i] = formats[i]->name;
	return names;
}

enum verdict report_verdict(const struct report *report)
{
	static const int badness[] = {
		[VERDICT_SKIPPED] = 0,
		[VERDICT_PASS] = 1,
		[VERDICT_ATTENTION] = 2,
		[VERDICT_FAILED] = 3,
	};
	enum verdict worst = VERDICT_SKIPPED;

	for (size_t i = 0; i < report->count; i++) {
		enum verdict verdict = report->runs[i].record->verdict;

		if (badness[verdict] > badness[worst])
			worst = verdict;
	}
	return worst;
}
