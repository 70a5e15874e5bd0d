#ifndef TESTS_UNIT_REPORT_SAMPLE_H
#define TESTS_UNIT_REPORT_SAMPLE_H

#include "report/report.h"

/* A run with two findings, one of them hostile, one file left out. */
void sample_fill(struct run_record *record);

/* One more of its files, for which there must be room. */
void sample_add_file(struct run_record *record, const char *path,
		     enum file_coverage coverage, const char *reason);

/* The record rendered alone; the caller frees it. */
char *sample_render(const struct run_record *record, const char *format);

#endif /* TESTS_UNIT_REPORT_SAMPLE_H */
