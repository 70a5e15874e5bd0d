noinst_LIBRARIES += libservices.a
libservices_a_CFLAGS  = $(AM_CFLAGS)
libservices_a_SOURCES = \
	src/services/anthropic.c \
	src/services/anthropic_batch.c \
	src/services/batch_call.c src/services/batch_call.h \
	src/services/command.c \
	src/services/cursor.c src/services/cursor_internal.h \
	src/services/cursor_cli.c \
	src/services/http.c \
	src/services/kinds.h \
	src/services/offline.c src/services/offline.h \
	src/services/offline_answer.c \
	src/services/offline_docs.c \
	src/services/offline_file.c src/services/offline_file.h \
	src/services/offline_generate.c \
	src/services/offline_job.c src/services/offline_job.h \
	src/services/offline_rules.c \
	src/services/offline_scan.c src/services/offline_scan.h \
	src/services/offline_secrets.c \
	src/services/offline_skeleton.c src/services/offline_skeleton.h \
	src/services/offline_stale.c src/services/offline_stale.h \
	src/services/offline_tests.c \
	src/services/offline_uncovered.c \
	src/services/openai_batch.c \
	src/services/openai.c \
	src/services/registry.c src/services/registry.h \
	src/services/repair.c src/services/repair.h \
	src/services/reply.c src/services/reply.h

services_libs = libservices.a $(gateway_libs) $(code_libs)
