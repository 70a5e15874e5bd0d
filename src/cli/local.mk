bin_PROGRAMS += referee
referee_LDADD   = $(app_libs)
referee_SOURCES = \
	src/cli/cli.h \
	src/cli/cmd_backtest.c \
	src/cli/cmd_check.c \
	src/cli/cmd_complete.c \
	src/cli/cmd_doctor.c \
	src/cli/cmd_cost.c \
	src/cli/cmd_dismiss.c \
	src/cli/cmd_findings.c \
	src/cli/cmd_gc.c \
	src/cli/cmd_help.c \
	src/cli/cmd_init.c \
	src/cli/cmd_log.c \
	src/cli/cmd_map.c \
	src/cli/cmd_metrics.c \
	src/cli/cmd_plan.c \
	src/cli/cmd_poll.c \
	src/cli/cmd_run.c \
	src/cli/cmd_scan.c \
	src/cli/cmd_show.c \
	src/cli/cmd_stats.c \
	src/cli/cmd_symbols.c \
	src/cli/cmd_version.c \
	src/cli/main.c \
	src/cli/options.c src/cli/options.h \
	src/cli/output.c src/cli/output.h \
	src/cli/progress.c src/cli/progress.h

# `git referee COMMAND` finds the program under this name.
install-exec-hook:
	cd $(DESTDIR)$(bindir) && rm -f git-referee && $(LN_S) referee git-referee
uninstall-hook:
	rm -f $(DESTDIR)$(bindir)/git-referee $(DESTDIR)$(bash_completiondir)/referee
