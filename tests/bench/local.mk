# Benchmarks print ratios to what the design asks for: `make bench`. A new one:
# bench_NAME.c and its lines here. They run one after the other.
bench_programs =
EXTRA_PROGRAMS += $(bench_programs)
CLEANFILES += $(bench_programs)

bench_programs += tests/bench/bench_secrets
tests_bench_bench_secrets_SOURCES  = \
	tests/bench/bench_secrets.c \
	tests/lib/secret_sample.c tests/lib/secret_sample.h
tests_bench_bench_secrets_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_bench_bench_secrets_LDADD    = $(code_libs)

bench_programs += tests/bench/bench_outline
tests_bench_bench_outline_SOURCES = tests/bench/bench_outline.c
tests_bench_bench_outline_LDADD   = $(code_libs)

bench_programs += tests/bench/bench_changeset
tests_bench_bench_changeset_SOURCES = tests/bench/bench_changeset.c
tests_bench_bench_changeset_LDADD   = $(repo_libs)
bench_programs += tests/bench/bench_gateway
tests_bench_bench_gateway_SOURCES = \
	tests/bench/bench_gateway.c tests/bench/mock.c tests/bench/mock.h
tests_bench_bench_gateway_CFLAGS  = $(AM_CFLAGS) $(CURL_CFLAGS)
tests_bench_bench_gateway_LDADD   = $(services_libs)

# Needs a server, so a script runs it.
EXTRA_PROGRAMS += tests/bench/bench_remote
CLEANFILES += tests/bench/bench_remote
EXTRA_DIST += tests/bench/remote.sh
tests_bench_bench_remote_SOURCES = tests/bench/bench_remote.c
tests_bench_bench_remote_LDADD   = $(repo_libs)

bench_programs += tests/bench/bench_notes
tests_bench_bench_notes_SOURCES = tests/bench/bench_notes.c
tests_bench_bench_notes_LDADD   = $(store_libs)

bench: $(bench_programs) tests/bench/bench_remote
	@for program in $(bench_programs); do \
		echo "== $${program##*/}"; \
		./$$program || exit 1; \
	done
	@echo '== remote'
	@for refs in 10000 100000; do \
		$(top_srcdir)/tests/bench/remote.sh \
			$(abs_top_builddir)/tests/bench/bench_remote \
			$(abs_top_srcdir)/tests/fake/git_server.py $$refs \
			|| exit 1; \
	done
