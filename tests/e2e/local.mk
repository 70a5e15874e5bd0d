E2E_TESTS += \
	tests/e2e/t0001-layers.t \
	tests/e2e/t0200-run.t \
	tests/e2e/t0210-run-bad-input.t
