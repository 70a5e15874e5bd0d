noinst_LIBRARIES += libreport.a
libreport_a_SOURCES = \
	src/report/codequality.c \
	src/report/formats.c src/report/formats.h \
	src/report/json.c \
	src/report/known.c src/report/known.h \
	src/report/markdown.c \
	src/report/neutral.c \
	src/report/phrases.c src/report/phrases.h \
	src/report/rdjson.c \
	src/report/report.h \
	src/report/sarif.c \
	src/report/text.c
