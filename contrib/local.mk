EXTRA_DIST += contrib/quickstart contrib/packages README.md HACKING.md NEWS SECURITY.md
EXTRA_DIST += contrib/editor/referee-workflow.schema.json
EXTRA_DIST += contrib/systemd/referee.service contrib/systemd/referee.timer contrib/cron/referee

bash_completiondir = $(datadir)/bash-completion/completions
zsh_completiondir  = $(datadir)/zsh/site-functions
fish_completiondir = $(datadir)/fish/vendor_completions.d
dist_zsh_completion_DATA  = contrib/completions/_referee
dist_fish_completion_DATA = contrib/completions/referee.fish
EXTRA_DIST += contrib/completions/referee.bash
# bash finds a completion by the command's name.
install-data-hook:
	$(MKDIR_P) $(DESTDIR)$(bash_completiondir)
	$(INSTALL_DATA) $(srcdir)/contrib/completions/referee.bash $(DESTDIR)$(bash_completiondir)/referee
