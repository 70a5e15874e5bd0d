#!/bin/sh
# `fallback: notify:` through a poll: who is named is told of each run whose
# service failed, once, wherever the process is killed.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/poll.sh"

REFEREE_CONFIG=$work/referee.conf
export REFEREE_CONFIG
new_project app
mkfifo hook.in hook.out
touch messages.jsonl
python3 "$SRCDIR/tests/fake/hook_server.py" "$work/messages.jsonl" <hook.in >hook.out &
hook_pid=$!
exec 7>hook.in
read -r _ hook_port <hook.out
cat >service <<'SH'
#!/bin/sh
cat >/dev/null
echo "$REFEREE_AGENT" >>"$0.asked"
test -e "$0.works" || exit 69
echo '{"findings": [], "summary": "Nothing."}'
SH
chmod +x service
cp service one
cp service two
{
	cat <<-CONF
		[referee]
		state_dir = $work/state
		[service "one"]
		kind = command
		command = $work/one
		[service "two"]
		kind = command
		command = $work/two
		[notify "slack-channel"]
		kind = slack
		url = http://127.0.0.1:$hook_port/slack
		[notify "robot"]
		kind = webhook
		url = http://127.0.0.1:$hook_port/hook
	CONF
	project_conf app
} >referee.conf
chmod 600 referee.conf

# fallback [LINE]...: the workflow's, from now on; its second agent asks $second.
second=one
fallback()
{
	git -C app switch -q main
	mkdir -p app/.referee/workflows
	{
		printf 'name: Review\ntrigger: { event: pull_request }\nexecution: sequential\n'
		printf 'agents:\n  - { name: code-review-agent, service: one }\n  - { name: security-agent, service: %s }\n' "$second"
		printf 'fallback:\n'
		printf '  - %s\n' "$@"
	} >app/.referee/workflows/review.yml
	git -C app add .
	git -C app commit -q -m "Fallback $*"
	git -C app push -q origin main
}

# told EXPRESSION: about the messages of the branch $at, `all` of them.
told()
{
	python3 - "$at" "$1" <<'EOF2'
import json
import sys
all = [json.loads(line) for line in open("messages.jsonl", encoding="utf-8")]
all = [m for m in all if sys.argv[1] in m["raw"]]
if not eval('(' + sys.argv[2] + ')'):
    print(sys.argv[2], json.dumps(all, indent=1))
    sys.exit(1)
EOF2
}

# forgive: nobody waits for a service because it failed before.
forgive()
{
	rm -f state/services.json ./*.asked
}

# judge NAME STATUS: a new branch, and a poll that ends so.
judge()
{
	at=topic/$1
	forgive
	push_bad app "$at"
	exits "$2" referee poll >out.txt 2>&1 || { cat out.txt; return 1; }
}
answered()
{
	for service; do
		: >"$service.works"
	done
}
fail()
{
	rm -f one.works two.works
}

fallback '{ if: one.fails, use: two, notify: robot }' '{ if: two.fails, notify: slack-channel, continue: false }'
referee poll >/dev/null 2>&1

answered one
ok 'nothing fails' judge fine 0
ok 'and nobody is told' told 'all == []'

fail
answered two
ok 'the other one answers' judge other 0
ok 'who is to hear of the first is told, once' told "[m['path'] for m in all] == ['/hook']"
ok 'as of a fallback' told "all[0]['headers']['x-referee-event'] == 'fallback'"
ok 'by whom it was answered' told "'two answered instead of one' in all[0]['raw']"
ok 'the next poll' exits 0 referee poll
ok 'tells nobody again' told 'len(all) == 1'

fail
ok 'all fail' judge both 3
ok 'each of the two is told, once' told "sorted(m['path'] for m in all) == ['/hook', '/slack']"
ok 'of the failure' told "not [m for m in all if 'code-review-agent failed' not in m['raw']]"
ok 'continue: false ends the run' sh -c '! grep -q security-agent one.asked two.asked'
ok 'its note says so' sh -c "git -C app.git notes --ref=referee show $at | grep -q 'review: failed'"
ok 'the next poll' exits 0 referee poll
ok 'tells nobody again' told 'len(all) == 2'

second=two
fallback '{ if: one.fails, notify: slack-channel, continue: true }'
ok 'continue: true goes on' judge on 3
ok 'with the other agent' grep -q security-agent two.asked
ok 'and the stand-in is no pass' sh -c "git -C app.git notes --ref=referee show $at | grep -q 'review: failed (degraded)'"
ok 'one message for both' told "[m['path'] for m in all] == ['/slack']"

second=one
fallback '{ if: one.fails, notify: robot, continue: false }'
ok 'continue: false with a webhook' judge off 3
ok 'is told, too' told "[m['path'] for m in all] == ['/hook']"

# Killed before a message goes out, and before it is remembered that it did. A
# failed run that was not told of is told of when it is judged again.
# killed POINT: a new branch, and a poll that is killed there.
killed()
{
	at=topic/$(echo "$1" | tr : -)
	forgive
	push_bad app "$at"
	REFEREE_FAULT=$1 referee poll >out.txt 2>&1
	test $? -ge 128
}
again()
{
	forgive
	referee poll >out.txt 2>&1
	test $? = 0 || test $? = 3
}
fallback '{ if: one.fails, use: two, notify: robot }' '{ if: two.fails, notify: slack-channel, continue: false }'
if killed announce.sent:2; then
	ok 'killed with two messages out, done again' again
	ok 'neither is told twice' told "len([m for m in all if m['path'] == '/slack']) <= 1 and
		len(set(m['body']['delivery'] for m in all if m['path'] == '/hook')) == 1"
	answered two
	for point in announce.send:1 announce.sent:1; do
		ok "killed at $point" killed "$point"
		ok 'done again' again
		ok 'the webhook is told, under one id' told \
			"len(set(m['body']['delivery'] for m in all if m['path'] == '/hook')) == 1"
	done
	ok 'another poll' exits 0 referee poll
	ok 'tells nobody' told 'len(all) <= 2'
else
	ok 'killed in between # SKIP built without --enable-faults' true
fi
exec 7>&-
wait "$hook_pid"
finish
