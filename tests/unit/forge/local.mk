# Over the fake network, which takes the place of io's.
unit_programs += tests/unit/forge/test_forge
tests_unit_forge_test_forge_CFLAGS   = $(unit_cflags)
tests_unit_forge_test_forge_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests/fake
tests_unit_forge_test_forge_LDADD    = $(forge_libs) $(CRITERION_LIBS)
tests_unit_forge_test_forge_SOURCES  = \
	tests/fake/io_fake.c tests/fake/io_fake.h \
	tests/lib/sandbox.c tests/lib/sandbox.h \
	tests/unit/forge/asked.c tests/unit/forge/asked.h \
	tests/unit/forge/test_calls.c \
	tests/unit/forge/test_github.c \
	tests/unit/forge/test_recorded.c
