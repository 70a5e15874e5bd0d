noinst_LIBRARIES += libcore.a
libcore_a_CFLAGS  = $(AM_CFLAGS) $(CJSON_CFLAGS) $(OPENSSL_CFLAGS)
libcore_a_SOURCES = \
	src/core/alloc.c src/core/alloc.h \
	src/core/attr.h \
	src/core/buf.c src/core/buf.h \
	src/core/clock.c src/core/clock.h \
	src/core/err.c src/core/err.h \
	src/core/fault.c src/core/fault.h \
	src/core/hex.c src/core/hex.h \
	src/core/json.c src/core/json.h src/core/json_cjson.h \
	src/core/json_build.c src/core/json_memory.c \
	src/core/json_parse.c src/core/json_print.c \
	src/core/json_write.c src/core/json_write.h \
	src/core/limits.h \
	src/core/log.c src/core/log.h \
	src/core/part.h \
	src/core/random.c src/core/random.h \
	src/core/secret.c src/core/secret.h \
	src/core/severity.c src/core/severity.h \
	src/core/sha1.c src/core/sha1.h \
	src/core/sha256.c src/core/sha256.h \
	src/core/sign.c src/core/sign.h \
	src/core/strvec.c src/core/strvec.h \
	src/core/text.c src/core/text.h \
	src/core/words.c src/core/words.h

core_libs = libcore.a $(CJSON_LIBS) $(OPENSSL_LIBS) -lpthread -lm
