# Embedded in the program by scripts/embed, in the order of their paths.
shipped = \
	workflows/agents/architecture-analysis-agent.md \
	workflows/agents/architecture-review-agent.md \
	workflows/agents/code-analysis-agent.md \
	workflows/agents/code-review-agent.md \
	workflows/agents/documentation-agent.md \
	workflows/agents/documentation-writer.md \
	workflows/agents/impact-analysis-agent.md \
	workflows/agents/lint-agent.md \
	workflows/agents/migration-planning-agent.md \
	workflows/agents/security-agent.md \
	workflows/agents/test-coverage-agent.md \
	workflows/agents/test-generation-agent.md \
	workflows/agents/test-review-agent.md \
	workflows/agents/test-runner.md \
	workflows/architecture-migration.yml \
	workflows/built-in/pr-review.yml \
	workflows/code-review.yml \
	workflows/docs.yml \
	workflows/models.json \
	workflows/nightly-architecture.yml \
	workflows/pr-review.yml \
	workflows/rules/android-security.yml \
	workflows/rules/build.yml \
	workflows/rules/ios-security.yml \
	workflows/rules/kotlin-java.yml \
	workflows/rules/manifests.yml \
	workflows/rules/objc.yml \
	workflows/rules/swift.yml \
	workflows/rules/tests.yml \
	workflows/security-audit.yml \
	workflows/test-generation.yml

EXTRA_DIST += $(shipped)
