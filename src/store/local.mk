noinst_LIBRARIES += libstore.a
libstore_a_SOURCES = \
	src/store/record.c src/store/record.h \
	src/store/record_json.c

store_libs = libstore.a $(repo_libs)
