unit_programs += tests/unit/io/test_io
tests_unit_io_test_io_CFLAGS   = $(unit_cflags)
tests_unit_io_test_io_CPPFLAGS = $(unit_cppflags)
tests_unit_io_test_io_LDADD    = $(io_libs) $(CRITERION_LIBS)
tests_unit_io_test_io_SOURCES  = \
	tests/lib/server.c tests/lib/server.h \
	tests/unit/io/test_child.c \
	tests/unit/io/test_fetch_url.c \
	tests/unit/io/test_file.c \
	tests/unit/io/test_header_line.c \
	tests/unit/io/test_http.c \
	tests/unit/io/test_loop.c \
	tests/unit/io/test_redirect.c \
	tests/unit/io/test_sandbox.c \
	tests/unit/io/test_tls.c
