#!/bin/sh
# referee stats and referee metrics: what the stored runs tell.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

says_line()
{
	grep -qE -- "$1" "$2" || { echo "no '$1' in:"; cat "$2"; return 1; }
}

# The text format of Prometheus, as its documentation has it.
is_prometheus()
{
	python3 - "$1" <<'END'
import re, sys
sample = re.compile(r'referee_[a-z_]+\{([a-z_]+="(\\["\\n]|[^"\\\n])*",?)+\} [0-9.]+$')
seen, family = set(), None
for line in open(sys.argv[1]).read().splitlines():
    if line.startswith("# TYPE "):
        family = line.split()[2]
        assert family not in seen, family
        seen.add(family)
    elif not line.startswith("# HELP "):
        assert sample.match(line), line
        assert line.split("{")[0] == family, line
        assert line not in seen, line
        seen.add(line)
assert len(seen) > 8, seen
END
}

new_app app
cd app || exit 99
git switch -q -c feature
ok 'without a run nothing is counted' sh -c 'referee stats | grep -q "^no run since "'
bad_session >ios/Session.swift
git commit -q -a -m 'Keep the token'
referee run >/dev/null 2>&1

ok 'stats reads what is stored' sh -c 'referee stats >../stats.txt'
ok 'a workflow has its runs' says_line '^  pr-review +1 +0 +0 +0\.0%' ../stats.txt
ok 'an agent has its tasks' says_line '^  security-agent +1 +0 +0 ' ../stats.txt
ok 'a service has its requests' says_line '^  offline +[1-9]' ../stats.txt
ok 'JSON says the same' sh -c 'referee stats --format json | python3 -c "
import json, sys
rows = json.load(sys.stdin)[\"rows\"]
run = [r for r in rows if r[\"kind\"] == \"workflow\"][0]
assert run[\"name\"] == \"pr-review\" and run[\"ok\"] == 1 and run[\"p50_ms\"] > 0, run
assert run[\"p50_ms\"] == run[\"p99_ms\"] and run[\"error_rate\"] == 0, run
"'
ok 'metrics are what Prometheus reads' sh -c 'referee metrics >../metrics.txt'
ok 'every line of them' is_prometheus ../metrics.txt
ok 'with the run in them' says_line '^referee_runs\{workflow="pr-review",result="ok"\} 1$' ../metrics.txt
ok 'nothing is newer than now' sh -c 'referee stats --since 2100-01-01 | grep -q "^no run since 2100-01-01"'
ok 'a date that is none is refused' exits 2 referee stats --since yesterday
ok 'a format that is none is refused' exits 2 referee stats --format xml
cd .. || exit 99
ok 'no repository is no usage error' exits 4 referee metrics --repo nowhere
finish
