#!/bin/sh
# A poll on GitHub killed at any point, and done again: everything is there once.
# Each time there is a new pull with a command on it, one that was rebased, and
# one that was merged. REFEREE_KILL_STEP=1 kills before every side effect.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/github.sh"
. "$SRCDIR/tests/lib/poll.sh"
. "$SRCDIR/tests/lib/git_server.sh"

token=the-right-token
new_project app
git -C app.git config http.receivepack true
start_git_server "$work"
start_github "$work/app.git"
write_config
sed -i "s|^url = .*|url = http://127.0.0.1:$git_port/auth/app.git\nadopt = all|" referee.conf
REFEREE_CONFIG=$work/referee.conf
export REFEREE_CONFIG
REFEREE_FAULT=any:1 referee poll >/dev/null 2>&1
if test $? -lt 128; then
	stop_github
	stop_git_server
	echo '1..0 # SKIP built without --enable-faults'
	exit 0
fi

referee poll >/dev/null 2>&1

# prepare NUMBER: what the poll is to find.
prepare()
{
	open_bad_pull "$1"
	hub comment "{\"pull\": $1, \"by\": [\"bob\", 8], \"body\": \"/referee run pr-review\"}" >/dev/null
	test "$1" -gt 101 || return 0
	git -C app switch -q "topic/$(($1 - 1))"
	git -C app commit -q --amend -m 'In other words'
	show_pull $(($1 - 1)) "topic/$(($1 - 1))"
	test "$1" -gt 102 || return 0
	git -C app switch -q main
	git -C app merge -q --squash "topic/$(($1 - 2))" >/dev/null
	git -C app commit -q -m "Taken in: $(($1 - 2))"
	git -C app push -q origin main
	show_pull $(($1 - 2)) "topic/$(($1 - 2))" "\"state\": \"closed\", \"merge\": \"$(git -C app rev-parse main)\""
}

# is_once NUMBER: everything about the new pull is there, once; but for its status,
# which says the same however often.
is_once()
{
	head=$(git -C app rev-parse "topic/$1")
	is_there "sum(r['pull'] == $1 for r in reviews) == 1 and
		[c['body'][:4] for c in comments if c['pull'] == $1 and c['by'][0] == 'referee-bot'] == ['<!--'] and
		len([l for l in lines if l['pull'] == $1]) == 1 and
		[s['state'] for s in statuses if s['sha'] == '$head'][-1] == 'failure' and
		[r['content'] for r in reactions
		 if r['comment'] in [c['id'] for c in comments if c['pull'] == $1]] == ['eyes']" || return 1
	key=$(git -C app.git notes --ref=referee show "$head" |
		sed -n 's/^Referee-Run: [^ ]* pr-review attention \(..\)\(..\)\([0-9a-f]*\) .*/\1\/\2\/\3/p')
	test "$(git -C app.git log --oneline refs/referee/runs -- ":(glob)$key*/**" | wc -l)" = 1
}

# is_moved NUMBER: the rebased one has its status and its note.
is_moved()
{
	head=$(git -C app rev-parse "topic/$1")
	is_there "[s for s in statuses if s['sha'] == '$head'] and
		sum(r['pull'] == $1 for r in reviews) == 1 and
		sum(c['pull'] == $1 and c['by'][0] == 'referee-bot' for c in comments) == 1" &&
		server_note app.git "$head" >/dev/null
}

number=100 kills=0 at=1
while test $kills -lt 1000; do
	kills=$((kills + 1)) number=$((number + 1))
	prepare $number
	REFEREE_FAULT=any:$at referee poll >/dev/null 2>&1
	status=$?
	referee poll >out.txt 2>&1
	ok "killed at $at, done again: the new pull has everything once" is_once $number
	test $number = 101 || ok 'the rebased one its status and note' is_moved $((number - 1))
	test $number -lt 103 || ok 'the commit that a merged one became its note' server_note app.git main
	test $status -ge 128 || break
	at=$((at + ${REFEREE_KILL_STEP:-13}))
done
ok 'it was killed at several points' test $kills -gt 5
ok 'the last one was not killed any more' test $status -lt 128
ok 'the server is sound' is_sound app.git
ok 'so is the mirror' is_sound state/mirrors/app.git
stop_github
stop_git_server
finish
