noinst_LIBRARIES += libnotify.a
libnotify_a_SOURCES = \
	src/notify/decide.c \
	src/notify/kinds.h \
	src/notify/notify.c src/notify/notify.h \
	src/notify/registry.c \
	src/notify/slack.c \
	src/notify/webhook.c

notify_libs = libnotify.a $(config_libs)
