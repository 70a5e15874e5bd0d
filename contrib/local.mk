EXTRA_DIST += contrib/quickstart contrib/packages README.md HACKING.md NEWS SECURITY.md
