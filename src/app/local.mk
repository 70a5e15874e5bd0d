noinst_LIBRARIES += libapp.a
libapp_a_SOURCES = \
	src/app/process.c src/app/process.h

app_libs = libapp.a libreport.a $(store_libs) $(config_libs) $(io_libs)
