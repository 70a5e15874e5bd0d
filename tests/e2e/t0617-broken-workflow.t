#!/bin/sh
# Workflows that are broken where they are trusted: told once an attempt, not by
# every poll; mended, they are in force at once.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/poll.sh"
. "$SRCDIR/tests/lib/github.sh"

REFEREE_CONFIG=$work/referee.conf
export REFEREE_CONFIG
start=1800000000

# poll_at MINUTES: after the start.
poll_at()
{
	REFEREE_CLOCK=$((start + 60 * $1)) referee poll >out.txt 2>err.txt
}

# tells_at MINUTES: the mistake itself, once.
tells_at()
{
	poll_at "$1"
	status=$?
	cat err.txt
	test $status = 4 && test "$(grep -c "'app': .referee/workflows/broken.yml:3:" err.txt)" = 1
}

is_quiet_at()
{
	poll_at "$1" || { cat err.txt; return 1; }
	! grep broken err.txt
}

# write_broken CLONE [EVENT]
write_broken()
{
	git -C "$1" switch -q main
	mkdir -p "$1/.referee/workflows" &&
		printf 'name: Broken\ntrigger:\n  event: %s\nagents: [security-agent]\n' \
			"${2:-never}" >"$1/.referee/workflows/broken.yml" &&
		git -C "$1" add .referee && git -C "$1" commit -q -m 'A workflow' &&
		git -C "$1" push -q origin main
}

# obeys_the_schedule KIND: a pull is open that is not judged.
obeys_the_schedule()
{
	ok "$1: told" tells_at 0
	ok "$1: not by the next poll" is_quiet_at 1
	git -C app.git rev-parse refs/referee/pulls >before
	ok "$1: nor by the one after" is_quiet_at 4
	ok "$1: nothing is written for that" sh -c 'git -C app.git rev-parse refs/referee/pulls | diff before -'
	ok "$1: told after five minutes" tells_at 6
	ok "$1: after half an hour" is_quiet_at 35
	ok "$1: when it is over" tells_at 37
	ok "$1: after two hours" is_quiet_at 156
	ok "$1: when they are over" tells_at 158
	ok "$1: and never again" is_quiet_at 100000
	write_broken app neither
	ok "$1: broken in another way: told at once" tells_at 100002
	ok "$1: once" is_quiet_at 100003
	write_broken app pull_request
	poll_at 100004
	ok "$1: mended: the pull is judged at once" says_line "$2 broken: attention" out.txt
	write_broken app neither
	ok "$1: broken again as before: told at once" tells_at 100005
}

new_project app
cat >referee.conf <<EOF
[referee]
state_dir = $work/state
$(project_conf app)
EOF
poll_at -10
write_broken app
push_bad app topic/a
obeys_the_schedule 'plain git' 'app topic/a'
ok 'a dry run tells whoever looks' sh -c "REFEREE_CLOCK=$((start + 60 * 100006)) referee poll --dry-run 2>&1 | grep 'broken.yml:3:'"

rm -rf app app.git state
new_project app
start_github "$work/app.git"
write_config
sed -i "s,^url = .*,url = $work/app.git," referee.conf
poll_at -10
write_broken app
open_bad_pull 7
obeys_the_schedule GitHub 'app #7'
ok 'it has its note' sh -c 'git -C app.git notes --ref=referee show topic/7 | grep "^broken: attention"'
stop_github
finish
