unit_programs += tests/unit/store/test_store
tests_unit_store_test_store_CFLAGS   = $(unit_cflags)
tests_unit_store_test_store_CPPFLAGS = $(unit_cppflags)
tests_unit_store_test_store_LDADD    = $(store_libs) $(CRITERION_LIBS)
tests_unit_store_test_store_SOURCES  = \
	tests/lib/sandbox.c tests/lib/sandbox.h \
	tests/unit/store/test_findings_life.c \
	tests/unit/store/test_janitor.c \
	tests/unit/store/test_ledger.c \
	tests/unit/store/test_note_text.c \
	tests/unit/store/test_notes.c \
	tests/unit/store/test_path_name.c \
	tests/unit/store/test_project_lock.c \
	tests/unit/store/test_pulls.c \
	tests/unit/store/test_record.c \
	tests/unit/store/test_requests.c \
	tests/unit/store/test_runs.c
