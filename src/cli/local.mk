bin_PROGRAMS += referee
referee_SOURCES = src/cli/main.c src/cli/cli.h
referee_LDADD   = $(core_libs)
