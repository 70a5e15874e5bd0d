noinst_LIBRARIES += libgateway.a
libgateway_a_CFLAGS  = $(AM_CFLAGS)
libgateway_a_SOURCES = \
	src/gateway/asking.c \
	src/gateway/attempt.c src/gateway/attempt.h \
	src/gateway/breaker.c src/gateway/breaker.h \
	src/gateway/budget.c src/gateway/budget.h src/gateway/budget_internal.h \
	src/gateway/budget_alert.c \
	src/gateway/cache.c src/gateway/cache.h \
	src/gateway/course.c \
	src/gateway/deadline.c \
	src/gateway/desk.c src/gateway/desk.h \
	src/gateway/desk_ask.c src/gateway/desk_internal.h \
	src/gateway/desk_money.c \
	src/gateway/desk_visit.c \
	src/gateway/explain.c \
	src/gateway/gateway.c src/gateway/gateway.h \
	src/gateway/machine.h \
	src/gateway/memory.c \
	src/gateway/prefix.c \
	src/gateway/price.c src/gateway/price.h \
	src/gateway/price_tokens.c \
	src/gateway/rate.c src/gateway/rate.h \
	src/gateway/retry.c src/gateway/retry.h \
	src/gateway/route.c src/gateway/route.h \
	src/gateway/send.c \
	src/gateway/service.c src/gateway/service.h \
	src/gateway/show.c \
	src/gateway/spend.c \
	src/gateway/spending.h \
	src/gateway/target.c

gateway_libs = libgateway.a $(config_libs) $(io_libs)
