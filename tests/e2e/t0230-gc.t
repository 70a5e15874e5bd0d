#!/bin/sh
# referee gc: what is old goes, what is not stays; what git has to say to it.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

has()
{
	pattern=$1
	shift
	"$@" >"$work/seen" 2>&1
	grep -qE -- "$pattern" "$work/seen" || { echo "no '$pattern' in:"; cat "$work/seen"; return 1; }
}

ok 'without a clone and without projects: 4' exits 4 referee gc
new_app app
cd app || exit 99
git switch -q -c feature
bad_session >ios/Session.swift
git commit -q -a -m 'Keep the token'
REFEREE_CLOCK=1600000000 referee run >/dev/null
ok 'nothing is old in its own time' has 'nothing to remove' env REFEREE_CLOCK=1600000000 referee gc
ok 'what is older than the retention goes' has '1 old record, 1 old state removed' referee gc
ok 'the record is gone' test -z "$(git ls-tree -r refs/referee/runs)"
ok 'the note stays' sh -c 'git notes --ref=referee show HEAD | grep -q "^pr-review: attention"'
ok 'show says what is missing' has 'none of the records that the note names is here' referee show
ok 'the repository is sound' sh -c 'git fsck --full --strict 2>&1 | { ! grep -v "^notice\|dangling"; }'
ok 'judged again, it is stored again' sh -c 'referee run >/dev/null && referee show >/dev/null'
cd ..

# An installation: a mirror with what a killed process left, and one that is
# missing.
cat >referee.conf <<EOF
[referee]
state_dir = $work/state
[project "app"]
url = $work/app
forge = plain
[project "other"]
url = $work/app
forge = plain
EOF
mkdir -p state/mirrors
git clone -q --mirror app state/mirrors/app.git
echo 1 >state/mirrors/app.git/refs/heads/main.lock
: >state/mirrors/app.git/packed-refs.lock
: >state/mirrors/app.git/objects/pack/pack_git2_dead
touch -d '3 hours ago' state/mirrors/app.git/objects/pack/pack_git2_dead
git init -q --bare state/control.git
: >state/control.git/refs/heads/stale.lock
: >state/control.git/objects/pack/tmp_pack_dead
touch -d '3 hours ago' state/control.git/refs/heads/stale.lock state/control.git/objects/pack/tmp_pack_dead
: >state/control.git/refs/heads/fresh.lock
mkdir elsewhere && cd elsewhere || exit 99
gc()
{
	referee --config "$work/referee.conf" gc
}
ok 'locks and packs of killed processes go' has '^app: 2 stale locks, 1 unfinished pack removed, repacked$' gc
ok 'those of the control repository, too' grep "^$work/state: 1 stale lock, 1 unfinished pack removed, repacked" "$work/seen"
ok 'one that somebody may hold stays' test -e ../state/control.git/refs/heads/fresh.lock
ok 'a project without a mirror is left out' has 'other: left out: it has no mirror yet' gc
ok 'the loose objects are packed' test -z "$(find ../state/mirrors/app.git/objects -path '*/??/*' -type f)"
ok 'the mirror is sound' git --git-dir=../state/mirrors/app.git fsck --full --strict
ok 'that is no failure' exits 0 gc
lock=$(find ../state/projects -name 'app*lock' | head -1)
ok 'there is a lock of the project' test -n "$lock"
mkfifo held
flock "$lock" sh -c 'echo held >held; exec sleep 60' &
holder=$!
read -r _ <held
ok 'a project that somebody works on is left out' has 'app: left out: somebody works on it' gc
pkill -P $holder 2>/dev/null
kill $holder 2>/dev/null
wait $holder 2>/dev/null
touch -d '3 hours ago' ../state/control.git/refs/heads/fresh.lock
ok 'a poll cleans it as well' sh -c 'referee --config ../referee.conf poll app; test ! -e ../state/control.git/refs/heads/fresh.lock'
mkdir ../state/mirrors/other.git
ok 'a mirror that is none is an error' exits 4 gc
ok 'and the other project is done all the same' has '^app: nothing to remove, repacked' gc
finish
