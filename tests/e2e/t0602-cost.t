#!/bin/sh
# What was spent, over months and a change of clocks, with leftovers of the dead.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

new_app app
cd app || exit 99
printf '[budget]\ntimezone = Europe/Berlin\nmonthly = 1\ndaily = 0.5\n' >../conf
REFEREE_CONFIG=$work/conf
REFEREE_CLOCK=1793880000 # 2026-11-05T12:00:00Z
export REFEREE_CONFIG REFEREE_CLOCK

# What a killed process left: lines (time, project, cost), the last not settled.
mkdir -p .git/referee/journal
python3 - .git/referee/journal <<-'PY'
	import json, sys
	lines = [("2026-09-30T21:59:59Z", "kt", 1), ("2026-09-30T22:00:00Z", "ios", 2),
	         ("2026-10-24T21:59:59Z", "ios", 4), ("2026-10-24T22:00:00Z", "ios", 8),
	         ("2026-10-25T22:59:59Z", "kt", 16), ("2026-10-25T23:00:00Z", "ios", 32),
	         ("2026-10-31T22:59:59Z", "ios", 64), ("2026-10-31T23:00:00Z", "ios", 128),
	         ("2026-11-05T11:00:00Z", "ios", 256)]
	import datetime
	with open(sys.argv[1] + "/01JD3M0000000000000000000A.jsonl", "w") as out:
	    for number, (time, project, cost) in enumerate(lines):
	        at = datetime.datetime.fromisoformat(time.replace("Z", "+00:00"))
	        line = {"id": f"01JD3M0000000000000000000{number}", "at_ms": int(at.timestamp()) * 1000,
	                "project": project, "workflow": "review", "agent": "a", "run": "r",
	                "service": "claude-api", "model": "m", "attempt": 1,
	                "reserved_nusd": cost * 1000000, "cost_nusd": cost * 1000000}
	        print(json.dumps(line | {"cost_unknown": True}), file=out)
	        if cost < 256:
	            print(json.dumps(line | {"status": "ok", "cost_unknown": cost == 128}), file=out)
	    out.write('{"id": "01JD3M00000000000000')
PY

# rows COMMAND...: what "referee cost --format json" has as rows, in short.
rows()
{
	referee cost --format json "$@" 2>/dev/null | python3 -c 'import json, sys
print(*(r["key"] + "=" + str(r["cost_nusd"] // 1000000) for r in json.load(sys.stdin)["rows"]))'
}

is_rows()
{
	wanted=$1
	shift
	got=$(rows "$@")
	test "$got" = "$wanted" || { echo "$got, not $wanted"; return 1; }
}

# json EXPRESSION [OPTION]...: what holds of the document `d`.
json()
{
	holds=$1
	shift
	referee cost --format json "$@" 2>/dev/null | python3 -c 'import json, sys
d = json.load(sys.stdin)
assert eval(sys.argv[1]), d' "$holds"
}

ok 'months begin where the company is' is_rows '2026-09=1 2026-10=126 2026-11=384' --by month --since 2026-01-01
days='2026-10-01=2 2026-10-24=4 2026-10-25=24 2026-10-26=32 2026-10-31=64 2026-11-01=128 2026-11-05=256'
ok 'days too, also the one of 25 hours' is_rows "$days" --by day --since 2026-10-01
ok 'this month by project' is_rows 'ios=384' --by project
ok 'since a date, from its midnight' is_rows 'ios=488 kt=16' --by project --since 2026-10-25
ok 'which was at 22:00 UTC' json 'd["since"] == "2026-10-24T22:00:00Z"' --since 2026-10-25
ok 'since a time, to the second' is_rows 'ios=480' --by project --since 2026-10-25T23:00:00Z
ok 'the month of the budget began at 23:00 UTC' json '[(b["name"], b["since"]) for b in d["budgets"]] == [("daily", "2026-11-04T23:00:00Z"), ("monthly", "2026-10-31T23:00:00Z")]'
ok 'what is reserved counts as spent' json '[(b["spent_nusd"], b["unknown_nusd"], b["reserved_nusd"]) for b in d["budgets"]] == [(256000000, 256000000, 256000000), (384000000, 384000000, 256000000)]'
ok 'and is told' sh -c 'referee cost 2>/dev/null | grep -q "monthly: \$0.3840 of \$1.0000, 38.4 %, \$0.6160 left  \$0.3840 of it is an estimate, \$0.2560 reserved"'
ok 'a line that was cut disturbs nobody' test -z "$(referee cost 2>&1 >/dev/null)"

# The next run brings it all into the ledger, months apart.
printf '[service "fake"]\nkind = openai\nurl = http://127.0.0.1:9/v1\nmodel = m\nkey = env:NO_KEY\n' >>../conf
git switch -q -c feature
bad_session >ios/Session.swift
git commit -q -a -m 'Keep the token'
referee run --service fake >/dev/null 2>&1
ok 'no journal is left' test -z "$(ls .git/referee/journal)"
ok 'each month has its own ref' test "$(git for-each-ref refs/referee/ledger | wc -l)" = 3
ok 'the sums stay' is_rows "$days" --by day --since 2026-10-01
ok 'nothing is reserved any more, but lost' json 'd["total"]["reserved_nusd"] == 0 and d["total"]["unknown_nusd"] == 384000000'

# What cannot be read stops the program, and says what it is.
ref=$(git for-each-ref --format='%(refname)' refs/referee/ledger | tail -1)
good=$(git rev-parse "$ref")
git update-ref "$ref" "$(git rev-parse HEAD:README.md 2>/dev/null || git rev-parse HEAD:ios/Session.swift)" 2>/dev/null ||
	git rev-parse HEAD:ios/Session.swift >".git/$ref"
ok 'an unreadable ledger stops cost' sh -c '! referee cost >../out.txt 2>../err.txt'
ok 'with the name of the ref' grep -q "$ref" ../err.txt
ok 'and run, before anything is spent' sh -c '! referee run --service fake >../out.txt 2>../err.txt'
ok 'with the name of the ref, too' grep -q "$ref" ../err.txt
echo "$good" >".git/$ref"
ok 'mended it goes on' is_rows 'ios=384' --by project

# Prices that cannot be true are no prices.
refused()
{
	printf '%s' "$2" >../prices.json
	sed "s,^\[budget\],&\nprice_file = $work/prices.json," ../conf >../priced
	REFEREE_CONFIG=$work/priced referee run --service fake >../out.txt 2>../err.txt
	test $? = 2 && grep -q "prices.json: .*$1" ../err.txt || { cat ../err.txt; return 1; }
}
ok 'half a price file is refused' refused JSON '{"m": {"input_cost_per_token": 1e-06'
ok 'an empty one' refused 'no price of any model' '{}'
ok 'one in dollars for a million' refused 'price of m' '{"m": {"input_cost_per_token": 3, "output_cost_per_token": 15}}'
ok 'one below zero' refused 'price of m' '{"m": {"input_cost_per_token": -1e-06, "output_cost_per_token": 1e-06}}'
ok 'one that is all for free' refused 'no price of any model' '{"m": {"input_cost_per_token": 0, "output_cost_per_token": 0}}'
finish
