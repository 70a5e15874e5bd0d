unit_programs += tests/unit/notify/test_notify
tests_unit_notify_test_notify_CFLAGS   = $(unit_cflags)
tests_unit_notify_test_notify_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests/fake
tests_unit_notify_test_notify_LDADD    = $(notify_libs) $(CRITERION_LIBS)
tests_unit_notify_test_notify_SOURCES  = \
	tests/fake/io_fake.c tests/fake/io_fake.h \
	tests/unit/notify/test_send.c \
	tests/unit/notify/test_slack.c \
	tests/unit/notify/test_webhook.c
