unit_programs += tests/unit/repo/test_repo
tests_unit_repo_test_repo_CFLAGS   = $(unit_cflags)
tests_unit_repo_test_repo_CPPFLAGS = $(unit_cppflags)
tests_unit_repo_test_repo_LDADD    = $(repo_libs) $(CRITERION_LIBS)
tests_unit_repo_test_repo_SOURCES  = \
	tests/unit/repo/test_paths.c \
	tests/unit/repo/test_pattern.c
