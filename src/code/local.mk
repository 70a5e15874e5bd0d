noinst_LIBRARIES += libcode.a
libcode_a_CFLAGS  = $(AM_CFLAGS) $(PCRE2_CFLAGS) $(HS_CFLAGS) $(EXPAT_CFLAGS)
libcode_a_SOURCES = \
	src/code/canon.c src/code/canon.h \
	src/code/coverage.c src/code/coverage.h \
	src/code/coverage_file.h \
	src/code/coverage_json.c \
	src/code/coverage_note.c \
	src/code/coverage_xml.c \
	src/code/grammar.c src/code/grammar.h \
	src/code/junit.c src/code/junit.h \
	src/code/lang.c src/code/lang.h \
	src/code/layer.c src/code/layer.h \
	src/code/lexer.c src/code/lexer.h src/code/lexer_internal.h \
	src/code/lexer_start.c \
	src/code/lexer_string.c \
	src/code/literals.c src/code/literals.h \
	src/code/map.c src/code/map.h \
	src/code/map_graph.h \
	src/code/map_rank.c \
	src/code/map_text.c \
	src/code/matchers.c src/code/matchers.h \
	src/code/outline.c src/code/outline.h \
	src/code/parser.c src/code/parser.h \
	src/code/parser_lines.c \
	src/code/parser_objc.c \
	src/code/parser_scope.c \
	src/code/parser_words.c \
	src/code/personal.c src/code/personal.h \
	src/code/personal_mail.c \
	src/code/personal_number.c \
	src/code/personal_scan.h \
	src/code/plausible.c src/code/plausible.h \
	src/code/prefilter.c src/code/prefilter.h \
	src/code/prefilter_hs.c src/code/prefilter_hs.h \
	src/code/redact.c src/code/redact.h \
	src/code/regex.c src/code/regex.h \
	src/code/rule_file.c \
	src/code/rule_ignore.c src/code/rule_ignore.h \
	src/code/rule_set.h \
	src/code/rules.c src/code/rules.h \
	src/code/rules_project.c src/code/rules_project.h \
	src/code/rules_scan.c \
	src/code/secret_block.c \
	src/code/secret_kind.c src/code/secret_kind.h \
	src/code/secret_kinds_ai.c \
	src/code/secret_kinds_cloud.c \
	src/code/secret_kinds_forge.c \
	src/code/secret_kinds_general.c \
	src/code/secret_kinds_named_app.c \
	src/code/secret_kinds_named_team.c \
	src/code/secret_kinds_service.c \
	src/code/secret_names.c src/code/secret_names.h \
	src/code/secret_pair.c \
	src/code/secret_search.c src/code/secret_search.h \
	src/code/secret_search_internal.h \
	src/code/secrets.c src/code/secrets.h \
	src/code/syntax.c \
	src/code/declaration.c src/code/declaration.h src/code/doc_comment.c \
	src/code/tests_of.c src/code/tests_of.h \
	src/code/view.c src/code/view.h \
	src/code/words.c src/code/words.h

code_libs = libcode.a $(repo_libs) $(config_libs) $(io_libs) $(PCRE2_LIBS) $(HS_LIBS) $(EXPAT_LIBS)
