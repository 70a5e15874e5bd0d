unit_programs += tests/unit/services/test_services
tests_unit_services_test_services_CFLAGS   = $(unit_cflags)
tests_unit_services_test_services_CPPFLAGS = $(unit_cppflags)
tests_unit_services_test_services_LDADD    = $(services_libs) $(gateway_libs) \
                                             $(repo_libs) $(CRITERION_LIBS)
tests_unit_services_test_services_SOURCES  = \
	tests/lib/sandbox.c tests/lib/sandbox.h \
	tests/unit/services/asked.c tests/unit/services/asked.h \
	tests/unit/services/test_offline.c \
	tests/unit/services/test_offline_service.c
