noinst_LIBRARIES += libagents.a
libagents_a_CFLAGS  = $(AM_CFLAGS)
libagents_a_SOURCES = \
	src/agents/definition.c src/agents/definition.h

agents_libs = libagents.a $(gateway_libs) $(config_libs)
