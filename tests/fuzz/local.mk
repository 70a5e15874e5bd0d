# Every target also runs over its corpus in `make check`, with any compiler.
# A new target: fuzz_NAME.c, corpus/NAME/, and its lines here.
fuzz_programs =
EXTRA_DIST += tests/fuzz/run.sh tests/fuzz/corpus
check_PROGRAMS += $(fuzz_programs)
TESTS += tests/fuzz/run.sh

# Keep the harness first: it is every target's main() without libFuzzer.
fuzz_main = tests/fuzz/corpus_main.c

fuzz_programs += tests/fuzz/fuzz_settings
tests_fuzz_fuzz_settings_SOURCES = tests/fuzz/fuzz_settings.c $(fuzz_main)
tests_fuzz_fuzz_settings_LDADD   = $(config_libs)
fuzz_programs += tests/fuzz/fuzz_pattern
tests_fuzz_fuzz_pattern_SOURCES = $(fuzz_main) tests/fuzz/fuzz_pattern.c
tests_fuzz_fuzz_pattern_LDADD   = $(repo_libs)
fuzz_programs += tests/fuzz/fuzz_secrets
tests_fuzz_fuzz_secrets_SOURCES = $(fuzz_main) tests/fuzz/fuzz_secrets.c
tests_fuzz_fuzz_secrets_LDADD   = $(code_libs)

fuzz_programs += tests/fuzz/fuzz_agent
tests_fuzz_fuzz_agent_SOURCES = tests/fuzz/fuzz_agent.c $(fuzz_main)
tests_fuzz_fuzz_agent_LDADD   = $(agents_libs)

fuzz_programs += tests/fuzz/fuzz_workflow
tests_fuzz_fuzz_workflow_SOURCES = tests/fuzz/fuzz_workflow.c $(fuzz_main)
tests_fuzz_fuzz_workflow_LDADD   = $(workflow_libs)

fuzz_programs += tests/fuzz/fuzz_rules
tests_fuzz_fuzz_rules_SOURCES = tests/fuzz/fuzz_rules.c $(fuzz_main)
tests_fuzz_fuzz_rules_LDADD   = $(code_libs)
fuzz_programs += tests/fuzz/fuzz_anthropic
tests_fuzz_fuzz_anthropic_SOURCES = $(fuzz_main) tests/fuzz/any_reply.h tests/fuzz/fuzz_anthropic.c
tests_fuzz_fuzz_anthropic_LDADD   = $(services_libs)
fuzz_programs += tests/fuzz/fuzz_openai
tests_fuzz_fuzz_openai_SOURCES = $(fuzz_main) tests/fuzz/any_reply.h tests/fuzz/fuzz_openai.c
tests_fuzz_fuzz_openai_LDADD   = $(services_libs)
fuzz_programs += tests/fuzz/fuzz_vendor
tests_fuzz_fuzz_vendor_SOURCES = $(fuzz_main) tests/fuzz/any_reply.h tests/fuzz/fuzz_vendor.c
tests_fuzz_fuzz_vendor_LDADD   = $(services_libs)
fuzz_programs += tests/fuzz/fuzz_note
tests_fuzz_fuzz_note_SOURCES = $(fuzz_main) tests/fuzz/fuzz_note.c
tests_fuzz_fuzz_note_LDADD   = $(store_libs)
fuzz_programs += tests/fuzz/fuzz_record
tests_fuzz_fuzz_record_SOURCES = $(fuzz_main) tests/fuzz/fuzz_record.c
tests_fuzz_fuzz_record_LDADD   = $(store_libs)
fuzz_programs += tests/fuzz/fuzz_neutral
tests_fuzz_fuzz_neutral_SOURCES = $(fuzz_main) tests/fuzz/fuzz_neutral.c
tests_fuzz_fuzz_neutral_LDADD   = libreport.a $(store_libs)
fuzz_programs += tests/fuzz/fuzz_advert
tests_fuzz_fuzz_advert_CPPFLAGS = $(unit_cppflags)
tests_fuzz_fuzz_advert_SOURCES  = $(fuzz_main) tests/fuzz/fuzz_advert.c \
	tests/lib/byte_source.h
tests_fuzz_fuzz_advert_LDADD    = $(repo_libs)
fuzz_programs += tests/fuzz/fuzz_side_band
tests_fuzz_fuzz_side_band_CPPFLAGS = $(unit_cppflags)
tests_fuzz_fuzz_side_band_SOURCES  = $(fuzz_main) tests/fuzz/fuzz_side_band.c \
	tests/lib/byte_source.h
tests_fuzz_fuzz_side_band_LDADD    = $(repo_libs)
fuzz_programs += tests/fuzz/fuzz_outline
tests_fuzz_fuzz_outline_SOURCES = tests/fuzz/fuzz_outline.c $(fuzz_main)
tests_fuzz_fuzz_outline_LDADD   = $(code_libs)
fuzz_programs += tests/fuzz/fuzz_coverage
tests_fuzz_fuzz_coverage_SOURCES = tests/fuzz/fuzz_coverage.c $(fuzz_main)
tests_fuzz_fuzz_coverage_LDADD   = $(code_libs)
fuzz_programs += tests/fuzz/fuzz_github
tests_fuzz_fuzz_github_SOURCES = tests/fuzz/fuzz_github.c $(fuzz_main)
tests_fuzz_fuzz_github_LDADD   = $(forge_libs)
fuzz_programs += tests/fuzz/fuzz_answers
tests_fuzz_fuzz_answers_SOURCES = tests/fuzz/fuzz_answers.c $(fuzz_main)
tests_fuzz_fuzz_answers_LDADD   = $(agents_libs)
fuzz_programs += tests/fuzz/fuzz_junit
tests_fuzz_fuzz_junit_SOURCES = tests/fuzz/fuzz_junit.c $(fuzz_main)
tests_fuzz_fuzz_junit_LDADD   = $(code_libs)
fuzz_programs += tests/fuzz/fuzz_batch
tests_fuzz_fuzz_batch_SOURCES = tests/fuzz/fuzz_batch.c $(fuzz_main)
tests_fuzz_fuzz_batch_LDADD   = $(services_libs)
