#!/bin/sh
# Messages of a poll: Slack and a webhook are told of a run once, whatever they
# answer and whenever the process is killed.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/github.sh"
. "$SRCDIR/tests/lib/poll.sh"

new_app app
mkdir -p app/.referee/workflows
cat >app/.referee/workflows/pr-review.yml <<'EOF2'
name: Review
trigger: { event: pull_request }
agents: [code-review-agent, security-agent]
output:
  github_comment: true
  commit_status: true
  slack_notification: team
EOF2
cat >app/.referee/workflows/watch.yml <<'EOF2'
name: Watch
trigger: { event: push }
agents: [lint-agent]
output: { slack_notification: robot }
EOF2
git -C app add .
git -C app commit -q -m 'Workflows'
git clone -q --bare app app.git
git -C app remote add origin "$work/app.git"
start_github "$work/app.git"
write_config
sed -i "s|^url = .*|url = $work/app.git|" referee.conf
mkfifo hook.in hook.out
python3 "$SRCDIR/tests/fake/hook_server.py" "$work/messages.jsonl" <hook.in >hook.out 9>&- &
hook_pid=$!
exec 7>hook.in
read -r _ hook_port <hook.out
hooks=http://127.0.0.1:$hook_port
cat >>referee.conf <<EOF2
[notify "team"]
kind = slack
url = $hooks/slack
[notify "robot"]
kind = webhook
url = $hooks/hook
secret = key-of-the-robot-0123456789
EOF2
REFEREE_CONFIG=$work/referee.conf
export REFEREE_CONFIG
touch messages.jsonl

open_pull()
{
	open_bad_pull "$1" "\"title\": \"Token <!channel> $1\""
}

# told EXPRESSION: about the messages so far, `all` of them.
told()
{
	python3 - "$1" <<'EOF2'
import json
import sys
all = [json.loads(line) for line in open("messages.jsonl", encoding="utf-8")]
if not eval('(' + sys.argv[1] + ')'):
    print(sys.argv[1], json.dumps(all, indent=1))
    sys.exit(1)
EOF2
}

next_hook()
{
	python3 -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1] + "/_/next", sys.argv[2].encode())' "$hooks" "$1"
}

referee poll >/dev/null 2>&1
open_pull 7
ok 'a poll' exits 0 referee poll
ok 'tells Slack once' told "[(m['path'], m['status']) for m in all] == [('/slack', 200)]"
ok 'of the pull and its verdict' told "'attention' in all[0]['raw'] and '#7' in all[0]['raw']"
ok 'nobody is mentioned' told "'<!channel>' not in json.dumps(all[0]['body'])"
ok 'another poll' exits 0 referee poll
ok 'tells nobody again' told "len(all) == 1"
git -C app commit -q --amend -m 'Other words'
show_pull 7 topic/7
ok 'a rebase' exits 0 referee poll
ok 'is no news' told "len(all) == 1"

git -C app switch -q main
echo 'More.' >>app/README.md
git -C app commit -q -a -m 'More'
git -C app push -q origin main
ok 'a push' exits 0 referee poll
ok 'is told to the webhook' told "all[-1]['path'] == '/hook' and all[-1]['body']['event'] == 'run'"
ok 'signed' told "(lambda m: m['headers']['x-referee-signature'] == 'sha256=' + __import__('hmac').new(
	b'key-of-the-robot-0123456789', m['raw'].encode(), 'sha256').hexdigest())(all[-1])"
ok 'with an id' told "all[-1]['headers']['x-referee-delivery'] == all[-1]['body']['delivery']"

# Trouble.
next_hook '{"path": "/slack", "status": 429, "headers": {"Retry-After": "1"}}'
open_pull 8
ok 'Slack asks to wait' exits 0 referee poll
ok 'and is told after that' told "[m['status'] for m in all if '#8' in m['raw']] == [429, 200] and
	(lambda t: t[1] - t[0] >= 0.99)([m['time'] for m in all if '#8' in m['raw']])"
next_hook '{"path": "/hook", "cut": true}'
git -C app switch -q main
echo 'Much more.' >>app/README.md
git -C app commit -q -a -m 'Much more'
git -C app push -q origin main
ok 'a webhook that breaks off' exits 0 referee poll
ok 'is told again, under the same id' told \
	"len(set(m['body']['delivery'] for m in all if m['path'] == '/hook')) == 2 and
	 len([m for m in all if m['path'] == '/hook']) == 3"
next_hook '{"path": "/slack", "status": 404}'
open_pull 9
referee poll >out.txt 2>&1
ok 'a hook that is gone' grep -q 'team' out.txt
ok 'does not hold up the review' is_there "any(c['pull'] == 9 for c in comments)"
ok 'nor is its address told' sh -c "! grep -q '$hooks/slack' out.txt"
ok 'the next poll is calm' exits 0 referee poll

# Slack wants to be left alone for longer than a poll waits: the next one tells.
next_hook '{"path": "/slack", "status": 429, "headers": {"Retry-After": "3600"}}'
open_pull 10
referee poll >out.txt 2>&1
ok 'a wait that is too long is told' grep -q 'asks to wait 3600 s' out.txt
ok 'and holds up nothing' is_there "any(c['pull'] == 10 for c in comments)"
ok 'the next poll' exits 0 referee poll
ok 'tells Slack, once' told "[m['status'] for m in all if '#10' in m['raw']] == [429, 200]"

# Hooks that take a message and then say nothing until the line is gone: one
# that knows doubles gets it again, Slack does not.
next_hook '{"path": "/slack", "hang": 2}'
next_hook '{"path": "/hook", "hang": 2}'
open_pull 11
git -C app switch -q main
echo 'Even more.' >>app/README.md
git -C app commit -q -a -m 'Even more'
git -C app push -q origin main
head=$(git -C app rev-parse main)
referee poll >out.txt 2>&1
ok 'a hung Slack is told of' grep -q 'team' out.txt
ok 'and holds up nothing' is_there "any(c['pull'] == 11 for c in comments)"
ok 'further polls' exits 0 referee poll
ok 'it may have been told, so it is not again' told "len([m for m in all if '#11' in m['raw']]) == 1"
ok 'a hung webhook is told again under the same id' told \
	"[len([m for m in all if '$head' in m['raw']]),
	  len(set(m['body']['delivery'] for m in all if '$head' in m['raw']))] == [2, 1]"

# Killed before a message goes out, before it is remembered that it did, and
# before all is.
number=30
for point in announce.send:1 announce.sent:1 poll.told:1; do
	number=$((number + 1))
	open_pull $number
	REFEREE_FAULT=$point referee poll >/dev/null 2>&1
	test $? -ge 128 || break # built without faults
	ok "killed at $point, done again" exits 0 referee poll
	ok 'Slack is told once at most' told \
		"len([m for m in all if '#$number' in m['raw']]) <= 1"
	ok 'the review is there once' is_there "sum(c['pull'] == $number for c in comments) == 1"
	git -C app switch -q main
	echo $number >>app/README.md
	git -C app commit -q -a -m "Readme $number"
	git -C app push -q origin main
	head=$(git -C app rev-parse main)
	REFEREE_FAULT=$point referee poll >/dev/null 2>&1
	ok "killed at $point, done again" exits 0 referee poll
	ok 'the webhook is told, under one id' told \
		"len(set(m['body']['delivery'] for m in all if '$head' in m['raw'])) == 1"
done
ok 'nothing was asked that GitHub does not have' test "$(asked ' 599$')" = 0
exec 7>&-
wait "$hook_pid"
stop_github
finish
