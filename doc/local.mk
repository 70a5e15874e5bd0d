dist_man_MANS = doc/referee.1 doc/referee.conf.5 doc/referee-agent.5 doc/referee-workflow.5 \
                doc/referee-refs.7
EXTRA_DIST += doc/architecture.md
