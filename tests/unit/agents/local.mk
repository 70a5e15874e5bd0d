unit_programs += tests/unit/agents/test_agents
tests_unit_agents_test_agents_CFLAGS   = $(unit_cflags)
tests_unit_agents_test_agents_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests/unit/agents
tests_unit_agents_test_agents_LDADD    = $(agents_libs) $(CRITERION_LIBS)
tests_unit_agents_test_agents_SOURCES  = \
	tests/lib/manual.c tests/lib/manual.h \
	tests/lib/sandbox.c tests/lib/sandbox.h \
	tests/lib/secret_sample.c tests/lib/secret_sample.h \
	tests/unit/agents/change.c tests/unit/agents/change.h \
	tests/unit/agents/test_answers.c \
	tests/unit/agents/test_definition.c \
	tests/unit/agents/test_findings.c \
	tests/unit/agents/test_groups.c \
	tests/unit/agents/test_platform.c \
	tests/unit/agents/test_prompt.c \
	tests/unit/agents/test_related.c \
	tests/unit/agents/test_suggestion.c \
	tests/unit/agents/test_surroundings.c
