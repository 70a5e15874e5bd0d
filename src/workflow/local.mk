noinst_LIBRARIES += libworkflow.a
libworkflow_a_CFLAGS  = $(AM_CFLAGS)
libworkflow_a_SOURCES = \
	src/workflow/changed_paths.c src/workflow/changed_paths.h \
	src/workflow/condition.c src/workflow/condition.h \
	src/workflow/facts.h \
	src/workflow/fold.c src/workflow/fold.h \
	src/workflow/generated.c src/workflow/generated.h \
	src/workflow/plan.c src/workflow/plan.h \
	src/workflow/preview.c src/workflow/preview.h \
	src/workflow/results.c src/workflow/results.h \
	src/workflow/run.c src/workflow/run.h \
	src/workflow/run_ask.c src/workflow/run_ask.h \
	src/workflow/run_earlier.c \
	src/workflow/run_files.c \
	src/workflow/run_task.c src/workflow/run_task.h \
	src/workflow/run_verdict.c \
	src/workflow/tests_job.c src/workflow/tests_job.h \
	src/workflow/together.c src/workflow/together.h \
	src/workflow/trigger.c src/workflow/trigger.h \
	src/workflow/workflow.c src/workflow/workflow.h \
	src/workflow/workflow_agents.c \
	src/workflow/workflow_check.c \
	src/workflow/workflow_internal.h \
	src/workflow/workflow_output.c

workflow_libs = libworkflow.a $(agents_libs)
