noinst_LIBRARIES += libforge.a
libforge_a_SOURCES = \
	src/forge/backend.h \
	src/forge/etags.c src/forge/etags.h \
	src/forge/forge.c src/forge/forge.h \
	src/forge/github.c src/forge/github.h \
	src/forge/github_parse.c \
	src/forge/internal.h \
	src/forge/refusal.c \
	src/forge/registry.c \
	src/forge/sending.c \
	src/forge/token.c

forge_libs = libforge.a $(config_libs) $(repo_libs)
