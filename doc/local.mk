dist_man_MANS = doc/referee.1
EXTRA_DIST += doc/architecture.md
