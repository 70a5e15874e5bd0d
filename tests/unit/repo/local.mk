unit_programs += tests/unit/repo/test_repo
tests_unit_repo_test_repo_CFLAGS   = $(unit_cflags)
tests_unit_repo_test_repo_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests/unit/repo
tests_unit_repo_test_repo_LDADD    = $(repo_libs) $(io_libs) $(CRITERION_LIBS)
tests_unit_repo_test_repo_SOURCES  = \
	tests/lib/sandbox.c tests/lib/sandbox.h \
	tests/lib/server.c tests/lib/server.h \
	tests/lib/sshd.c tests/lib/sshd.h \
	tests/unit/repo/made.c tests/unit/repo/made.h \
	tests/unit/repo/remotes.c tests/unit/repo/remotes.h \
	tests/unit/repo/test_attributes.c \
	tests/unit/repo/test_batch.c \
	tests/unit/repo/test_change_key.c \
	tests/unit/repo/test_changeset.c \
	tests/unit/repo/test_changeset_agrees.c \
	tests/unit/repo/test_export.c \
	tests/unit/repo/test_fanout.c \
	tests/unit/repo/test_fetch.c \
	tests/unit/repo/test_history.c \
	tests/unit/repo/test_merges.c \
	tests/unit/repo/test_object.c \
	tests/unit/repo/test_open.c \
	tests/unit/repo/test_paths.c \
	tests/unit/repo/test_pattern.c \
	tests/unit/repo/test_pkt_line.c \
	tests/unit/repo/test_push.c \
	tests/unit/repo/test_refs.c \
	tests/unit/repo/test_remote_url.c \
	tests/unit/repo/test_tree.c
