unit_programs += tests/unit/services/test_services
tests_unit_services_test_services_CFLAGS   = $(unit_cflags)
tests_unit_services_test_services_CPPFLAGS = $(unit_cppflags)
tests_unit_services_test_services_LDADD    = $(services_libs) $(CRITERION_LIBS)
tests_unit_services_test_services_SOURCES  = \
	tests/lib/sandbox.c tests/lib/sandbox.h \
	tests/unit/services/asked.c tests/unit/services/asked.h \
	tests/unit/services/test_command.c \
	tests/unit/services/test_offline.c \
	tests/unit/services/test_offline_parts.c \
	tests/unit/services/test_offline_service.c \
	tests/unit/services/test_outcomes_program.c \
	tests/unit/services/test_registry.c \
	tests/unit/services/test_replies.c \
	tests/unit/services/test_requests.c

unit_programs += tests/unit/services/test_live
tests_unit_services_test_live_CFLAGS   = $(unit_cflags)
tests_unit_services_test_live_CPPFLAGS = $(unit_cppflags)
tests_unit_services_test_live_LDADD    = $(services_libs) $(CRITERION_LIBS)
tests_unit_services_test_live_SOURCES  = \
	tests/lib/server.c tests/lib/server.h \
	tests/unit/services/test_live.c

# Over the fake network, which takes the place of io's.
unit_programs += tests/unit/services/test_cursor
tests_unit_services_test_cursor_CFLAGS   = $(unit_cflags)
tests_unit_services_test_cursor_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests/fake
tests_unit_services_test_cursor_LDADD    = $(services_libs) $(CRITERION_LIBS)
tests_unit_services_test_cursor_SOURCES  = \
	tests/fake/io_fake.c tests/fake/io_fake.h \
	tests/unit/services/test_cursor.c

# What becomes of replies: the gateway with real services, over the same.
unit_programs += tests/unit/services/test_outcomes
tests_unit_services_test_outcomes_CFLAGS   = $(unit_cflags)
tests_unit_services_test_outcomes_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests/fake
tests_unit_services_test_outcomes_LDADD    = $(services_libs) $(CRITERION_LIBS)
tests_unit_services_test_outcomes_SOURCES  = \
	tests/fake/io_fake.c tests/fake/io_fake.h \
	tests/unit/services/outcomes.c tests/unit/services/outcomes.h \
	tests/unit/services/test_outcomes_anthropic.c \
	tests/unit/services/test_outcomes_cursor.c \
	tests/unit/services/test_outcomes_http.c \
	tests/unit/services/test_outcomes_openai.c

# With a network of its own, which takes the place of io's.
unit_programs += tests/unit/services/test_batches
tests_unit_services_test_batches_CFLAGS   = $(unit_cflags)
tests_unit_services_test_batches_CPPFLAGS = $(unit_cppflags)
tests_unit_services_test_batches_LDADD    = $(services_libs) $(CRITERION_LIBS)
tests_unit_services_test_batches_SOURCES  = tests/unit/services/test_batches.c
