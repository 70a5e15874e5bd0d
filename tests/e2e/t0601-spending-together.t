#!/bin/sh
# Several processes at once: they keep to one budget, tell an alert once, probe a
# service once, and learn from each other.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/ai.sh"

start_ai
export FAKE_KEY=$AI_KEY
REFEREE_CONFIG=$work/conf
export REFEREE_CONFIG
new_app app
cd app || exit 99
ai_workflow
echo '    timeout: 50s' >>.referee/workflows/review.yml # no breaker is waited for
git add . && git commit -q -m 'A workflow'

# change BRANCH PLAY: one that makes the service do that.
change()
{
	git switch -q -c "$1" main &&
		{ bad_session; echo "// $1 play:$2"; } >ios/Session.swift &&
		git commit -q -a -m "$1"
}

# together NAME FROM TO: runs on those changes at once.
together()
{
	pids=
	for i in $(seq "$2" "$3"); do
		referee run --head "$1$i" >"../$1$i.out" 2>"../$1$i.err" &
		pids="$pids $!"
	done
	for pid in $pids; do
		wait "$pid"
	done
}

# changes NAME PLAY FROM TO
changes()
{
	for i in $(seq "$3" "$4"); do
		change "$1$i" "$2" || return 1
	done
}

# used: all that counts, in nano-dollars.
used()
{
	referee cost --format json |
		python3 -c 'import json, sys; print(json.load(sys.stdin)["total"]["cost_nusd"])'
}

# daily NUSD: that is today's budget.
daily()
{
	ai_conf '[budget]' "daily = $(echo "$1" | sed 's/.\{9\}$/.&/; s/^\./0./')" 'alert_at = 80%' >../conf
}

# found NUMBER PATTERN FILE...: that many lines have it.
found()
{
	number=$1 pattern=$2
	shift 2
	test "$(cat "$@" | grep -c -- "$pattern")" = "$number" || { cat "$@"; return 1; }
}

# What a request of unknown cost counts, which is its reservation.
ai_conf >../conf
change first usage-missing
ok 'one request' sh -c 'referee run >../out.txt 2>../err.txt'
each=$(used)
ok 'it counts as it was reserved' test "$each" -gt 10000000

# Ten processes, and a budget that pays for three more.
changes ten usage-missing 1 10
before=$(ai_count usage-missing)
daily $((each * 4 + each / 2))
together ten 1 10
ok 'three of ten are answered' test $(($(ai_count usage-missing) - before)) = 3
ok 'no more is spent than there is' test "$(used)" -le $((each * 4 + each / 2))
ok 'the others are skipped' found 7 "^review: skipped - .*today's budget" ../ten*.out
ok 'one process tells that it is used up' found 1 'does not cover the next request$' ../ten*.err
ok 'and none tells again what share it was' test "$(cat ../ten*.err | grep -c '80 % of')" -le 1

# What a living process gives back is waited for.
changes slow slow 1 4
before=$(ai_count answered)
daily $((each * 4 + each + each / 2))
together slow 1 4
ok 'all have their turn' test $(($(ai_count answered) - before)) = 4
ok 'none is skipped' sh -c '! grep -q skipped ../slow*.out'

# One process pays for what the service refuses, for all that come after.
ok 'a parameter was refused once in all' test "$(ai_count refused)" = 1
ok 'it is known by name' sh -c 'grep -q "\"completion-tokens\"" .git/referee/services.json'
ok 'readable by its owner alone' test "$(stat -c %a .git/referee/services.json)" = 600
printf '{"version":1,"services":{"fake":{"learnt":[1,{"until":"x"}]' >.git/referee/services.json
ai_conf >../conf
change broken answer
ok 'a broken memory stops nobody' sh -c 'referee run >../out.txt 2>../err.txt'
ok 'it is told' grep -q 'services.json: .*begun anew' ../err.txt
ok 'and found out again' test "$(ai_count refused)" = 2
python3 - .git/referee/services.json <<-'PY'
	import json, sys, time
	doc = json.load(open(sys.argv[1]))
	for model in doc["services"]["fake"]["learnt"].values():
	    model["until"] = int(time.time() * 1000) - 1
	json.dump(doc, open(sys.argv[1], "w"))
PY
change expired answer
ok 'what was learnt a week ago' sh -c 'referee run >../out.txt 2>../err.txt'
ok 'is looked at again' test "$(ai_count refused)" = 3

# half_open: the service was found down a while ago.
half_open()
{
	python3 - .git/referee/services.json <<-'PY'
		import json, sys, time
		doc = json.load(open(sys.argv[1]))
		doc["services"]["fake"]["open_until"] = int(time.time() * 1000) - 1
		json.dump(doc, open(sys.argv[1], "w"))
	PY
}

changes probe down 1 15
half_open
together probe 1 15
ok 'fifteen processes send one probe' test "$(ai_count down)" = 1
ok 'offline stands in for all' found 15 '^review: failed (degraded)' ../probe*.out
ok 'it is known to be down for longer' python3 -c 'import json, time
until = json.load(open(".git/referee/services.json"))["services"]["fake"]["open_until"]
assert time.time() * 1000 < until <= time.time() * 1000 + 60000, until'
change again down
ok 'the next one asks nobody' exits 3 sh -c 'referee run >../out.txt 2>../err.txt'
ok 'as nobody was asked' test "$(ai_count down)" = 1
half_open
change well answer
ok 'a probe that is answered' sh -c 'referee run >../out.txt 2>../err.txt'
ok 'ends it' sh -c '! grep -q open_until .git/referee/services.json'
stop_ai
finish
