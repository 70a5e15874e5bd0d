#!/bin/sh
# tests = ci, with the poll that pushes and the poll that reads killed before
# their side effects, and done again: one branch, pushed once, one offer, and the
# tests' result once. REFEREE_KILL_STEP=1 kills before every one.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/github.sh"
. "$SRCDIR/tests/lib/poll.sh"
. "$SRCDIR/tests/lib/tests_ci.sh"

new_ci_project
git -C app.git config core.logAllRefUpdates always
start_github "$work/app.git"
ci_config
if REFEREE_FAULT=any:1 referee poll >/dev/null 2>&1; then
	stop_github
	echo '1..0 # SKIP built without --enable-faults'
	exit 0
fi
poll

# is_pushed NUMBER: once.
is_pushed()
{
	is_there "[p['head_ref'] for p in pulls if p['base_ref'] == 'topic/$1'] == ['$(branch "$1")']" || return 1
	test "$(wc -l <"app.git/logs/refs/heads/$(branch "$1")")" = 1 || return 1
	test "$(git -C app.git rev-parse "$(branch "$1")^")" = "$(git -C app rev-parse "topic/$1")"
}

# is_over NUMBER: it passed, once.
is_over()
{
	is_pushed "$1" || return 1
	server_note app.git "topic/$1" | grep '^tests: pass' || return 1
	is_there "[s['state'] for s in statuses if s['sha'] == '$(git -C app rev-parse "topic/$1")'][-1] == 'success' and
		len([c for c in comments if c['pull'] == $1]) == 1" || return 1
	poll && test ! -s out.txt
}

# killed first|second NUMBER POINT. 99: it was not.
killed()
{
	open_ci_pull "$2"
	test "$1" = first || poll || return 1
	says=0
	if test "$1" = second; then
		says_ci "$2" check '"name": "unit tests", "conclusion": "success"'
		says=1
	fi
	REFEREE_FAULT=$3 referee poll >killed.out 2>&1
	ended=$?
	test $ended = 0 || test $ended = 137 || { echo "exit status $ended"; cat killed.out; return 1; }
	poll || return 1
	is_pushed "$2" || { echo 'it is not pushed once'; return 1; }
	test $says = 1 || says_ci "$2" check '"name": "unit tests", "conclusion": "success"'
	poll || return 1
	is_over "$2" || { echo 'it is not over'; cat out.txt; return 1; }
	test $ended = 137 || return 99
}

number=100
for kind in first second; do
	n=5 last=0 points=0
	while test $last != 99 && test $n -lt 400; do
		number=$((number + 10))
		killed $kind $number any:$n >.killed 2>&1
		last=$?
		test $last = 99 || ok "the $kind killed before side effect $n" sh -c "cat .killed; exit $last"
		points=$((points + (last != 99)))
		n=$((n + ${REFEREE_KILL_STEP:-47}))
	done
	ok "the $kind ran through in the end" test $last = 99
	ok 'there were side effects to be killed before' test $points -gt 1
done
for point in mirror.publish:1 app.generated:1 judge.records:1; do
	number=$((number + 10))
	killed first $number $point >.killed 2>&1
	last=$?
	ok "killed while it pushes at $point" sh -c "cat .killed; exit $last"
done
ok 'the server is sound' is_sound app.git
ok 'so is the mirror' is_sound state/mirrors/app.git
stop_github
finish
