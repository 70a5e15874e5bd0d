#!/bin/sh
# tests = ci while heads move and people work on the branch; and where it cannot
# work.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/github.sh"
. "$SRCDIR/tests/lib/poll.sh"
. "$SRCDIR/tests/lib/tests_ci.sh"

new_ci_project
start_github "$work/app.git"
ci_config
poll

# The same content on another head.
open_ci_pull 50
poll
asked_before=$(wc -l <calls)
old=$(git -C app.git rev-parse "$(branch 50)")
says_ci 50 check '"name": "unit tests", "conclusion": "failure"'
git -C app switch -q topic/50
git -C app commit -q --amend -m 'In other words'
show_pull 50 topic/50
ok 'a rebase' poll
ok 'takes the branch along' test "$(git -C app.git rev-parse "$(branch 50)^")" = "$(git -C app rev-parse topic/50)"
ok 'to be tested again' says_line "waits for the project's CI" out.txt
ok 'and asks nobody' test "$(wc -l <calls)" = "$asked_before"
poll
ok 'what was said of the old one does not count' test ! -s out.txt
says_ci 50 check '"name": "unit tests", "conclusion": "success"'
poll
ok 'but what is said of the new one' says_line 'tests: pass' out.txt

# The mirror is lost, or somebody else goes on.
open_ci_pull 55
poll
pushed=$(git -C app.git rev-parse "$(branch 55)")
rm -rf state/mirrors
poll
ok 'without the mirror the branch stays as it is' test "$(git -C app.git rev-parse "$(branch 55)")" = "$pushed"
says_ci 55 check '"name": "unit tests", "conclusion": "success"'
poll
ok 'and what is said of it counts' says_line '#55 tests: pass' out.txt

# Other content.
open_ci_pull 60
poll
old=$(git -C app.git rev-parse "$(branch 60)")
git -C app switch -q topic/60
echo '// more' >>app/ios/Session60.swift
git -C app commit -q -a -m 'More'
show_pull 60 topic/60
sed -i 's|// one|// two|' answers/writer
ok 'a push while CI works' poll
ok 'moves the branch on' sh -c "git -C app.git show $(branch 60):iosTests/SessionTests.swift | grep -qx '// two'"
hub check "{\"sha\": \"$old\", \"name\": \"unit tests\", \"conclusion\": \"failure\"}" >/dev/null
poll
ok 'the old one is not waited for' test ! -s out.txt
git -C app switch -q topic/60
echo '// yet more' >>app/ios/Session60.swift
git -C app commit -q -a -m 'Yet more'
show_pull 60 topic/60
cp answers/reviewer kept
sed -i 's/"keep"/"drop"/' answers/reviewer
ok 'a push for which nothing is kept' poll
ok 'takes the branch away' sh -c "! git -C app.git rev-parse -q --verify refs/heads/$(branch 60)"
ok 'and runs no tests' says_line '#60' out.txt
cp kept answers/reviewer

# People.
open_ci_pull 70
poll
git -C app.git update-ref -d "refs/heads/$(branch 70)"
poll
ok 'a branch that somebody removed is not waited for' says_line "somebody removed $(branch 70)" out.txt
ok 'nor pushed again' sh -c "! git -C app.git rev-parse -q --verify refs/heads/$(branch 70)"
REFEREE_CLOCK=$(in_minutes 6) poll
ok 'also when it is tried again' sh -c "! git -C app.git rev-parse -q --verify refs/heads/$(branch 70)"

open_ci_pull 80
poll
git -C app fetch -q origin "$(branch 80)"
git -C app switch -q -d FETCH_HEAD
echo '// mine' >>app/iosTests/SessionTests.swift
git -C app commit -q -a -m 'Better'
git -C app push -q origin "HEAD:$(branch 80)"
mine=$(git -C app rev-parse HEAD)
poll
ok 'nor one that somebody works on' says_line "somebody else's commits are on $(branch 80)" out.txt
git -C app switch -q topic/80
echo '// more' >>app/ios/Session80.swift
git -C app commit -q -a -m 'More'
show_pull 80 topic/80
poll
poll
ok 'which stays theirs' test "$(git -C app.git rev-parse "$(branch 80)")" = "$mine"

open_ci_pull 90
poll
git -C app.git update-ref -d "refs/heads/$(branch 90)"
says_ci 90 check '"name": "unit tests", "conclusion": "success"'
poll
ok 'what had finished counts without it' says_line 'tests: pass' out.txt

# Where it cannot work.
open_ci_pull 120 '"head_repository": "mallory/app", "author": "mallory", "author_id": 13'
poll
hub comment '{"pull": 120, "by": ["bob", 8], "body": "/referee review"}' >/dev/null
ok 'a fork that was approved' poll
ok 'has no branch here' sh -c "! git -C app.git rev-parse -q --verify refs/heads/$(branch 120)"
ok 'and no tests, which is said' sh -c \
	"git -C app.git notes --ref=referee show topic/120 | grep -q 'test-runner skipped: a pull from a fork: '"

printf '[project "plain"]\nurl = %s/app.git\nforge = plain\npulls = plain/*\ntests = ci\n' "$work" >>referee.conf
referee poll plain >/dev/null 2>&1
git -C app push -q origin topic/10:refs/heads/plain/a
git -C app switch -q -c plain/b main
echo '// plain' >>app/ios/Session.swift
git -C app commit -q -a -m 'Plain'
git -C app push -q origin plain/b
referee poll plain >out.txt 2>&1
ok 'plain git has no statuses' sh -c \
	"git -C app.git grep -h 'tests = ci needs a forge whose statuses can be read' refs/referee/runs | grep -q ."

ok 'nothing was asked that GitHub does not have' test "$(asked ' 599$')" = 0
judge_exchanges
ok 'the server is sound' is_sound app.git
stop_github
finish
