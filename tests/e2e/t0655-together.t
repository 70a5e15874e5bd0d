#!/bin/sh
# Small questions of one run go out as one request: what is asked and paid for,
# whose answer is whose, and what happens where it cannot be read.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/ai.sh"

start_ai
export FAKE_KEY=$AI_KEY
ai_conf >openai.conf
sed "s/openai/anthropic/; s|/v1||; s/gpt-6.1-sol/claude-opus-5-5/" openai.conf >anthropic.conf
sed 's/^service = fake/&\ntogether = no/' anthropic.conf >apart.conf
REFEREE_CONFIG=$work/anthropic.conf
export REFEREE_CONFIG

new_app app
cd app || exit 99
mkdir -p .referee/workflows
cat >.referee/workflows/four.yml <<'YML'
name: Four
trigger: { event: pull_request }
agents: [code-review-agent, test-coverage-agent, documentation-agent, architecture-review-agent]
YML
# Title and description are for all but the security agent.
cat >.referee/workflows/five.yml <<'YML'
name: Five
trigger: { event: manual }
agents:
  - code-review-agent
  - security-agent
  - test-coverage-agent
  - name: documentation-agent
    optional: true
YML
git add . && git commit -q -m 'Workflows'
git switch -q -c feature

# run_asks REQUESTS: `referee run $run_args` sends so many.
run_args=
run_asks()
{
	before=$(ai_count answered)
	# shellcheck disable=SC2086 # words
	referee run $run_args --format json >../run.json 2>../err.txt
	sent=$(($(ai_count answered) - before))
	test $sent = "$1" || { echo "$sent requests"; cat ../err.txt; return 1; }
}

# record EXPRESSION: of the stored run r and its agents by name.
record()
{
	key=$(git for-each-ref --format='%(refname)' refs/referee/runs)
	path=$(git ls-tree -r --name-only "$key" | grep 'run.json$' | while read -r each; do
		git cat-file -p "$key:$each" | grep -q "$(git rev-parse HEAD)" && echo "$each"
	done)
	git cat-file -p "$key:$path" | python3 -c 'import json, sys
r = json.load(sys.stdin)
a = {t["agent"].split("-")[0]: t for t in r["tasks"]}
assert eval(sys.argv[1]), json.dumps(r, indent=1)' "$1"
}

# books LINES NUSD: so many lines in all, and what they cost.
books()
{
	referee cost --format json | python3 -c 'import json, sys
t = json.load(sys.stdin)["total"]
assert [t["requests"], t["cost_nusd"]] == [int(n) for n in sys.argv[1:]], t' "$@"
}

