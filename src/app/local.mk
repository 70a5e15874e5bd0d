noinst_LIBRARIES += libapp.a
libapp_a_CFLAGS  = $(AM_CFLAGS)
libapp_a_SOURCES = \
	src/app/backtest.c src/app/backtest.h \
	src/app/backtest_amount.c src/app/backtest_amount.h \
	src/app/announce.c src/app/announce.h \
	src/app/announce_text.c src/app/announce_text.h \
	src/app/ci.c src/app/ci.h \
	src/app/change_facts.c src/app/change_facts.h \
	src/app/ci_tests.c src/app/ci_tests.h \
	src/app/check.c src/app/check.h \
	src/app/company.c src/app/company.h \
	src/app/coverage.c src/app/coverage.h \
	src/app/coverage_reports.c src/app/coverage_reports.h \
	src/app/clone.c src/app/clone.h \
	src/app/command.c src/app/command.h \
	src/app/cost.c src/app/cost.h \
	src/app/definitions.c src/app/definitions.h \
	src/app/deliver.c src/app/deliver.h \
	src/app/deliver_steps.c src/app/deliver_steps.h \
	src/app/deliver_text.c src/app/deliver_text.h src/app/deliver_wants.c \
	src/app/doctor.c src/app/doctor.h \
	src/app/due.c src/app/due.h \
	src/app/generated.c src/app/generated.h \
	src/app/gc.c src/app/gc.h \
	src/app/guidance.c src/app/guidance.h \
	src/app/init.c src/app/init.h \
	src/app/instance.c src/app/instance.h \
	src/app/judge_stored.c \
	src/app/judge.c src/app/judge.h src/app/judge_preview.c \
	src/app/known.c src/app/known.h \
	src/app/known_dismiss.c \
	src/app/local.c src/app/local.h \
	src/app/local_change.c src/app/local_change.h \
	src/app/place.c src/app/place.h \
	src/app/material.c src/app/material.h \
	src/app/mirror.c src/app/mirror.h src/app/mirror_internal.h \
	src/app/mirror_publish.c \
	src/app/mirror_push.c \
	src/app/outlook.c src/app/outlook.h \
	src/app/own_refs.c src/app/own_refs.h \
	src/app/poll.c src/app/poll.h \
	src/app/poll_ask.c src/app/poll_ask.h \
	src/app/poll_batches.c src/app/poll_batches.h \
	src/app/poll_change.c \
	src/app/poll_ci.c src/app/poll_ci.h \
	src/app/poll_commands.c src/app/poll_definitions.c \
	src/app/poll_forge_pulls.c \
	src/app/poll_look.c src/app/poll_look.h \
	src/app/poll_pass.c src/app/poll_pass.h \
	src/app/poll_project.h src/app/poll_pulls.c src/app/poll_pushes.c \
	src/app/poll_publish.c src/app/poll_publish.h \
	src/app/poll_questions.c src/app/poll_questions.h \
	src/app/poll_reply.c src/app/poll_reply.h \
	src/app/poll_requests.c src/app/poll_settle.c \
	src/app/poll_tell.c src/app/poll_tell.h \
	src/app/process.c src/app/process.h \
	src/app/push_limit.c src/app/push_limit.h \
	src/app/served.c src/app/served.h \
	src/app/spend.c src/app/spend.h \
	src/app/scan.c src/app/scan.h \
	src/app/scan_change.c \
	src/app/scan_files.c \
	src/app/scanner.c src/app/scanner.h \
	src/app/project_map.c src/app/project_map.h \
	src/app/stats.c src/app/stats.h \
	src/app/replay.c src/app/replay.h \
	src/app/stored.c src/app/stored.h \
	src/app/symbols.c src/app/symbols.h \
	src/app/symbols_text.c src/app/symbols_text.h \
	src/app/waiting.c src/app/waiting.h \
	src/app/wire.c src/app/wire.h

app_libs = libapp.a libreport.a libforge.a libnotify.a $(workflow_libs) $(services_libs) $(store_libs) $(io_libs)
