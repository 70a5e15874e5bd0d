#!/bin/sh
# An AI service asked from the command line: findings, what they cost, budgets.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/ai.sh"

says_line()
{
	grep -qF -- "$1" "$2" || { echo "no '$1' in:"; cat "$2"; return 1; }
}

# json FILE EXPRESSION: what holds of the document `d`.
json()
{
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
assert eval(sys.argv[2]), d' "$1" "$2"
}

ledger()
{
	git for-each-ref --format='%(refname)' refs/referee/ledger |
		while read -r ref; do
			git grep -h . "$ref"
		done
}

# Forget what was judged, not what was spent.
forget()
{
	git for-each-ref --format='delete %(refname)' refs/notes refs/referee |
		grep -v refs/referee/ledger/ | git update-ref --stdin
}

start_ai
export FAKE_KEY=$AI_KEY
ai_conf '[budget]' 'daily = 1' 'monthly = 20' >conf
REFEREE_CONFIG=$work/conf
export REFEREE_CONFIG
new_app app
cd app || exit 99
ai_workflow
git add . && git commit -q -m 'A workflow'
git switch -q -c feature
{ bad_session; echo '// play:finds'; } >ios/Session.swift
git commit -q -a -m 'Keep the token'

ok 'nothing was spent at first' sh -c 'referee cost | grep -q "^nothing was spent since"'
ok 'the service is asked' exits 0 sh -c 'referee run >../out.txt 2>../err.txt'
ok 'its finding is shown where the code is' says_line 'ios/Session.swift:6' ../out.txt
ok 'and who found it, for how much' says_line 'with gpt-6.1-sol' ../out.txt
ok 'nothing is said on stderr' test ! -s ../err.txt
ok 'one request was sent' test "$(ai_count answered)" = 1

# 100 tokens at $2, 1,000 cached ones at $0.10, 50 out at $10 a million.
ok 'cost in JSON is exact' sh -c 'referee cost --format json >../cost.json'
ok 'to the nano-dollar' json ../cost.json 'd["total"]["cost_nusd"] == 800000 and d["total"]["unknown_nusd"] == 0'
ok 'with the tokens' json ../cost.json '(d["total"]["input_tokens"], d["total"]["cached_tokens"], d["total"]["output_tokens"]) == (100, 1000, 50)'
ok 'against both budgets' json ../cost.json '[(b["name"], b["limit_nusd"], b["left_nusd"]) for b in d["budgets"]] == [("daily", 10**9, 999200000), ("monthly", 2 * 10**10, 19999200000)]'
ok 'cost for people' sh -c 'referee cost >../cost.txt'
ok 'has the service' sh -c 'grep -q "^  fake  *\$0.0008  *" ../cost.txt'
ok 'and the budgets' says_line 'daily: $0.0008 of $1.0000, 0.1 %, $0.9992 left' ../cost.txt
for by in project workflow agent model day month; do
	ok "by $by" sh -c "referee cost --by $by | grep -q '0.0008'"
done
ok 'by agent it has the agent' sh -c 'referee cost --by agent | grep -q "^  code-review-agent "'
ok 'since tomorrow there is nothing' sh -c 'referee cost --since 2999-01-01 | grep -q "^nothing was spent since 2999-01-01"'
ok 'what is no date exits 2' exits 2 referee cost --since yesterday
ok 'what is no column exits 2' exits 2 referee cost --by colour
ok 'what is no format exits 2' exits 2 referee cost --format yaml
ok 'outside a repository it exits 4' exits 4 referee cost --repo "$work"
ok 'the ledger is in the clone' test "$(ledger | grep -c '"status":"ok"')" = 1
ok 'the line names run, agent and model' sh -c 'git for-each-ref --format="%(refname)" refs/referee/ledger | xargs git grep -h . | grep -q "\"workflow\":\"review\",\"agent\":\"code-review-agent\",\"run\":\"[0-9A-Z]*\",\"service\":\"fake\",\"model\":\"gpt-6.1-sol\""'
ok 'the journal is empty again' sh -c 'test -z "$(ls .git/referee/journal)"'
ok 'nothing is kept outside the clone' test ! -e "$HOME/.local"

forget
ok 'the same question again is answered from the cache' exits 0 sh -c 'referee run >../out.txt'
ok 'with the same finding' says_line 'ios/Session.swift:6' ../out.txt
ok 'for nothing' says_line '$0.0000' ../out.txt
ok 'and without a request' test "$(ai_count answered)" = 1

