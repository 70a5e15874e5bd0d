#!/bin/sh
# referee backtest: what a branch took in, put to the triggers.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

# json FILE EXPRESSION: a Python expression over the document d holds.
json()
{
	python3 -c "import json,sys; d=json.load(open(sys.argv[1])); w={x['workflow']: x for x in d['workflows']}; assert $2, json.dumps(d, indent=1)" "$1"
}

# dated SECONDS COMMAND...: commits of COMMAND are made then.
dated()
{
	GIT_AUTHOR_DATE="$1 +0000" GIT_COMMITTER_DATE="$1 +0000"
	export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
	shift
	"$@"
}

REFEREE_CLOCK=1790000000 # 2026-09-21
export REFEREE_CLOCK
dated 1780000000 new_app app
cd app || exit 99

# merged N FILE LINES: a pull that adds LINES lines to FILE, merged.
merged()
{
	git switch -q -c topic
	i=0
	while [ "$i" -lt "$3" ]; do
		i=$((i + 1))
		echo "// $1 $i" >>"$2"
	done
	git add . && git commit -q -m "Change $1"
	git switch -q main
	git merge -q --no-ff -m "Merge pull request #$1 from ada/topic

Change $1" topic
	git branch -q -D topic
}
dated 1781000000 merged 1 ios/Session.swift 150
dated 1782000000 merged 2 ios/Session.swift 3
dated 1783000000 merged 3 README.md 200
dated 1784000000 merged 4 ios/Session.swift 120
cat >../big.yml <<'YAML'
name: Big Swift changes
trigger:
  - event: pull_request
    conditions:
      - files_changed: ["*.swift"]
      - lines_changed: "> 100"
agents:
  - name: code-review-agent
    service: claude-api
    config: { model: claude-sonnet-5-5 }
YAML
cat >../push.yml <<'YAML'
name: Pushes
trigger:
  - event: push
    conditions:
      - branches: [main]
  - event: pull_request.closed
  - event: schedule
    every: 7d
agents: [lint-agent]
YAML
cat >../low.yml <<'YAML'
name: Low coverage
trigger:
  event: pull_request
  conditions:
    - test_coverage: "< 80%"
    - files_changed: ["*.swift"]
agents: [lint-agent]
YAML

before=$(git for-each-ref)
ok 'a workflow that is not in the repository is replayed' sh -c \
	'referee backtest --since 2026-01-01 --workflow ../big.yml --workflow ../push.yml --workflow ../low.yml --format json >../out.json'
ok 'all merges are seen' json ../out.json 'd["changes"] == 4 and d["branch"] == "main" and not d["truncated"]'
ok 'it ran on those that its conditions hold for' json ../out.json \
	'[c["title"] for c in w["big"]["changes"]] == ["Change 4", "Change 1"]'
ok 'what it costs is estimated, with a spread' json ../out.json \
	'0 < w["big"]["cost_nusd"]["low"] < w["big"]["cost_nusd"]["expected"] < w["big"]["cost_nusd"]["high"]'
ok 'and of one run' json ../out.json '0 < w["big"]["run"]["cost_nusd"]["p50"] <= w["big"]["run"]["cost_nusd"]["p90"]'
cat >../claude.conf <<'CONF'
[referee]
service = claude-api
[service "claude-api"]
kind = anthropic
key = env:PLANTED
model = claude-opus-5-5
CONF
for latency in normal relaxed; do
	sed "1a latency: $latency" ../big.yml >../$latency.yml
done
ok 'the relaxed one is there with the normal one' sh -c \
	'PLANTED=sk-1 referee --config ../claude.conf backtest --since 2026-01-01 --workflow ../normal.yml --workflow ../relaxed.yml --format json >../latency.json'
ok 'it costs half' json ../latency.json \
	'w["relaxed"]["relaxed"] and abs(w["relaxed"]["cost_nusd"]["expected"] * 2 - w["normal"]["cost_nusd"]["expected"]) < 10 and w["relaxed"]["cost_nusd"]["low"] > 0'
