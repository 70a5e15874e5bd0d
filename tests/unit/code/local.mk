unit_programs += tests/unit/code/test_code
tests_unit_code_test_code_CFLAGS   = $(unit_cflags)
tests_unit_code_test_code_CPPFLAGS = $(unit_cppflags)
tests_unit_code_test_code_LDADD    = $(code_libs) $(CRITERION_LIBS)
tests_unit_code_test_code_SOURCES  = \
	tests/lib/sandbox.c tests/lib/sandbox.h \
	tests/lib/secret_sample.c tests/lib/secret_sample.h \
	tests/unit/code/test_canon.c \
	tests/unit/code/test_coverage.c \
	tests/unit/code/test_junit.c \
	tests/unit/code/test_lang.c \
	tests/unit/code/test_literals.c \
	tests/unit/code/test_map.c \
	tests/unit/code/test_outline.c \
	tests/unit/code/test_personal.c \
	tests/unit/code/test_redact.c \
	tests/unit/code/test_regex.c \
	tests/unit/code/test_rules.c \
	tests/unit/code/test_rules_project.c \
	tests/unit/code/test_rules_shipped.c \
	tests/unit/code/test_secrets.c \
	tests/unit/code/test_secrets_cache.c \
	tests/unit/code/test_secrets_context.c \
	tests/unit/code/test_tests_of.c \
	tests/unit/code/test_view.c