# What cannot be paid is not asked, and that is no failure: tomorrow it can.
sed 's/^daily = .*/daily = 0.001/' ../conf >../poor
printf '// more\n' >>ios/Session.swift
git commit -q -a -m 'More'
ok 'a spent budget skips the run' exits 0 sh -c 'REFEREE_CONFIG=../poor referee run >../out.txt 2>../err.txt'
ok 'and says so' says_line "review: skipped - code-review-agent: fake: today's budget" ../out.txt
ok 'the alert is told' says_line "today's budget" ../err.txt
ok 'once a day, over restarts' sh -c 'REFEREE_CONFIG=../poor referee run 2>&1 >/dev/null | { ! grep budget; }'
ok 'no request was sent' test "$(ai_count answered)" = 1
{ cat ../conf; echo 'per_run = 0.0001'; } >../mean
ok 'a run that may not cost enough fails' exits 3 sh -c 'REFEREE_CONFIG=../mean referee run >../out.txt'
ok 'with the reason' says_line 'the budget of this run does not cover' ../out.txt
ok 'with money it goes on by itself' exits 0 sh -c 'referee run >../out.txt && grep -q "^review: attention" ../out.txt'

# Budgets count what a shared control repository knows of.
git init -q --bare ../control.git
{ cat ../conf; echo '[control]'; echo "remote = $work/control.git"; } >../shared
printf '// shared\n' >>ios/Session.swift
git commit -q -a -m 'Shared'
ok 'with a control repository' exits 0 sh -c 'REFEREE_CONFIG=../shared referee run'
ok 'it has the ledger' sh -c 'git -C ../control.git for-each-ref | grep -q refs/referee/ledger/'
git clone -q . ../other
git -C ../other switch -q feature
ok 'another clone counts it' sh -c 'REFEREE_CONFIG=../shared referee cost --repo ../other --format json >../cost.json'
ok 'all of it' json ../cost.json 'd["budgets"][0]["spent_nusd"] == 2400000'
mv ../control.git ../gone.git
ok 'an unreachable one is told' sh -c 'REFEREE_CONFIG=../shared referee cost 2>&1 | grep -q "control repository: .*only what is known here"'

# A project's budget counts in any clone of it, however its remote is written.
ok 'spending is counted under the name of the folder' sh -c 'referee cost --by project | grep -q "^  app  "'
git config remote.origin.url git@GitHub.com:acme/wallet.git
project_budget()
{
	{ cat ../conf; printf '[project "purse"]\nurl = %s\nforge = plain\nbudget_monthly = %s\n' https://github.com:443/acme/wallet/ "$1"; } >../team
}
project_budget 0.01
printf '// team\n' >>ios/Session.swift
git commit -q -a -m 'Team'
ok 'without money of the project it is skipped' exits 0 sh -c 'REFEREE_CONFIG=../team referee run >../out.txt 2>&1'
ok 'and says so' says_line "review: skipped - code-review-agent: fake: the project's budget of this month" ../out.txt
project_budget 1
ok 'with money it runs' exits 0 sh -c 'REFEREE_CONFIG=../team referee run >../out.txt && grep -q "^review: attention" ../out.txt'
ok 'for that project' sh -c 'REFEREE_CONFIG=../team referee cost --repo . --by project --format json >../cost.json'
ok 'with its budget' json ../cost.json '[b["spent_nusd"] for b in d["budgets"] if b.get("project") == "purse"] == [800000] and [r["cost_nusd"] for r in d["rows"] if r["key"] == "purse"] == [800000]'
git config remote.origin.url https://example.com/team/My_App.git/
printf '// other\n' >>ios/Session.swift
git commit -q -a -m 'Other'
ok 'of a project that is not configured' exits 0 sh -c 'referee run >../out.txt'
ok 'under the last part of its URL' sh -c 'referee cost --by project | grep -q "^  my_app  "'
git config --unset remote.origin.url

# The wrong key, and nobody there.
printf '// again\n' >>ios/Session.swift
git commit -q -a -m 'Again'
ok 'with a wrong key the run fails' exits 3 sh -c 'FAKE_KEY=sk-wrong-0123456789 referee run >../out.txt 2>../err.txt'
ok 'offline stands in, and that is said' says_line 'review: failed (degraded)' ../out.txt
ok 'its findings are there' says_line 'ios/Session.swift:6' ../out.txt
ok 'the note says so' sh -c 'git notes --ref=referee show HEAD | grep -q "review: failed (degraded)"'
ok 'the key is shown to nobody' sh -c '! grep -rq sk-wrong ../out.txt ../err.txt .git/referee'
stop_ai
ok 'with nobody there it fails too' exits 3 sh -c 'referee run >../out.txt 2>../err.txt'
ok 'and offline stands in' says_line 'review: failed (degraded)' ../out.txt
ok 'what was refused costs nothing' sh -c 'referee cost --format json >../cost.json'
ok 'what may have been served counts as reserved' json ../cost.json 'd["total"]["cost_nusd"] - d["total"]["unknown_nusd"] == 4000000'
finish
