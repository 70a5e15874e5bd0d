noinst_LIBRARIES += libagents.a
libagents_a_CFLAGS  = $(AM_CFLAGS)
libagents_a_SOURCES = \
	src/agents/answers.c src/agents/answers.h \
	src/agents/definition.c src/agents/definition.h \
	src/agents/diff_text.c src/agents/diff_text.h \
	src/agents/findings.c src/agents/findings.h \
	src/agents/groups.c src/agents/groups.h \
	src/agents/platform.c src/agents/platform.h \
	src/agents/prompt.c src/agents/prompt.h \
	src/agents/prompt_join.c \
	src/agents/related.c src/agents/related.h \
	src/agents/risk.c \
	src/agents/schema.c \
	src/agents/sources.c src/agents/sources.h \
	src/agents/suggestion.c src/agents/suggestion.h \
	src/agents/surroundings.c src/agents/surroundings.h

agents_libs = libagents.a $(gateway_libs) $(code_libs) $(store_libs) $(config_libs)
