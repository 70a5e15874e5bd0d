unit_programs += tests/unit/workflow/test_workflow
tests_unit_workflow_test_workflow_CFLAGS   = $(unit_cflags)
tests_unit_workflow_test_workflow_CPPFLAGS = $(unit_cppflags)
tests_unit_workflow_test_workflow_LDADD    = $(workflow_libs) $(CRITERION_LIBS)
tests_unit_workflow_test_workflow_SOURCES  = \
	tests/lib/manual.c tests/lib/manual.h \
	tests/unit/workflow/test_schema.c \
	tests/unit/workflow/test_trigger.c \
	tests/unit/workflow/test_workflow.c
