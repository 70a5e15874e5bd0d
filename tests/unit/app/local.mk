unit_programs += tests/unit/app/test_app
tests_unit_app_test_app_CFLAGS   = $(unit_cflags)
tests_unit_app_test_app_CPPFLAGS = $(unit_cppflags)
tests_unit_app_test_app_LDADD    = $(app_libs) $(CRITERION_LIBS)
tests_unit_app_test_app_SOURCES  = \
	tests/lib/sandbox.c tests/lib/sandbox.h \
	tests/unit/app/test_ci_tests.c \
	tests/unit/app/test_command.c \
	tests/unit/app/test_due.c \
	tests/unit/app/test_mirror.c \
	tests/unit/app/test_push_limit.c \
	tests/unit/app/test_spend.c \
	tests/unit/app/test_stats.c

unit_programs += tests/unit/app/test_announce
tests_unit_app_test_announce_CFLAGS   = $(unit_cflags)
tests_unit_app_test_announce_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests/fake
tests_unit_app_test_announce_LDADD    = $(app_libs) $(CRITERION_LIBS)
tests_unit_app_test_announce_SOURCES  = \
	tests/fake/io_fake.c tests/fake/io_fake.h \
	tests/unit/app/test_announce.c
