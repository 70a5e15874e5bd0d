unit_programs += tests/unit/agents/test_agents
tests_unit_agents_test_agents_CFLAGS   = $(unit_cflags)
tests_unit_agents_test_agents_CPPFLAGS = $(unit_cppflags)
tests_unit_agents_test_agents_LDADD    = $(agents_libs) $(CRITERION_LIBS)
tests_unit_agents_test_agents_SOURCES  = \
	tests/unit/agents/test_definition.c
