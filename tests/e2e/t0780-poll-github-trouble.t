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

show_pull()
{
	git -C app push -q -f origin "topic/$1:refs/pull/$1/head"
	hub pull "{\"number\": $1, \"head_ref\": \"topic/$1\"${2:+, $2}}" >/dev/null
}

number=100
# new_pull: with a finding, and somebody who asks for a run.
new_pull()
{
	number=$((number + 1))
	git -C app switch -q -c "topic/$number" main
	bad_session >"app/ios/Session$number.swift"
	git -C app add .
	git -C app commit -q -m "Keep the token for $number"
	show_pull $number
	comment=$(hub comment "{\"pull\": $number, \"by\": [\"bob\", 8], \"body\": \"/referee run pr-review\"}" |
		python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])')
}

fault()
{
	hub fault "{\"match\": \"$1\", $2}" >/dev/null
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

# Each call is refused once in its turn; a later poll asks again. But where a
# reaction meets 404, 410 or 422 its comment is gone, and nobody waits for it.
calls='GET .*/pulls\\?|GET .*/issues/comments|GET .*/pulls/[0-9]+/reviews|GET .*/permission|GET .*/pulls/[0-9]+$|GET .*/user|POST .*/reviews|GET .*/reviews/[0-9]+/comments|POST .*/issues/[0-9]+/comments|POST .*/statuses|POST .*/reactions'
referee poll >/dev/null 2>&1
for status in 401 403 404 410 422 500 503; do
	new_pull
	echo "$calls" | tr '|' '\n' | while read -r call; do
		case $call$status in *reactions4[012][042]) continue ;; esac
		case $call$status in *permission404) continue ;; esac # nobody we know
		fault "$call" "\"status\": $status, \"body\": \"<b>no</b>\""
	done
	: >err.txt
	left=12 done=no
	while test $left -gt 0 && test $done = no; do
		left=$((left - 1))
		referee poll >out.txt 2>>err.txt && is_whole >/dev/null && done=yes
	done
	ok "$status: all is there in the end, once" is_whole
	ok "$status: what happened is told with the project" grep -q "project app.*$status\|project app" err.txt
	ok "$status: no page is shown" sh -c '! grep -q "<b>" err.txt'
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
ok 'a renamed repository' exits 0 referee poll
ok 'is followed' is_whole
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
	'"status": 200, "body": "[{\\"id\\": {}}]"' '"status": 200, "body": "0123456789", "repeat": 3000000'; do
	new_pull
	for call in 'GET .*/pulls\\?' 'GET .*/issues/comments' 'GET .*/reviews' 'GET .*/pulls/[0-9]+$' 'GET .*/user'; do
		fault "$call" "$odd"
	done
	ok "replies like $(echo "$odd" | cut -c1-40): all is there in the end" polls
done

ok 'nothing was asked that GitHub does not have' test "$(asked ' 599$')" = 0
ok 'the server is sound' is_sound app.git
exec 7>&-
wait "$hook_pid"
stop_github
finish
