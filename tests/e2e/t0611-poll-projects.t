#!/bin/sh
# referee poll of several projects: none stands in the other's way; pushes,
# schedules, what stays local, adopting what was open.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/poll.sh"

REFEREE_CONFIG=$work/referee.conf
export REFEREE_CONFIG
new_project one
new_project two
push_bad one topic/open
{
	printf '[referee]\nstate_dir = %s/state\n' "$work"
	project_conf one 'adopt = all'
	project_conf two 'notes = local'
	project_conf gone
} >referee.conf

ok 'one that is broken exits 3' exits 3 sh -c 'referee poll >out.txt 2>err.txt'
ok 'it is named' says_line "project 'gone'" err.txt
ok 'the others are polled' says_line '3 projects (1 failed), 1 run' err.txt
ok 'adopt = all judges what was open' says_line 'one topic/open pr-review: attention' out.txt
ok 'only broken ones exit 4' exits 4 referee poll gone
ok 'the good ones alone exit 0' exits 0 referee poll one two

push_bad two topic/a
ok 'notes = local is judged' sh -c 'referee poll two | grep -q "two topic/a pr-review: attention"'
ok 'and pushes nothing' sh -c '! git -C two.git for-each-ref | grep -q referee'
ok 'the note is in the mirror' sh -c 'git -C state/mirrors/two.git notes --ref=referee show topic/a'

# Another remote for the results.
git init -q --bare side.git
{
	printf '[referee]\nstate_dir = %s/state3\n' "$work"
	project_conf two 'adopt = all' "notes = $work/side.git"
} >side.conf
ok 'a sidecar gets the notes' sh -c "referee --config side.conf poll && git -C side.git rev-parse -q --verify refs/notes/referee"
ok 'the project none' sh -c '! git -C two.git for-each-ref | grep -q referee'

# Two at once do no harm.
push_bad one topic/c
referee poll one >a.txt 2>&1 &
first=$!
referee poll one >b.txt 2>&1
wait $first
ok 'of two polls at once one judges it' sh -c 'test "$(cat a.txt b.txt | grep -c "topic/c")" -le 1'
ok 'and it is judged' sh -c 'referee poll one; git -C one.git notes --ref=referee show topic/c'

# Pushes and schedules come from the trusted branch.
mkdir -p one/.referee/workflows
git -C one switch -q main
cat >one/.referee/workflows/on-push.yml <<'YML'
name: On push
trigger:
  event: push
agents:
  - name: security-agent
YML
cat >one/.referee/workflows/nightly.yml <<'YML'
name: Nightly
trigger:
  event: schedule
  every: 1d
agents:
  - name: security-agent
YML
git -C one add .
git -C one commit -q -m 'Workflows'
git -C one push -q origin main
ok 'a push and a schedule run' exits 0 sh -c 'referee poll one >out.txt'
ok 'the push' says_line 'one main on-push: ' out.txt
ok 'the schedule' says_line 'one main nightly: ' out.txt
ok 'once' sh -c 'test -z "$(referee poll one)"'
bad_session >one/ios/Session.swift
git -C one commit -q -a -m 'Straight to main'
git -C one push -q origin main
ok 'the next push is judged since the last' sh -c 'referee poll one | grep -q "one main on-push: attention - 1 major"'
ok 'its note is on main' sh -c 'git -C one.git notes --ref=referee show main | grep -q "on-push: attention"'

# A head changes nothing about how it is judged.
git -C one switch -q -c topic/sly main
printf 'name: Mine\ntrigger:\n  event: pull_request\nagents:\n  - name: lint-agent\n' >one/.referee/workflows/mine.yml
git -C one add .
git -C one commit -q -m 'My own judge'
git -C one push -q origin topic/sly
ok 'workflows of a head do not count' sh -c '! referee poll one | grep -q mine'

# A mistake in a workflow is told with its place.
git -C two switch -q main
mkdir -p two/.referee/workflows
printf 'name: Broken\ntrigger:\n  event: never\nagents: [lint-agent]\n' >two/.referee/workflows/broken.yml
git -C two add .
git -C two commit -q -m 'Broken'
git -C two push -q origin main
push_bad two topic/b
ok 'a broken workflow fails its project alone' exits 3 sh -c 'referee poll one two 2>err.txt'
ok 'with its place' says_line "project 'two': .referee/workflows/broken.yml:3:" err.txt
ok 'the servers are sound' sh -c 'for r in one two; do git -C $r.git fsck --full || exit 1; done'
finish
