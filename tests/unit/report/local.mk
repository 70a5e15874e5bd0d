unit_programs += tests/unit/report/test_report
tests_unit_report_test_report_CFLAGS   = $(unit_cflags)
tests_unit_report_test_report_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests/unit/report
tests_unit_report_test_report_LDADD    = libreport.a $(store_libs) $(CRITERION_LIBS)
tests_unit_report_test_report_SOURCES  = \
	tests/unit/report/sample.c tests/unit/report/sample.h \
	tests/unit/report/test_machine.c \
	tests/unit/report/test_neutral.c \
	tests/unit/report/test_people.c
