EXTRA_DIST += contrib/quickstart contrib/packages README.md HACKING.md NEWS SECURITY.md
EXTRA_DIST += contrib/editor/referee-workflow.schema.json
