#!/bin/sh
# tests = ci: generated tests are pushed to a branch of referee's, and what the
# project's CI says of it, in a later poll, is what the tests came to.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/github.sh"
. "$SRCDIR/tests/lib/poll.sh"
. "$SRCDIR/tests/lib/tests_ci.sh"

new_ci_project
start_github "$work/app.git"
ci_config
poll

# Two polls: one pushes, one reads.
open_ci_pull 10
ok 'a poll' poll
ok 'pushes what was kept' sh -c "git -C app.git show $(branch 10):iosTests/SessionTests.swift | grep -qx '// one'"
ok 'and not what was dropped' sh -c "! git -C app.git cat-file -e $(branch 10):iosTests/WrongTests.swift 2>/dev/null"
ok 'on top of the head' test "$(git -C app.git rev-parse "$(branch 10)^")" = "$(git -C app rev-parse topic/10)"
ok 'offers it' is_there "[p['head_ref'] for p in pulls if p['base_ref'] == 'topic/10'] == ['$(branch 10)']"
ok 'waits' says_line "tests: skipped (test-runner: waits for the project's CI)" out.txt
ok 'which the status says' is_there \
	"[s['state'] for s in statuses if s['sha'] == '$(git -C app rev-parse topic/10)'] == ['pending']"
ok 'and the state' remembers 10 'workflows[0]["waits_for"] == "ci" and [p["at_ms"] > 0 for p in posted if p["kind"] == "branch"] == [True]'
ok 'while CI says nothing' poll
ok 'nothing is done' test ! -s out.txt
says_ci 10 status '"context": "ci/build", "state": "pending"'
says_ci 10 status '"context": "referee/other", "state": "failure"'
says_ci 10 check '"name": "unit tests", "conclusion": "success"'
ok 'while it has not finished' poll
ok 'neither' test ! -s out.txt
before=$(asked 'commits/.*304$')
poll
ok 'it is asked whether anything is new' test "$(asked 'commits/.*304$')" = $((before + 2))
says_ci 10 status '"context": "ci/build", "state": "success", "target_url": "https://ci.test/1", "age": 0'
poll
ok 'what has just finished may start something' test ! -s out.txt
says_ci 10 status '"context": "ci/build", "state": "success", "target_url": "https://ci.test/1"'
ok 'when all of it has passed' poll
ok 'so did the tests, our own status aside' says_line 'tests: pass' out.txt
ok 'the record has the checks and where they are' in_record 10 \
	'["checks"]' "[{'name': 'ci/build', 'state': 'success', 'url': 'https://ci.test/1'}, {'name': 'unit tests', 'state': 'success', 'url': 'https://github.test'}]"
ok 'on which commit' in_record 10 '["commit"]' "'$(git -C app.git rev-parse "$(branch 10)")'"
ok 'the status is green' is_there \
	"[s['state'] for s in statuses if s['sha'] == '$(git -C app rev-parse topic/10)'][-1] == 'success'"
ok 'nobody was asked twice' test "$(wc -l <calls)" = 2
ok 'it is done with' poll
ok 'and not asked about any more' test ! -s out.txt

# It fails, on the second page.
open_ci_pull 20
poll
pushed=$(git -C app.git rev-parse "$(branch 20)")
says_ci 20 check '"name": "part", "count": 100, "conclusion": "success"'
says_ci 20 check '"name": "last", "conclusion": "failure", "details_url": "https://ci.test/last"'
ok 'one of 101 checks failed' poll
ok 'which asks for attention' says_line 'tests: attention' out.txt
ok 'the note says which, and where' sh -c \
	"git -C app.git notes --ref=referee show topic/20 | tr -s '\n ' ' ' | grep -q '1 failed: last (failure, https://ci.test/last)'"
ok 'so does the comment' is_there "any('1 failed: last' in c['body'] for c in comments if c['pull'] == 20)"
ok 'the status is red' is_there \
	"[s['state'] for s in statuses if s['sha'] == '$(git -C app rev-parse topic/20)'][-1] == 'failure'"

