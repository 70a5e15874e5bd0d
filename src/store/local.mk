noinst_LIBRARIES += libstore.a
libstore_a_SOURCES = \
	src/store/note_parse.c \
	src/store/note_text.c src/store/note_text.h \
	src/store/notes.c src/store/notes.h \
	src/store/record.c src/store/record.h \
	src/store/record_json.c \
	src/store/state_ref.c src/store/state_ref.h

store_libs = libstore.a $(repo_libs)
