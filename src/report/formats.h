#ifndef REPORT_FORMATS_H
#define REPORT_FORMATS_H

#include "report/report.h"

/* The formats, each in its file; formats.c has the list. */
extern const struct report_format report_text;
extern const struct report_format report_markdown;
extern const struct report_format report_json;
extern const struct report_format report_sarif;
extern const struct report_format report_rdjson;
extern const struct report_format report_codequality;

#endif /* REPORT_FORMATS_H */
