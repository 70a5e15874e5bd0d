unit_programs += tests/unit/gateway/test_gateway
tests_unit_gateway_test_gateway_CFLAGS   = $(unit_cflags)
tests_unit_gateway_test_gateway_CPPFLAGS = $(unit_cppflags) -I$(top_srcdir)/tests/fake
tests_unit_gateway_test_gateway_LDADD    = $(gateway_libs) $(CRITERION_LIBS)
tests_unit_gateway_test_gateway_SOURCES  = \
	tests/fake/io_fake.c tests/fake/io_fake.h \
	tests/unit/gateway/test_asking.c \
	tests/unit/gateway/test_breaker.c \
	tests/unit/gateway/test_budget.c \
	tests/unit/gateway/test_cache.c \
	tests/unit/gateway/test_lessons.c \
	tests/unit/gateway/test_price.c \
	tests/unit/gateway/test_rate.c \
	tests/unit/gateway/test_retry.c \
	tests/unit/gateway/test_route.c \
	tests/unit/gateway/test_storm.c \
	tests/unit/gateway/toy.c tests/unit/gateway/toy.h