ok 'and says that it waits' sh -c \
	"PLANTED=sk-1 referee --config ../claude.conf backtest --since 2026-01-01 --workflow ../relaxed.yml | grep -q 'waits for the provider.s batch'"
# Four small questions: in one request; kept apart, those of one agent each.
cat >../four.yml <<'YAML'
name: Four
trigger: { event: pull_request, conditions: [{ files_changed: ["*.swift"] }] }
agents: [code-review-agent, test-coverage-agent, documentation-agent, architecture-review-agent]
YAML
for agent in code-review test-coverage documentation architecture-review; do
	sed "s/^agents: .*/agents: [$agent-agent]/" ../four.yml >"../$agent.yml"
done
sed 's/^agents: /execution: sequential\n&/' ../four.yml >../turns.yml
sed '1a together = no' ../claude.conf >../apart.conf

# replay CONFIG OUT WORKFLOW...: what the workflows come to.
replay()
{
	conf=$1 out=$2
	shift 2
	# shellcheck disable=SC2046 # words
	PLANTED=sk-1 referee --config "$conf" backtest --since 2026-01-01 --format json \
		$(printf -- '--workflow ../%s.yml ' "$@") >"$out"
}
replay ../claude.conf ../joined.json four turns
replay ../apart.conf ../apart.json four code-review test-coverage documentation architecture-review
ok 'agents that go out as one request cost less' python3 -c 'import json
joined, apart = ({x["workflow"]: x for x in json.load(open(f))["workflows"]} for f in ("../joined.json", "../apart.json"))
each = sum(x["cost_nusd"]["expected"] for k, x in apart.items() if k != "four")
alone, one = (w["four"]["cost_nusd"]["expected"] for w in (apart, joined))
assert abs(alone - each) < 20 and one < alone * 0.9, (each, alone, one)
assert joined["turns"]["cost_nusd"]["expected"] == alone, joined
tokens = [x["four"]["tokens"]["expected"] for x in (apart, joined)]
assert joined["four"]["runs"] == 3 and tokens[0] - tokens[1] > 3 * 3 * 3000 / 3.4, tokens'
ok 'pushes and closed pulls are runs of their own' json ../out.json \
	'w["push"]["runs"] == 8 and w["push"]["events"]["push"] == 4 and w["push"]["events"]["pull_request.closed"] == 4'
ok 'schedules are counted' json ../out.json 'w["push"]["scheduled"] == 37'
ok 'coverage of the past is not known, which is told' json ../out.json 'w["low"]["runs"] == 0 and w["low"]["unknown"] == 3'
ok 'older changes are left out' sh -c \
	'referee backtest --since 2026-07-01 --workflow ../big.yml --format json >../late.json && python3 -c "
import json
d = json.load(open(\"../late.json\"))
assert d[\"changes\"] == 2 and d[\"workflows\"][0][\"runs\"] == 1, d"'
ok 'in words' sh -c 'referee backtest --since 2026-01-01 --workflow ../big.yml >../out.txt && grep -q "^big: 2 runs, on 50.0 % of the changes" ../out.txt && grep -q "Change 4 (120 lines)" ../out.txt'
ok 'without workflows the built-in one is replayed' sh -c 'referee backtest --since 2026-01-01 | grep -q "^pr-review: 4 runs"'
ok 'nothing is stored' test "$(git for-each-ref)" = "$before"
ok 'a date is required' exits 2 referee backtest
ok 'and has to be one' exits 2 referee backtest --since yesterday
ok 'no repository exits 4' exits 4 referee backtest --since 2026-01-01 --repo ..
echo 'agents: [nobody]' >../bad.yml
ok 'mistakes exit 2' exits 2 referee backtest --since 2026-01-01 --workflow ../bad.yml
finish
