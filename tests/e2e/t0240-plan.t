#!/bin/sh
# referee plan: what would run, why or why not, who would be asked, at what cost.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

has()
{
	grep -qF -- "$1" "$2" || { echo "no '$1' in:"; cat "$2"; return 1; }
}

# json FILE EXPRESSION: a Python expression over the document d holds.
json()
{
	python3 -c "import json,sys; d=json.load(open(sys.argv[1])); w={x['workflow']: x for x in d['workflows']}; assert $2, json.dumps(d, indent=1)" "$1"
}

unset ANTHROPIC_API_KEY OPENAI_API_KEY
new_app app
cd app || exit 99
git switch -q -c feature
bad_session >ios/Session.swift
git commit -q -a -m 'Keep the token'

ok 'without configuration or workflows the built-in one is planned' sh -c 'referee plan >../out.txt 2>../err.txt'
ok 'it would run' has 'pr-review: would run' ../out.txt
ok 'and asks the offline service' has 'asks offline, free' ../out.txt
ok 'nothing is stored' sh -c 'test -z "$(git for-each-ref refs/referee refs/notes)"'
ok 'an unknown format exits 2' exits 2 referee plan --format sarif
ok 'an unknown workflow exits 2' exits 2 referee plan --workflow nope
ok 'no repository exits 4' exits 4 referee plan --repo ..

git switch -q main
mkdir -p .referee/workflows
cat >.referee/workflows/big.yml <<'YAML'
name: Big ones
trigger:
  - event: pull_request
    conditions:
      - files_changed: ["*.swift"]
      - lines_changed: "> 100"
  - event: push
agents:
  - name: code-review-agent
    service: claude-api
    config: { model: claude-3-opus, max_tokens: 1000 }
  - name: security-agent
    service: claude-api
    depends_on: [code-review-agent]
fallback:
  - if: claude-api.fails
    use: openai-api
YAML
cat >.referee/workflows/low.yml <<'YAML'
name: Low coverage
trigger:
  event: pull_request
  conditions:
    - test_coverage: "< 80%"
agents: [lint-agent]
YAML
git add . && git commit -q -m 'Workflows' && git switch -q feature && git rebase -q main

ok 'plan of two workflows' sh -c 'referee plan >../out.txt'
ok 'the condition that does not hold is told, with its value' has 'no  lines_changed: 1 lines changed, wanted > 100' ../out.txt
ok 'so is the one that does' has 'yes files_changed: ios/Session.swift matches *.swift' ../out.txt
ok 'and the other trigger' has 'no  event: it is pull_request.opened, wanted push' ../out.txt
ok 'what is not known is told' has 'low: would be skipped' ../out.txt

ANTHROPIC_API_KEY=planted-key-1 OPENAI_API_KEY=planted-key-2
export ANTHROPIC_API_KEY OPENAI_API_KEY
ok 'a named workflow is planned whatever its triggers say' sh -c 'referee plan --workflow big --format json >../plan.json'
ok 'with its services in their order' json ../plan.json \
	'[s["service"] for s in w["big"]["tasks"][0]["services"]] == ["claude-api", "openai-api", "offline"]'
ok 'with attempts and waits' json ../plan.json \
	'w["big"]["tasks"][0]["services"][0]["attempts"] == 3 and w["big"]["tasks"][0]["services"][0]["waits_ms"] == [500, 1000]'
ok 'a retired model is mapped and told' json ../plan.json \
	'w["big"]["tasks"][0]["services"][0]["mapped_from"] == "claude-3-opus"'
ok 'the order of tasks is told' json ../plan.json 'w["big"]["tasks"][1]["after"] == ["code-review-agent"]'
ok 'costs are bounded' json ../plan.json \
	'0 < w["big"]["expected_nusd"] < w["big"]["at_most_nusd"] == d["at_most_nusd"]'
ok 'no key is shown' sh -c '! grep -q planted ../plan.json'
unset ANTHROPIC_API_KEY OPENAI_API_KEY
ok 'without a key a service is passed over' sh -c \
	'referee plan --workflow big --format json >../plan.json && python3 -c "
