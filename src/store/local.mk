noinst_LIBRARIES += libstore.a
libstore_a_CFLAGS  = $(AM_CFLAGS)
libstore_a_SOURCES = \
	src/store/books.c src/store/books.h \
	src/store/dismissals.c src/store/dismissals.h \
	src/store/fields.c src/store/fields.h \
	src/store/findings_life.c src/store/findings_life.h \
	src/store/fingerprint.c \
	src/store/identity.h \
	src/store/janitor.c src/store/janitor.h \
	src/store/journal.c src/store/journal.h \
	src/store/ledger.c src/store/ledger.h \
	src/store/ledger_line.c \
	src/store/note_parse.c \
	src/store/note_text.c src/store/note_text.h \
	src/store/notes.c src/store/notes.h \
	src/store/path_name.c src/store/path_name.h \
	src/store/project_lock.c src/store/project_lock.h \
	src/store/pull_state.c \
	src/store/pulls.c src/store/pulls.h \
	src/store/record.c src/store/record.h \
	src/store/record_json.c \
	src/store/requests.c src/store/requests.h \
	src/store/run_files.c src/store/run_files.h \
	src/store/runs.c src/store/runs.h \
	src/store/spending.c src/store/spending.h \
	src/store/state_ref.c src/store/state_ref.h

store_libs = libstore.a $(repo_libs) $(io_libs)
