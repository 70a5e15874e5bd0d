#!/bin/sh
# referee poll on plain git: branches as pulls, results where the project is.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/poll.sh"

REFEREE_CONFIG=$work/referee.conf
export REFEREE_CONFIG
new_project app
push_bad app topic/old
{
	printf '[referee]\nstate_dir = %s/state\n' "$work"
	project_conf app
} >referee.conf

ok 'the very first poll runs nothing' exits 0 sh -c 'referee poll >out.txt 2>err.txt'
ok 'and says so' says_line '1 project, 0 runs' err.txt
ok 'nobody prints a run' test ! -s out.txt
ok 'no note on what was open already' sh -c '! git -C app.git notes --ref=referee show topic/old'

push_bad app topic/new
head=$(git -C app rev-parse HEAD)
ok 'a dry run says what is due' sh -c 'test "$(referee poll --dry-run)" = "app topic/new pr-review: due"'
ok 'and remembers nothing' sh -c 'referee poll --dry-run | grep -q topic/new'
ok 'a new branch is judged' exits 0 sh -c 'referee poll >out.txt 2>err.txt'
ok 'a line a run' says_line 'app topic/new pr-review: attention - 1 major' out.txt
ok 'a summary' says_line '1 project, 1 run' err.txt
ok 'the note is on the server' sh -c "git -C app.git notes --ref=referee show $head | grep -q 'ios/Session.swift:6'"
ok 'a fresh clone shows it' sh -c "git clone -q app.git fresh && git -C fresh fetch -q origin refs/notes/referee:refs/notes/referee && git -C fresh log -1 --notes=referee $head | grep -q 'pr-review: attention'"
ok 'the server is sound' is_sound app.git
ok 'so is the mirror' is_sound state/mirrors/app.git
before=$(git -C app.git for-each-ref)
ok 'nothing new, nothing done' exits 0 sh -c 'referee poll >out.txt 2>&1'
ok 'not a ref moved' test "$(git -C app.git for-each-ref)" = "$before"

# Content is the key.
git -C app commit -q --amend -m 'Other words'
git -C app push -q -f origin topic/new
runs=$(git -C app.git rev-parse refs/referee/runs)
ok 'after an amend the stored result is found' sh -c 'referee poll 2>err.txt | grep -q "judged before"'
ok 'the new head has its note' sh -c 'git -C app.git notes --ref=referee show topic/new | grep -q "pr-review: attention"'
ok 'no record is added' test "$(git -C app.git rev-parse refs/referee/runs)" = "$runs"
git -C app switch -q main
echo more >>app/README.md
git -C app commit -q -a -m 'More words'
git -C app push -q origin main
git -C app switch -q topic/new
git -C app rebase -q main
git -C app push -q -f origin topic/new
ok 'after a rebase too' sh -c 'referee poll 2>err.txt | grep -q "judged before"'
ok 'its head has the note' sh -c 'git -C app.git notes --ref=referee show topic/new | grep -q "pr-review: attention"'
git -C app push -q -f origin "$head:topic/new"
ok 'pushed back to an old head: nothing is judged' sh -c 'referee poll | { ! grep -v "judged before"; }'
git -C app push -q origin "topic/new:topic/picked"
ok 'the same change on another branch is known' sh -c 'referee poll | grep -q "topic/picked pr-review: attention - 1 major, judged before"'
ok 'still no record is added' test "$(git -C app.git rev-parse refs/referee/runs)" = "$runs"
echo '// more' >>app/ios/Session.swift
git -C app commit -q -a -m 'More'
git -C app push -q -f origin topic/new
ok 'other content is judged' sh -c 'referee poll | grep -q "topic/new pr-review: attention - 1 major$"'
ok 'and has a record' test "$(git -C app.git rev-parse refs/referee/runs)" != "$runs"

# Requests.
git -C app push -q origin "topic/old:refs/referee/requests/pr-review/please"
ok 'a request runs' sh -c 'referee poll | grep -q "app request pr-review/please pr-review: attention"'
ok 'its ref is gone' sh -c '! git -C app.git rev-parse -q --verify refs/referee/requests/pr-review/please'
ok 'its commit has the note' sh -c 'git -C app.git notes --ref=referee show topic/old'
ok 'it does not run again' sh -c 'test -z "$(referee poll)"'
git -C app push -q origin "topic/old:refs/referee/requests/no-such/please"
ok 'a request for what is not there is told' exits 4 sh -c 'referee poll 2>err.txt'
ok 'by its name' says_line "no workflow 'no-such'" err.txt
ok 'once' exits 0 sh -c 'referee poll >out.txt 2>err.txt && ! grep no-such err.txt out.txt'
ok 'its ref is gone, too' sh -c '! git -C app.git rev-parse -q --verify refs/referee/requests/no-such/please'
ok 'who asked reads why in the note' sh -c 'git -C app.git notes --ref=referee show topic/old | grep -q "^no-such: failed.*no workflow"'
ok 'and log has it' sh -c 'git clone -q app.git reader && cd reader && git fetch -q origin "refs/referee/*:refs/referee/*" && referee log | grep no-such'

# Somebody else's notes stay.
git -C app fetch -q -f origin refs/notes/referee:refs/notes/referee
git -C app notes --ref=referee add -m 'Looked at it.' main
git -C app push -q origin refs/notes/referee
push_bad app topic/third
ok 'a note of somebody else meets ours' exits 0 referee poll
ok 'theirs is there' sh -c 'git -C app.git notes --ref=referee show main | grep -q "Looked at it"'
ok 'ours is there' sh -c 'git -C app.git notes --ref=referee show topic/third | grep -q attention'

# Wrong use.
ok 'an unknown project exits 2' exits 2 referee poll nobody
ok 'a strange interval exits 2' exits 2 referee poll --watch often
ok 'watching and a dry run exit 2' exits 2 referee poll --watch 30s --dry-run
printf '[referee]\nstate_dir = %s/state\n' "$work" >none.conf
ok 'no project at all exits 2' exits 2 referee --config none.conf poll
ok 'the server is sound in the end' is_sound app.git
finish
