#!/bin/sh
# Alerts about money, where several processes share a budget: whoever notices first
# sends it, and nobody again.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/poll.sh"
. "$SRCDIR/tests/lib/ai.sh"

start_ai
export FAKE_KEY=$AI_KEY
mkfifo hook.in hook.out
touch messages.jsonl
python3 "$SRCDIR/tests/fake/hook_server.py" "$work/messages.jsonl" <hook.in >hook.out 8>&- 9>&- &
hook_pid=$!
exec 7>hook.in
read -r _ hook_port <hook.out
REFEREE_CONFIG=$work/conf
export REFEREE_CONFIG

new_project app
(cd app && ai_workflow && git add . && git commit -q -m 'A workflow' && git push -q origin main)
for i in 0 1 2 3 4 5 6; do
	cp -r app.git p$i.git
done

# budget [LINE]...: the configuration, with that in its budget.
budget()
{
	{
		ai_conf "[notify \"robot\"]" 'kind = webhook' "url = http://127.0.0.1:$hook_port/hook" |
			sed "s|^\[referee\]|&\nstate_dir = $work/state|"
		echo '[budget]'
		printf '%s\n' "$@"
		for i in 0 1 2 3 4 5 6; do
			project_conf p$i
		done
	} >conf
	chmod 600 conf
}

# together PROJECT...: a process for each, at once.
together()
{
	pids=
	for project; do
		referee poll "$project" >"$project.out" 2>"$project.err" &
		pids="$pids $!"
	done
	for pid in $pids; do
		wait "$pid"
	done
}

# told EXPRESSION: about the texts of the alerts that arrived, `all` of them.
told()
{
	python3 - "$1" <<-'PY'
		import json, sys
		all = [json.loads(json.loads(line)["raw"]) for line in open("messages.jsonl", encoding="utf-8")]
		all = [json.dumps(m["items"]) for m in all if m["event"] == "budget"]
		assert eval(sys.argv[1]), all
	PY
}

# asked NUMBER: so many requests of them all.
asked()
{
	sent=$(($(ai_count usage-missing) - before))
	test "$sent" = "$1" || { echo "$sent requests"; cat p?.out p?.err; return 1; }
}

budget
referee poll >/dev/null 2>&1
for i in 0 1 2 3 4 5 6; do # different ones: replies are kept
	git -C app switch -q -c "change$i" main
	{ bad_session; echo "// of p$i play:usage-missing"; } >app/ios/Session.swift
	git -C app commit -q -a -m 'Keep the token'
	git -C app push -q "$work/p$i.git" "change$i:topic/a"
done
referee poll p0 >out.txt 2>&1
each=$(referee cost --format json | python3 -c 'import json, sys; print(json.load(sys.stdin)["total"]["cost_nusd"])')
before=$(ai_count usage-missing)
ok 'a request counts as it was reserved' test "$each" -gt 10000000

# Six requests' worth, of which one is spent.
budget "daily = $(python3 -c "print('%.9f' % ($each * 6.5 / 1e9))")" 'alert_at = 50%' 'notify = robot'
together p1 p2 p3
ok 'three processes pass the half' asked 3
ok 'that is told once' told '[m for m in all if "50 % of" in m] == all and len(all) == 1'
together p4 p5 p6
ok 'two of three are paid for' asked 5
ok 'that it is used up is told once' told '[("does not cover" in m or "are used up" in m) for m in all[1:]] == [True]'
together p4 p5 p6
ok 'and not again' told 'len(all) == 2'
stop_ai
exec 7>&-
wait "$hook_pid"
finish
