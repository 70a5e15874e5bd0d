# Embedded in the program by scripts/embed, in the order of their paths.
shipped = \
	workflows/built-in/pr-review.yml \
	workflows/code-review.yml \
	workflows/models.json \
	workflows/pr-review.yml \
	workflows/rules/android-security.yml \
	workflows/rules/build.yml \
	workflows/rules/ios-security.yml \
	workflows/rules/kotlin-java.yml \
	workflows/rules/manifests.yml \
	workflows/rules/objc.yml \
	workflows/rules/swift.yml \
	workflows/rules/tests.yml \
	workflows/test-generation.yml

EXTRA_DIST += $(shipped)
