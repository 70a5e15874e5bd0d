unit_programs += tests/unit/core/test_core
tests_unit_core_test_core_CFLAGS   = $(unit_cflags)
tests_unit_core_test_core_CPPFLAGS = $(unit_cppflags)
tests_unit_core_test_core_LDADD    = $(core_libs) $(CRITERION_LIBS)
tests_unit_core_test_core_SOURCES  = \
	tests/unit/core/test_buf.c \
	tests/unit/core/test_clock.c \
	tests/unit/core/test_json.c \
	tests/unit/core/test_log.c \
	tests/unit/core/test_sha256.c \
	tests/unit/core/test_sign.c \
	tests/unit/core/test_text.c
