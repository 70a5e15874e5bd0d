unit_programs += tests/unit/workflow/test_workflow
tests_unit_workflow_test_workflow_CFLAGS   = $(unit_cflags)
tests_unit_workflow_test_workflow_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests/fake -I$(top_srcdir)/tests/unit/agents
tests_unit_workflow_test_workflow_LDADD    = $(workflow_libs) $(CRITERION_LIBS)
tests_unit_workflow_test_workflow_SOURCES  = \
	tests/fake/io_fake.c tests/fake/io_fake.h \
	tests/lib/manual.c tests/lib/manual.h \
	tests/lib/sandbox.c tests/lib/sandbox.h \
	tests/unit/agents/change.c tests/unit/agents/change.h \
	tests/unit/workflow/scenario.c tests/unit/workflow/scenario.h \
	tests/unit/workflow/test_run.c \
	tests/unit/workflow/test_schema.c \
	tests/unit/workflow/test_together.c \
	tests/unit/workflow/test_trigger.c \
	tests/unit/workflow/test_workflow.c