says_ci 20 check '"name": "last", "conclusion": "success"'
poll
ok 'what is run again afterwards is not looked at' test ! -s out.txt
hub comment '{"pull": 20, "by": ["bob", 8], "body": "/referee run tests"}' >/dev/null
poll
ok 'until somebody asks' says_line "waits for the project's CI" out.txt
poll
ok 'then it counts' says_line 'tests: pass' out.txt
ok 'and nothing was pushed for it' test "$(git -C app.git rev-parse "$(branch 20)")" = "$pushed"

# Nothing comes.
open_ci_pull 30
poll
asked_before=$(wc -l <calls)
REFEREE_CLOCK=$(in_minutes 59) poll
ok 'before the limit it is waited for' test ! -s out.txt
REFEREE_CLOCK=$(in_minutes 61) poll
ok 'after it the run has failed' says_line "no status and no check run came on $(branch 30) within 60 min" out.txt
ok 'which is no green' is_there \
	"[s['state'] for s in statuses if s['sha'] == '$(git -C app rev-parse topic/30)'][-1] == 'error'"
says_ci 30 check '"name": "unit tests", "status": "in_progress"'
REFEREE_CLOCK=$(in_minutes 70) poll
ok 'what still runs is too late, too' says_line 'unit tests (in_progress' out.txt
says_ci 30 check '"name": "unit tests", "conclusion": "success"'
REFEREE_CLOCK=$(in_minutes 120) poll
ok 'what came in the end counts when it is tried again' says_line 'tests: pass' out.txt
ok 'and nothing is generated again' test "$(wc -l <calls)" = "$asked_before"

# What neither passes nor fails.
open_ci_pull 40
poll
says_ci 40 check '"name": "deploy", "conclusion": "action_required"'
poll
ok 'a check that waits for somebody is waited for' test ! -s out.txt
says_ci 40 check '"name": "deploy", "conclusion": "skipped"'
says_ci 40 check '"name": "docs", "conclusion": "neutral"'
poll
ok 'where CI ran nothing, nothing has passed' says_line 'CI ran nothing' out.txt
says_ci 40 check '"name": "unit tests", "conclusion": "cancelled"'
REFEREE_CLOCK=$(in_minutes 6) poll
ok 'nor where it was cancelled' says_line 'CI did not finish on '"$(branch 40)"': unit tests (cancelled' out.txt
says_ci 40 check '"name": "unit tests", "conclusion": "success"'
REFEREE_CLOCK=$(in_minutes 40) poll
ok 'but when it was run again' says_line 'tests: pass' out.txt

# Checks by name.
sed -i '/^tests = ci/a tests_checks = unit *, ios/*' referee.conf
open_ci_pull 100
poll
says_ci 100 check '"name": "deploy", "conclusion": "failure"'
says_ci 100 check '"name": "unit tests", "conclusion": "success"'
poll
ok 'a check that must be there is waited for' test ! -s out.txt
says_ci 100 status '"context": "ios/app", "state": "success"'
poll
ok 'one that was not asked for does not count' says_line 'tests: pass' out.txt
sed -i '/^tests_checks/d' referee.conf

# Statuses cannot be read.
open_ci_pull 110
poll
hub fault '{"match": "/check-runs", "times": 9, "status": 403, "body": "{\"message\": \"Resource not accessible\"}"}' >/dev/null
says_ci 110 status '"context": "ci/build", "state": "success"'
poll
ok 'half of what CI says is not enough' sh -c '! grep -q "tests:" out.txt'
REFEREE_CLOCK=$(in_minutes 61) poll
ok 'and in the end no green' says_line 'could not be read within 60 min' out.txt
hub fault '{"match": "nothing", "times": 0}' >/dev/null

ok 'nothing was asked that GitHub does not have' test "$(asked ' 599$')" = 0
grep -v '"status": 403' exchanges.jsonl >judgeable.jsonl
judge_exchanges judgeable.jsonl
ok 'the server is sound' is_sound app.git
stop_github
finish
