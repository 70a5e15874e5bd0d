unit_programs += tests/unit/config/test_config
tests_unit_config_test_config_CFLAGS   = $(unit_cflags)
tests_unit_config_test_config_CPPFLAGS = $(unit_cppflags)
tests_unit_config_test_config_LDADD    = $(config_libs) $(io_libs) $(CRITERION_LIBS)
tests_unit_config_test_config_SOURCES  = \
	tests/lib/manual.c tests/lib/manual.h \
	tests/unit/config/test_secret_ref.c \
	tests/unit/config/test_settings.c \
	tests/unit/config/test_shipped.c \
	tests/unit/config/test_value.c \
	tests/unit/config/test_yaml.c
