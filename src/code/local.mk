noinst_LIBRARIES += libcode.a
libcode_a_CFLAGS  = $(AM_CFLAGS) $(PCRE2_CFLAGS)
libcode_a_SOURCES = \
	src/code/lang.c src/code/lang.h \
	src/code/lexer.c src/code/lexer.h \
	src/code/regex.c src/code/regex.h \
	src/code/syntax.c \
	src/code/view.c src/code/view.h

code_libs = libcode.a $(core_libs) $(PCRE2_LIBS)
