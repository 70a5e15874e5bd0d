noinst_LIBRARIES += libconfig_.a
libconfig__a_CFLAGS  = $(AM_CFLAGS) $(YAML_CFLAGS) $(INI_CFLAGS)
libconfig__a_SOURCES = \
	src/config/mistakes.c src/config/mistakes.h \
	src/config/yaml.c src/config/yaml.h

config_libs = libconfig_.a $(core_libs) $(YAML_LIBS) $(INI_LIBS)