play finds
ok 'the plan says who is asked together' sh -c 'referee plan >../plan.txt && grep -qF "in one request with test-coverage-agent, documentation-agent, architecture-review-agent" ../plan.txt'
ok 'and counts that request once' sh -c 'referee plan --format json | python3 -c "
import json, sys
w = [w for w in json.load(sys.stdin)[\"workflows\"] if w[\"matches\"]][0]
one = w[\"tasks\"][0][\"one_request\"]
assert sum(t[\"expected_nusd\"] for t in w[\"tasks\"]) == w[\"expected_nusd\"] == one[\"expected_nusd\"] > 0, w
assert one[\"max_output_tokens\"] == 32000, w
assert w[\"at_most_nusd\"] > w[\"expected_nusd\"], w"'
referee run --dry-run --format prompt >../prompt.txt
ok 'the very request can be seen' grep -qF '==== four, code-review-agent + test-coverage-agent + documentation-agent + architecture-review-agent: to fake in one request' ../prompt.txt
ok 'with the change once' test "$(grep -c '^---- change' ../prompt.txt)" = 1

ok 'four agents are one request' run_asks 1
ok 'in which all were asked' test "$(ai_count together)" = 1
ok 'each answers for itself' record 'all(t["state"] == "answered" and t["findings"] == 1 for t in a.values())'
ok 'and is named with what it found' record 'sorted(r["findings"][0]["agents"]) == sorted(t["agent"] for t in r["tasks"])'
ok 'all of it is paid for once' books 1 1600000
ok 'and shared out' record 'r["cost_nusd"] == 1600000 == sum(t["cost_nusd"] for t in a.values()) and {t["cost_nusd"] for t in a.values()} == {400000}'
ok 'also by agent' sh -c 'referee cost --by agent --format json | python3 -c "
import json, sys
rows = json.load(sys.stdin)[\"rows\"]
assert [r[\"cost_nusd\"] for r in rows] == [400000] * 4 and sum(r[\"requests\"] for r in rows) == 1, rows"'
ok 'the record says with whom' record 'a["code"]["together"] == ["test-coverage-agent", "documentation-agent", "architecture-review-agent"]'
referee stats --format json >../stats.json
ok 'one request is one in the statistics' python3 -c 'import json
rows = [(r["ok"], r["failed"]) for r in json.load(open("../stats.json"))["rows"] if r["kind"] == "service"]
assert rows == [(1, 0)], rows'
ok 'again, nobody is asked' run_asks 0

play joint-lacks
ok 'who is left out asks alone' run_asks 2
ok 'and the others keep their answers' record 'r["verdict"] == "attention" and all(t["findings"] == 1 for k, t in a.items()) and "together" not in a["architecture"]'
ok 'that is paid for too' books 3 4800000
ok 'by the one who asked' record 'a["architecture"]["cost_nusd"] == 2000000 and r["cost_nusd"] == 3200000'

play joint-mute
ok 'where nothing can be read, each asks alone' run_asks 5
ok 'once' record 'r["verdict"] == "attention" and [t["requests"] for t in a.values()] == [2, 1, 1, 1]'

play finds apart
REFEREE_CONFIG=$work/apart.conf
ok 'where it is switched off there are four' run_asks 4
REFEREE_CONFIG=$work/openai.conf
play finds there
ok 'the other protocol takes it too' run_asks 1
ok 'as one' record 'r["verdict"] == "attention" and r["tasks"][3]["together"]'


REFEREE_CONFIG=$work/anthropic.conf
play finds five
run_args='--workflow five'
ok 'one that may not see the title asks for itself' run_asks 2
ok 'and has its own answer' record 'all(t["findings"] == 1 for t in a.values()) and "together" not in a["security"] and len(a["code"]["together"]) == 2'
run_args=

# Killed anywhere around the request and run again: it is in the books at what it
# cost or might have cost, and every agent has its answer.
killed_at()
{
	play finds "killed at $1"
	rm -rf ../dead && cp -r . ../dead
	before=$(ai_count answered)
	(cd ../dead && REFEREE_FAULT=$1 referee run >/dev/null 2>&1)
	test $? -ge 128 || { echo "not killed at $1"; return 1; }
	(cd ../dead && referee run --format json >../run.json) || return 1
	python3 -c 'import json, sys
run = json.load(open("../run.json"))["runs"][0]
assert run["verdict"] == "attention", run
assert all(a["state"] == "answered" for a in run["agents"]), run' || return 1
	sent=$(($(ai_count answered) - before))
	test $sent -le 2 || { echo "$sent requests"; return 1; }
	(cd ../dead && referee cost --format json) >../cost.json
	referee cost --format json | python3 -c 'import json, sys
was, now = json.load(sys.stdin)["total"], json.load(open("../cost.json"))["total"]
spent, sent = now["cost_nusd"] - was["cost_nusd"], int(sys.argv[1])
known = spent - (now["unknown_nusd"] - was["unknown_nusd"])
assert known <= sent * 1600000 <= spent, (was, now, sent)' $sent
}

play finds 'and dies'
if REFEREE_FAULT=journal.write:1 referee run >/dev/null 2>&1 || test $? -lt 128; then
	count=$((count + 1))
	echo "ok $count - killed # SKIP built without --enable-faults"
else
	for point in journal.write:1 journal.write:2 store.ref:1 store.ref:2; do
		ok "killed at $point" killed_at "$point"
	done
fi
stop_ai
finish
