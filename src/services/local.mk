noinst_LIBRARIES += libservices.a
libservices_a_CFLAGS  = $(AM_CFLAGS)
libservices_a_SOURCES = \
	src/services/offline.c src/services/offline.h \
	src/services/offline_answer.c \
	src/services/offline_job.c src/services/offline_job.h \
	src/services/offline_rules.c

services_libs = libservices.a $(code_libs) $(io_libs)
