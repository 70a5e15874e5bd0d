#!/bin/sh
# Heads of pulls stay in the mirror as long as they may be needed.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/poll.sh"
. "$SRCDIR/tests/lib/github.sh"

REFEREE_CONFIG=$work/referee.conf
export REFEREE_CONFIG
mirror=state/mirrors/app.git
new_project app
start_github "$work/app.git"
write_config
sed -i "s,^url = .*,url = $work/app.git," referee.conf
referee poll >/dev/null 2>&1

heads()
{
	git -C $mirror for-each-ref --format='%(refname)' refs/pulls | tr '\n' ' '
}

# gc_in DAYS
gc_in()
{
	REFEREE_CLOCK=$(($(date +%s) + 86400 * $1)) referee gc
}

for number in 1 2 3; do
	open_bad_pull $number
done
referee poll >out.txt 2>&1
ok 'three are judged' test "$(grep -c 'pr-review: attention' out.txt)" = 3
ok 'their heads are here' test "$(heads)" = 'refs/pulls/1 refs/pulls/2 refs/pulls/3 '
show_pull 1 topic/1 '"state": "closed"'
git -C app switch -q main && git -C app merge -q --squash topic/2 >/dev/null && git -C app commit -q -m 'Taken in'
git -C app push -q origin main
show_pull 2 topic/2 "\"state\": \"closed\", \"merge\": \"$(git -C app rev-parse main)\""
referee poll >out.txt 2>&1
ok 'the merged one is found' git -C app.git notes --ref=referee show main
ok 'what was closed today stays' sh -c "! referee gc | grep 'pull head'"
ok 'later the closed ones go' sh -c "REFEREE_CLOCK=$(($(date +%s) + 2 * 86400)) referee gc | grep '^app: 2 pull heads removed'"
ok 'the open one stays' test "$(heads)" = 'refs/pulls/3 '
gc_in 3000 >out.txt
ok 'however long it is open' test "$(heads)" = 'refs/pulls/3 '
git -C $mirror gc -q --prune=now
ok 'nothing else is lost' is_sound $mirror
show_pull 1 topic/1 '"state": "open"'
git -C app switch -q topic/1 && echo '// more' >>app/ios/Session1.swift && git -C app commit -q -a -m 'More'
show_pull 1 topic/1
ok 'one that is opened again is judged' sh -c "referee poll | grep 'app #1 pr-review: attention'"
ok 'its head is here again' test "$(heads)" = 'refs/pulls/1 refs/pulls/3 '
stop_github
finish
