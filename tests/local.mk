EXTRA_DIST += tests/lib/ai.sh tests/lib/ask_fake tests/lib/git_server.sh tests/lib/mobile.sh tests/lib/plant.sh tests/lib/poll.sh tests/lib/run-unit tests/lib/sshd.sh tests/lib/tap.sh tests/lib/tests_ci.sh \
              tests/lib/unit.h tests/lib/judge_reports tests/lib/judge_replies tests/lib/judge_requests tests/lib/byte_source.h \
              tests/lib/github.sh tests/fake/ai_server.py tests/fake/git_server.py \
              tests/fake/github_server.py tests/fake/hook_server.py \
              tests/fake/http_server.py tests/fake/record_server.py tests/data
E2E_TESTS =
unit_programs =

# criterion's eq(str, ...) takes char *, so string literals must stay writable.
unit_cflags = $(AM_CFLAGS) $(CRITERION_CFLAGS) -Wno-pedantic -Wno-write-strings \
              -Wno-discarded-qualifiers -Wno-cast-qual
unit_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/lib

# What tests/lib has the program under test keep for all tests.
clean-local:
	rm -rf tests/cache

include tests/unit/core/local.mk
include tests/unit/io/local.mk
include tests/unit/repo/local.mk
include tests/unit/config/local.mk
include tests/unit/code/local.mk
include tests/unit/store/local.mk
include tests/unit/gateway/local.mk
include tests/unit/services/local.mk
include tests/unit/agents/local.mk
include tests/unit/workflow/local.mk
include tests/unit/notify/local.mk
include tests/unit/report/local.mk
include tests/unit/forge/local.mk
include tests/unit/app/local.mk
include tests/e2e/local.mk
include tests/fuzz/local.mk
include tests/bench/local.mk

if UNIT_TESTS
check_PROGRAMS += $(unit_programs)
TESTS += $(unit_programs)
endif
TESTS += $(E2E_TESTS)
EXTRA_DIST += $(E2E_TESTS)
