noinst_LIBRARIES += libconfig_.a
libconfig__a_CFLAGS  = $(AM_CFLAGS) $(YAML_CFLAGS) $(INI_CFLAGS)
libconfig__a_SOURCES = \
	src/config/field.c src/config/field.h \
	src/config/mistakes.c src/config/mistakes.h \
	src/config/secret_read.c \
	src/config/secret_ref.c src/config/secret_ref.h \
	src/config/sections.c src/config/sections.h \
	src/config/settings.c src/config/settings.h \
	src/config/settings_check.c src/config/settings_internal.h \
	src/config/settings_fields.c \
	src/config/settings_load.c \
	src/config/settings_project.c \
	src/config/settings_release.c \
	src/config/shipped.c src/config/shipped.h \
	src/config/value.c src/config/value.h \
	src/config/yaml.c src/config/yaml.h
nodist_libconfig__a_SOURCES = src/config/shipped_data.c

# Through a file of its own, so that a failure leaves no half of one.
src/config/shipped_data.c: $(shipped) scripts/embed
	$(AM_V_GEN)$(MKDIR_P) src/config && \
	$(top_srcdir)/scripts/embed $(top_srcdir) $(shipped) >$@.tmp && \
	mv $@.tmp $@
CLEANFILES += src/config/shipped_data.c

config_libs = libconfig_.a $(io_libs) $(YAML_LIBS) $(INI_LIBS)
