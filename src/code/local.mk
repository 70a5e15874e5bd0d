noinst_LIBRARIES += libcode.a
libcode_a_CFLAGS  = $(AM_CFLAGS) $(PCRE2_CFLAGS)
libcode_a_SOURCES = \
	src/code/regex.c src/code/regex.h

code_libs = libcode.a $(PCRE2_LIBS) $(core_libs)
