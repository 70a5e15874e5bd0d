noinst_LIBRARIES += librepo.a
librepo_a_CFLAGS  = $(AM_CFLAGS) $(GIT2_CFLAGS)
librepo_a_SOURCES = \
	src/repo/advert.c src/repo/advert.h \
	src/repo/attributes.c src/repo/attributes.h \
	src/repo/batch.c src/repo/batch.h \
	src/repo/change_key.c \
	src/repo/changeset.c src/repo/changeset.h \
	src/repo/export.c src/repo/export.h \
	src/repo/fanout.c src/repo/fanout.h \
	src/repo/fetch.c src/repo/fetch.h \
	src/repo/fetch_pack.c src/repo/fetch_pack.h \
	src/repo/fetch_path.c \
	src/repo/folder.c src/repo/folder.h \
	src/repo/git.h \
	src/repo/git_err.c \
	src/repo/glob.c src/repo/glob.h \
	src/repo/history.c \
	src/repo/hunks.c src/repo/hunks.h \
	src/repo/init.c \
	src/repo/merges.c src/repo/merges.h \
	src/repo/object.c src/repo/object.h \
	src/repo/oid.c src/repo/oid.h \
	src/repo/oid_list.h \
	src/repo/owner.c \
	src/repo/pack_sink.c src/repo/pack_sink.h \
	src/repo/pack_write.c src/repo/pack_write.h \
	src/repo/paths.c src/repo/paths.h \
	src/repo/pattern.c src/repo/pattern.h \
	src/repo/pkt_line.c src/repo/pkt_line.h \
	src/repo/push.c src/repo/push.h \
	src/repo/push_locks.c src/repo/push_locks.h \
	src/repo/push_pack.c src/repo/push_pack.h \
	src/repo/push_path.c \
	src/repo/ref_name.c src/repo/ref_name.h \
	src/repo/refs.c src/repo/refs.h \
	src/repo/refspec.c src/repo/refspec.h \
	src/repo/remote.h \
	src/repo/remote_path.c src/repo/remote_path.h \
	src/repo/remote_url.c src/repo/remote_url.h \
	src/repo/renames.c src/repo/renames.h \
	src/repo/repo.c src/repo/repo.h \
	src/repo/side.c src/repo/side.h \
	src/repo/side_band.c src/repo/side_band.h \
	src/repo/spans.c src/repo/spans.h \
	src/repo/transport.c src/repo/transport.h \
	src/repo/transport_http.c \
	src/repo/transport_ssh.c \
	src/repo/tree.c src/repo/tree.h \
	src/repo/tree_diff.c src/repo/tree_diff.h \
	src/repo/tree_update.c \
	src/repo/work_files.c src/repo/work_files.h

repo_libs = librepo.a $(io_libs) $(GIT2_LIBS)
