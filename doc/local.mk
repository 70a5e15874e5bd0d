dist_man_MANS = doc/referee.1 doc/referee.conf.5 doc/referee-agent.5 doc/referee-workflow.5 \
                doc/referee-refs.7 doc/referee-rules.5
EXTRA_DIST += doc/architecture.md
