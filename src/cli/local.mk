bin_PROGRAMS += referee
referee_LDADD   = $(app_libs)
referee_SOURCES = \
	src/cli/cli.h \
	src/cli/cmd_help.c \
	src/cli/cmd_version.c \
	src/cli/main.c \
	src/cli/options.c src/cli/options.h

# `git referee COMMAND` finds the program under this name.
install-exec-hook:
	cd $(DESTDIR)$(bindir) && rm -f git-referee && $(LN_S) referee git-referee
uninstall-hook:
	rm -f $(DESTDIR)$(bindir)/git-referee
