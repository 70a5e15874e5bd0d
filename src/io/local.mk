noinst_LIBRARIES += libio.a
libio_a_CFLAGS  = $(AM_CFLAGS) $(UV_CFLAGS) $(CURL_CFLAGS)
libio_a_SOURCES = \
	src/io/cancel.h \
	src/io/child.h \
	src/io/child_loop.c \
	src/io/child_process.c src/io/child_process.h \
	src/io/child_stream.c \
	src/io/fetch_url.c src/io/fetch_url.h \
	src/io/file.c src/io/file.h \
	src/io/header_line.c src/io/header_line.h \
	src/io/http.c src/io/http.h \
	src/io/http_reply.c \
	src/io/loop.c src/io/loop.h src/io/loop_internal.h \
	src/io/redirect.c src/io/redirect.h \
	src/io/sandbox.c src/io/sandbox.h \
	src/io/sockets.c src/io/sockets.h \
	src/io/transfer.c src/io/transfer.h \
	src/io/walk.c src/io/walk.h \
	src/io/work.c src/io/work.h

io_libs = libio.a $(core_libs) $(UV_LIBS) $(CURL_LIBS)
