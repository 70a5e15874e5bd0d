noinst_LIBRARIES += libworkflow.a
libworkflow_a_CFLAGS  = $(AM_CFLAGS)
libworkflow_a_SOURCES = \
	src/workflow/changed_paths.c src/workflow/changed_paths.h \
	src/workflow/condition.c src/workflow/condition.h \
	src/workflow/facts.h \
	src/workflow/trigger.c src/workflow/trigger.h \
	src/workflow/workflow.c src/workflow/workflow.h \
	src/workflow/workflow_agents.c \
	src/workflow/workflow_check.c \
	src/workflow/workflow_internal.h \
	src/workflow/workflow_output.c

workflow_libs = libworkflow.a $(agents_libs) $(code_libs) $(repo_libs) \
                $(config_libs)
