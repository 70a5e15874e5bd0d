noinst_LIBRARIES += libcode.a
libcode_a_CFLAGS  = $(AM_CFLAGS) $(PCRE2_CFLAGS)
libcode_a_SOURCES = \
	src/code/lang.c src/code/lang.h \
	src/code/lexer.c src/code/lexer.h \
	src/code/regex.c src/code/regex.h \
	src/code/rule_file.c \
	src/code/rule_ignore.c src/code/rule_ignore.h \
	src/code/rule_set.h \
	src/code/rules.c src/code/rules.h \
	src/code/rules_project.c src/code/rules_project.h \
	src/code/rules_scan.c \
	src/code/syntax.c \
	src/code/view.c src/code/view.h

code_libs = libcode.a $(repo_libs) $(config_libs) $(PCRE2_LIBS)
