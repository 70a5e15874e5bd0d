E2E_TESTS += \
	tests/e2e/t0001-layers.t
