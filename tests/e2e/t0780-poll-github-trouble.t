#!/bin/sh
# A GitHub in trouble: whatever each call of a poll is answered once, the polls
# after it finish the job, and nothing is there twice.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/github.sh"
. "$SRCDIR/tests/lib/poll.sh"

new_project app
start_github "$work/app.git"
write_config
sed -i "s|^url = .*|url = $work/app.git|" referee.conf
REFEREE_CONFIG=$work/referee.conf
export REFEREE_CONFIG

number=100
# new_pull: with a finding, and somebody who asks for a run.
new_pull()
{
	number=$((number + 1))
	open_bad_pull $number
	comment=$(hub comment "{\"pull\": $number, \"by\": [\"bob\", 8], \"body\": \"/referee run pr-review\"}" |
		python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])')
}

fault()
{
	hub fault "{\"match\": \"$1\", $2}" >/dev/null || echo "$1 $2" >>not_set
}

# polls: until nothing is left to do, a few times at most; err.txt has it all.
polls()
{
	: >err.txt
	for _ in 1 2 3 4 5; do
		referee poll >out.txt 2>>err.txt
		is_whole >/dev/null && return 0
	done
	cat err.txt
	return 1
}

is_whole()
{
	head=$(git -C app rev-parse "topic/$number")
	is_there "sum(r['pull'] == $number for r in reviews) == 1 and
		sum(c['pull'] == $number and c['by'][0] == 'referee-bot' for c in comments) == 1 and
		sum(s['sha'] == '$head' for s in statuses) >= 1 and
		[r['content'] for r in reactions if r['comment'] == $comment] == ['eyes']"
}

# Each call is refused once in its turn; a later poll asks again. All calls with
# a status of each kind, with the others those that list or post. But where a
# reaction meets 404, 410 or 422 its comment is gone, and nobody waits for it.
calls='GET .*/pulls\\?|GET .*/issues/comments|GET .*/pulls/[0-9]+/reviews|GET .*/permission|GET .*/pulls/[0-9]+$|GET .*/user|POST .*/reviews|GET .*/reviews/[0-9]+/comments|POST .*/issues/[0-9]+/comments|POST .*/statuses|POST .*/reactions'
referee poll >/dev/null 2>&1
# told_all STATUS: what was refused is told with the project, and the pull where
# it is about one. Reads and statuses are repeated at once after a server's fault.
told_all()
{
	says_line "project app: pull $number: posting a review: status $1" err.txt || return 1
	test "$1" -ge 500 && return 0
	says_line "project app: the list of open pulls: status $1" err.txt &&
		says_line "project app: pull $number: setting the commit status: status $1" err.txt
}

fault_all()
{
	printf '%s\n' "$2" | tr '|' '\n' | while read -r call; do
		case $call$1 in
		*reactions404 | *reactions410 | *reactions422) continue ;;
		*permission404) continue ;; # nobody we know
		esac
		fault "$call" "\"status\": $1, \"body\": \"<b>no</b>\""
	done
}

# polls_until WHAT: a few at most; err.txt has it all.
polls_until()
{
	: >err.txt
	left=14
	while test $left -gt 0; do
		left=$((left - 1))
		referee --verbose poll >out.txt 2>>err.txt && "$1" >/dev/null && return 0
	done
	cat err.txt
	return 1
}

# The finding is fixed: the summary is changed, and nothing is there again.
is_fixed()
{
	is_whole && is_there "['Fixed' in c['body'] for c in comments
		if c['pull'] == $number and c['by'][0] == 'referee-bot'] == [True]"
}

for status in 401 404 422 502 403 500 503; do
	new_pull
	fault_all $status "$calls"
	case $status in 502) calls='GET .*/pulls\\?|POST .*/reviews|POST .*/issues/[0-9]+/comments|POST .*/statuses' ;; esac
	ok "$status: all is there in the end, once" polls_until is_whole
	ok "$status: what happened is told with project and pull" told_all $status
	echo 'let answer = 42' >"app/ios/Session$number.swift"
	git -C app commit -q -a -m 'Without it'
	show_pull $number "topic/$number"
	fault_all $status 'PATCH .*/issues/comments|POST .*/graphql|POST .*/statuses'
	ok "$status: the summary is changed in the end" polls_until is_fixed
	ok "$status: no page is shown" sh -c '! grep -q "<b>" err.txt out.txt'
done

# Limits that end soon are waited for, in one poll.
new_pull
fault 'POST .*/reviews' '"status": 403, "headers": {"Retry-After": "1"}, "body": "{}"'
fault 'POST .*/issues/[0-9]+/comments' '"status": 429, "headers": {"Retry-After": "1"}, "body": "{}"'
ok 'limits are waited for' exits 0 referee poll
ok 'and all is there' is_whole
new_pull
fault 'GET .*/pulls\\?' '"status": 403, "headers": {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999"}, "body": "{}"'
ok 'a limit that does not end soon' exits 4 sh -c 'referee poll 2>err.txt'
ok 'is told' grep -q 'asked too often' err.txt
ok 'and the next poll goes on' polls

# A repository that was renamed, and a forge that sends us to somebody else.
new_pull
fault 'GET .*/pulls\\?' "\"status\": 301, \"headers\": {\"Location\": \"$api/repos/acme/app/pulls?state=open&per_page=100\"}, \"body\": \"{}\""
ok 'a renamed repository' exits 0 sh -c 'referee poll 2>err.txt'
ok 'is followed' is_whole
ok 'what to change is told, once' test "$(grep -c 'change `repository =`' err.txt)" = 1
mkfifo hook.in hook.out
python3 "$SRCDIR/tests/fake/hook_server.py" "$work/messages.jsonl" <hook.in >hook.out 9>&- &
hook_pid=$!
exec 7>hook.in
read -r _ hook_port <hook.out
touch messages.jsonl
new_pull
fault 'GET .*/pulls\\?' "\"status\": 301, \"headers\": {\"Location\": \"http://localhost:$hook_port/hook\"}, \"body\": \"{}\""
fault 'POST .*/statuses' "\"status\": 307, \"headers\": {\"Location\": \"http://localhost:$hook_port/hook\"}, \"body\": \"{}\""
ok 'sent to another host' polls
ok 'no token goes there' sh -c '! grep -qi "token-of-referee\|authorization" messages.jsonl'

# What hangs, breaks off, or is not what it should be.
for odd in '"cut": true' '"status": 200, "body": "<html>log in</html>"' '"status": 200, "body": "{}"' \
	'"status": 200, "body": "[{\"id\": {}}]"' '"status": 200, "body": "0123456789", "repeat": 3000000'; do
	new_pull
	for call in 'GET .*/pulls\\?' 'GET .*/issues/comments' 'GET .*/reviews' 'GET .*/pulls/[0-9]+$' 'GET .*/user'; do
		fault "$call" "$odd"
	done
	ok "replies like $(echo "$odd" | cut -c1-40): all is there in the end" polls
done

# What took effect, and the line went dead without an answer: the connection was
# used before, and a review sent again by itself would be there twice.
for call in 'POST .*/reviews' 'POST .*/issues/[0-9]+/comments'; do
	new_pull
	fault "$call" '"after": true, "hang": 0.2'
	ok "no answer to $call: all is there in the end, once" polls
done

ok 'every trouble was made' test ! -e not_set
ok 'nothing was asked that GitHub does not have' test "$(asked ' 599$')" = 0
ok 'the server is sound' is_sound app.git
exec 7>&-
wait "$hook_pid"
stop_github
finish