import json
d = json.load(open(\"../plan.json\"))
s = d[\"workflows\"][0][\"tasks\"][0][\"services\"]
assert [bool(x.get(\"skipped\")) for x in s] == [True, True, False], s
assert d[\"at_most_nusd\"] == 0, d"'

printf '[complexity]\nsimple_lines = 1\ncomplex_lines = 1\n' >../bounds.conf
ok 'what decides the model can be changed' sh -c \
	'echo "let a = 1; let b = 2" >>ios/Session.swift && git commit -q -a -m More &&
		referee --config ../bounds.conf plan --workflow big >../out.txt'
ok 'and is told with its reason' has 'complex (many lines or files)' ../out.txt

# What a run found out of a service is known to those who only tell.
mkdir -p .git/referee
cat >.git/referee/services.json <<JSON
{"version": 1, "services": {
 "claude-api": {"url": "", "blocked_until": $(($(date +%s) + 3000))000, "blocked_fault": "quota", "blocked_why": "no credit is left"},
 "openai-api": {"url": "", "open_until": $(($(date +%s) + 50))000}}}
JSON
find .git -type f | sort >../files.txt
ok 'services that are left alone are planned as that' sh -c \
	'ANTHROPIC_API_KEY=sk-1 OPENAI_API_KEY=sk-2 referee plan --workflow big >../out.txt'
ok 'a retired model is named beside what is asked for it' has '(claude-opus-5-5 for the retired claude-3-opus)' ../out.txt
ok 'the reason of a key is told' has '; passed over: no credit is left' ../out.txt
ok 'and of the breaker' has '; passed over: left alone after repeated failures' ../out.txt
ok 'and shown as that' sh -c 'ANTHROPIC_API_KEY=sk-1 OPENAI_API_KEY=sk-2 referee run --dry-run --format prompt --workflow big >../out.txt'
ok 'with the reason, too' has '(passed over now: no credit is left)' ../out.txt
ok 'nothing was kept for that' sh -c 'find .git -type f | sort | diff ../files.txt -'
rm .git/referee/services.json

# The same question, through the batch endpoint and not.
cat >../relaxed.conf <<'CONF'
[referee]
service = claude-api
[service "claude-api"]
kind = anthropic
key = env:PLANTED
model = claude-opus-5-5
CONF
for latency in normal relaxed; do
	cat >../$latency.yml <<-YAML
		name: It may wait
		latency: $latency
		trigger:
		  event: pull_request
		agents: [code-review-agent]
	YAML
	PLANTED=sk-1 referee --config ../relaxed.conf plan --workflow ../$latency.yml --format json >../$latency.json
done
ok 'what is relaxed costs half at first, and all that comes after' python3 -c '
import json
normal, relaxed = (json.load(open(f"../{x}.json"))["workflows"][0] for x in ("normal", "relaxed"))
service = relaxed["tasks"][0]["services"][0]
each, batch = service["worst_case_nusd"], service["batch"]["worst_case_nusd"]
assert relaxed["relaxed"] and not normal["relaxed"]
assert "batch" not in normal["tasks"][0]["services"][0]
assert abs(2 * batch - each) <= 1 and service["batch"]["wait_ms"] == 24 * 3600000
assert relaxed["expected_nusd"] == batch and normal["expected_nusd"] == each
assert relaxed["at_most_nusd"] == normal["at_most_nusd"] + batch'
PLANTED=sk-1 referee --config ../relaxed.conf plan --workflow ../relaxed.yml >../out.txt
ok 'people are told that it waits' has "it is relaxed: a poll waits for the provider's batch; run asks directly" ../out.txt
ok 'for how long' has 'asks claude-api (claude-opus-5-5) in a batch, waits up to 24 hours, up to $' ../out.txt
ok 'and what comes then' has 'then claude-api (claude-opus-5-5), 3 times' ../out.txt

referee run --workflow big --service offline >/dev/null
ok 'a stored result is told of' sh -c 'referee plan --workflow big >../out.txt && grep -q "big: judged before" ../out.txt && grep -q "nobody is asked" ../out.txt'
git switch -q main
ok 'base equal to head: nothing would run' sh -c 'referee plan >../out.txt && grep -q "Nothing changed" ../out.txt'
echo 'agents: [nobody-agent]' >.referee/workflows/bad.yml
git add . && git commit -q -m 'Bad' && git switch -q feature && git rebase -q main
ok 'mistakes exit 2 with their place' sh -c 'referee plan >../out.txt 2>../err.txt; test $? = 2 && grep -q "^.referee/workflows/bad.yml:1:10: " ../err.txt'
finish
