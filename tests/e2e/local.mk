# The longest start first, so that nothing waits for them in the end.
E2E_TESTS += \
	tests/e2e/t0614-poll-kill.t \
	tests/e2e/t0740-poll-github-killed.t \
	tests/e2e/t0742-poll-failed-killed.t \
	tests/e2e/t0780-poll-github-trouble.t \
	tests/e2e/t0641-relaxed-kill.t \
	tests/e2e/t0792-tests-ci-killed.t \
	tests/e2e/t0650-aimock.t \
	tests/e2e/t0001-layers.t \
	tests/e2e/t0120-init.t \
	tests/e2e/t0130-doctor.t \
	tests/e2e/t0140-complete.t \
	tests/e2e/t0200-run.t \
	tests/e2e/t0205-run-ci.t \
	tests/e2e/t0206-run-request.t \
	tests/e2e/t0207-prompt-is-sent.t \
	tests/e2e/t0210-run-bad-input.t \
	tests/e2e/t0220-findings.t \
	tests/e2e/t0230-gc.t \
	tests/e2e/t0230-coverage.t \
	tests/e2e/t0240-plan.t \
	tests/e2e/t0245-company.t \
	tests/e2e/t0250-backtest.t \
	tests/e2e/t0260-hostile-pull.t \
	tests/e2e/t0270-seed-workflows.t \
	tests/e2e/t0280-formats.t \
	tests/e2e/t0285-report-schemas.t \
	tests/e2e/t0300-services-schema.t \
	tests/e2e/t0410-workflow-schema.t \
	tests/e2e/t0600-spending.t \
	tests/e2e/t0601-spending-together.t \
	tests/e2e/t0602-cost.t \
	tests/e2e/t0603-alerts-together.t \
	tests/e2e/t0500-scan.t \
	tests/e2e/t0510-symbols.t \
	tests/e2e/t0610-spending-kill.t \
	tests/e2e/t0620-keys.t \
	tests/e2e/t0640-relaxed.t \
	tests/e2e/t0655-together.t \
	tests/e2e/t0642-relaxed-partial.t \
	tests/e2e/t0643-relaxed-takeover.t \
	tests/e2e/t0640-stats.t \
	tests/e2e/t0800-generated.t \
	tests/e2e/t0520-offline.t \
	tests/e2e/t0800-kill-run.t \
	tests/e2e/t0820-durability.t \
	tests/e2e/t0625-memory.t \
	tests/e2e/t0630-services.t \
	tests/e2e/t0631-bad-replies.t \
	tests/e2e/t0530-scan-bad-input.t \
	tests/e2e/t0540-portable.t \
	tests/e2e/t0700-deliver.t \
	tests/e2e/t0710-deliver-killed.t \
	tests/e2e/t0720-github-schema.t \
	tests/e2e/t0730-poll-github.t \
	tests/e2e/t0735-poll-forks.t \
	tests/e2e/t0750-poll-generated.t \
	tests/e2e/t0760-poll-messages.t \
	tests/e2e/t0765-poll-fallback.t \
	tests/e2e/t0770-poll-app.t \
	tests/e2e/t0790-tests-ci.t \
	tests/e2e/t0791-tests-ci-heads.t \
	tests/e2e/t0810-run-kill.t \
	tests/e2e/t0820-answers.t \
	tests/e2e/t0610-poll.t \
	tests/e2e/t0611-poll-projects.t \
	tests/e2e/t0612-poll-watch.t \
	tests/e2e/t0613-poll-company.t \
	tests/e2e/t0615-poll-remotes.t \
	tests/e2e/t0616-unreadable.t \
	tests/e2e/t0617-broken-workflow.t \
	tests/e2e/t0618-pull-heads.t \
	tests/e2e/t0900-manual.t

# What the services send, for t0300, and reports of every kind, for t0285.
check_PROGRAMS += tests/lib/show_requests tests/lib/show_reports
tests_lib_show_reports_SOURCES  = tests/lib/show_reports.c
tests_lib_show_reports_LDADD    = libreport.a $(store_libs)
tests_lib_show_requests_SOURCES = tests/lib/show_requests.c
tests_lib_show_requests_LDADD   = $(services_libs)

# Delivers what is stored, for t0700 and t0710.
check_PROGRAMS += tests/lib/deliver_pull
tests_lib_deliver_pull_SOURCES = tests/lib/deliver_pull.c
tests_lib_deliver_pull_LDADD   = $(app_libs)
