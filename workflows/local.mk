# Embedded in the program by scripts/embed, in the order of their paths.
shipped = \
	workflows/built-in/pr-review.yml \
	workflows/code-review.yml \
	workflows/models.json \
	workflows/pr-review.yml \
	workflows/test-generation.yml

EXTRA_DIST += $(shipped)
