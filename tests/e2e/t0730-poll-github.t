#!/bin/sh
# The poller on GitHub: pulls are opened, pushed to, rebased, closed and merged;
# what people say there is heard.
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
sed -i "s|^url = .*|url = http://127.0.0.1:$git_port/auth/app.git|" referee.conf

poll()
{
	referee --config referee.conf poll >out.txt 2>&1
	status=$?
	test $status = 0 || cat out.txt
	return $status
}

# open_pull NUMBER BRANCH [JSON]: with a finding of its own.
open_pull()
{
	git -C app switch -q -c "$2" main
	bad_session >app/ios/Session.swift
	echo "// of $2" >>app/ios/Session.swift
	git -C app commit -q -a -m 'Keep the token'
	show_pull "$@"
}

state_of()
{
	git -C app.git show "refs/referee/pulls:pulls/$(($1 / 100))/$1.json"
}

# remembers NUMBER EXPRESSION: about the state of a pull.
remembers()
{
	state_of "$1" >pull.json
	python3 -c 'import json, sys
state = json.load(open("pull.json"))
sys.exit(0 if eval(sys.argv[1], state) else print(json.dumps(state, indent=1)) or 1)' "$2"
}

# Pulls that are there when referee comes.
open_pull 1 topic/old
ok 'the first poll' poll
ok 'runs nothing on what is open already' grep -q '^nothing\|0 runs\|nothing is due' out.txt
ok 'and posts nothing' is_there 'not reviews and not comments and not statuses'

# A new pull.
open_pull 7 topic/a
ok 'a poll after a pull was opened' poll
ok 'tells of its run' grep -q '#7.*pr-review' out.txt
ok 'one review, one summary, one status' is_there \
	"[r['pull'] for r in reviews] == [7] and [c['pull'] for c in comments] == [7] and
	 [(s['state'], s['context']) for s in statuses] == [('failure', 'referee/pr-review')]"
ok 'the remark is on its line' is_there \
	"any(l['path'] == 'ios/Session.swift' and l['pull'] == 7 for l in lines)"
ok 'the note is on the server' server_note app.git topic/a
ok 'the state says that it is done' remembers 7 'workflows[0]["progress"] == "done"' 
poll
poll
before=$(asked '.')
ok 'a poll with nothing new' poll
ok 'asks two questions' test "$(($(asked '.') - before))" = 2
ok 'and gets short answers' test "$(tail -n 2 exchanges.jsonl | grep -c '"status": 304')" = 2

# Rebase: no request, no comment, one status.
git -C app commit -q --amend -m 'Keep the token, in other words'
show_pull 7 topic/a
ok 'a rebase' poll
ok 'is known by its content' grep -q 'judged before' out.txt
ok 'gets one status and nothing else' is_there \
	"len(statuses) == 2 and statuses[1]['sha'] == '$(git -C app rev-parse topic/a)' and
	 len(reviews) == 1 and len(comments) == 1"
ok 'the new head has its note' server_note app.git topic/a

# A push that fixes it.
git -C app checkout -q main -- ios/Session.swift
echo 'A good wallet' >>app/README.md
git -C app commit -q -a -m 'No token'
show_pull 7 topic/a
hub fault '{"match": "POST /graphql mutation", "times": 1, "status": 429, "headers": {"retry-after": "3600"}}' >/dev/null
ok 'a push' poll
ok 'that fixes it turns green and says so' is_there \
	"statuses[-1]['state'] == 'success' and len(reviews) == 1 and len(comments) == 1 and
	 'Fixed since' in comments[0]['body']"
ok 'a conversation that could not be closed stays open' is_there "not any(t['resolved'] for t in threads)"
before=$(asked '^(POST|PATCH) /repos')
ok 'the next poll' poll
ok 'closes it' is_there "all(t['resolved'] for t in threads)"
ok 'and posts nothing else' test "$(asked '^(POST|PATCH) /repos')" = "$before"
before=$(asked graphql)
ok 'and then' poll
ok 'it is done' test "$(asked graphql)" = "$before"

# Three at once, one of them broken.
open_pull 8 topic/b '"title": "B", "labels": ["wallet"]'
open_pull 9 topic/c '"author": "bob", "author_id": 8'
hub pull '{"number": 10, "head_ref": "gone", "sha": "1234567890123456789012345678901234567890"}' >/dev/null
referee --config referee.conf poll >out.txt 2>&1
ok 'a pull whose head is not there' test $? = 4
ok 'leaves the others alone' is_there \
	"sorted(r['pull'] for r in reviews) == [7, 8, 9] and sorted(c['pull'] for c in comments) == [7, 8, 9]"
hub drop '{"number": 10}' >/dev/null

# Commands.
say()
{
	hub comment "{\"pull\": $1, \"by\": [\"$2\", $3], \"body\": \"$4\"}" |
		python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])'
}
runs_of()
{
	git -C app.git log --format=%s refs/referee/runs | grep -c . || true
}
id=$(say 8 bob 8 '/referee run pr-review')
before=$(runs_of)
ok 'a poll hears a command' poll
ok 'and runs the workflow again' grep -q '#8.*pr-review' out.txt
ok 'its record is a new one' test "$(runs_of)" -gt "$before"
ok 'it is acknowledged' is_there \
	"[(r['content'], r['by'][0]) for r in reactions if r['comment'] == $id] == [('eyes', 'referee-bot')]"
ok 'nothing is said twice' is_there \
	"sum(c['pull'] == 8 and c['by'][0] == 'referee-bot' for c in comments) == 1 and
	 sum(r['pull'] == 8 for r in reviews) == 1"
before=$(runs_of)
ok 'it is obeyed once' poll
ok 'and no more' test "$(runs_of)" = "$before"

id=$(say 8 eve 666 '/referee run pr-review')
poll
ok 'who may not write is refused' is_there \
	"[r['content'] for r in reactions if r['comment'] == $id] == ['confused'] and
	 any('needs the permission' in c['body'] or 'need the permission' in c['body'] for c in comments if c['pull'] == 8)"
ok 'the refusal is recorded' remembers 8 'any("refused to eve" in p.get("digest", "") for p in posted)'
ok 'nothing was run' test "$(runs_of)" = "$before"

id=$(say 8 ada 7 '/referee fly')
quoted=$(say 8 ada 7 '> /referee run pr-review')
help=$(say 8 ada 7 '/referee help')
poll
ok 'what is no command is refused' is_there \
	"[r['content'] for r in reactions if r['comment'] == $id] == ['confused']"
ok 'what is quoted is none' is_there "not [r for r in reactions if r['comment'] == $quoted]"
ok 'help is given' is_there \
	"any('/referee dismiss' in c['body'] and c['by'][0] == 'referee-bot' for c in comments) and
	 [r['content'] for r in reactions if r['comment'] == $help] == ['+1']"
ok 'our own words are no commands' is_there "len([r for r in reactions]) == 4"

fingerprint=$(state_of 9 | python3 -c 'import json, sys; print(json.load(sys.stdin)["findings"][0]["fingerprint"])')
say 9 bob 8 "/referee dismiss $fingerprint wanted here" >/dev/null
ok 'a finding is dismissed' poll
ok 'who and why are kept' remembers 9 'findings[0]["history"][-1]["reason"] == "wanted here"'
ok 'its conversation is closed, the summary is silent of it' is_there \
	"all('$fingerprint' not in c['body'] for c in comments if c['pull'] == 9 and c['by'][0] == 'referee-bot') and
	 [t['resolved'] for t in threads if t['pull'] == 9][0]"
ok 'the note too' sh -c \
	"! git -C app.git notes --ref=referee show topic/c | grep -q UserDefaults"

# A command in a review.
hub review "{\"pull\": 8, \"by\": [\"ada\", 7], \"state\": \"COMMENTED\", \"body\": \"/referee review\", \"commit\": \"$(git -C app rev-parse topic/b)\"}" >/dev/null
before=$(runs_of)
ok 'a command in a review' poll
ok 'is obeyed' test "$(runs_of)" -gt "$before"
ok 'and answered' is_there "any('Accepted for' in c['body'] for c in comments if c['pull'] == 8)"
ok 'a poll later' poll
ok 'it is not obeyed again' is_there "sum('Accepted for' in c['body'] for c in comments) == 1"

# Forks.
git -C app switch -q -c topic/fork main
cat >>app/android/src/main/java/Rates.kt <<'KT'

fun refresh(rates: Rates) {
    GlobalScope.launch { rates.latest() }
}
KT
git -C app commit -q -a -m 'Rates'
show_pull 11 topic/fork '"head_repository": "mallory/app", "author": "mallory", "author_id": 13'
ok 'a pull from a fork' poll
ok 'waits for somebody to approve it' is_there "not [r for r in reviews if r['pull'] == 11]"
ok 'which its status says' is_there \
	"[(s['state'], 'maintainer' in s['description']) for s in statuses
	  if s['sha'] == '$(git -C app rev-parse topic/fork)'] == [('pending', True)]"
ok 'which is recorded' remembers 11 '"nobody approved" in workflows[0]["reason"]'
say 11 bob 8 '/referee review' >/dev/null
ok 'somebody approves' poll
ok 'its status is the result then' is_there \
	"[s['state'] for s in statuses if s['sha'] == '$(git -C app rev-parse topic/fork)'][-1] != 'pending'"
ok 'and it runs' is_there "[r for r in reviews if r['pull'] == 11]"

# Opinions.
line=$(python3 -c 'import json; print([l["id"] for l in json.load(open("state.json"))["lines"] if l["pull"] == 8][0])')
hub react "{\"comment\": $line, \"content\": \"-1\"}" >/dev/null
line=$(python3 -c 'import json; print([l["id"] for l in json.load(open("state.json"))["lines"] if l["pull"] == 11][0])')
hub resolve "{\"comment\": $line}" >/dev/null
hub pull '{"number": 8, "title": "B again"}' >/dev/null
ok 'a poll hears opinions' poll
ok 'a thumb down is in the history' remembers 8 '"disliked" in [e["what"] for e in findings[0]["history"]]'
ok 'a closed conversation too' remembers 11 '"resolved" in [e["what"] for e in findings[0]["history"]]'

# Merged, squashed.
git -C app switch -q main
git -C app merge -q --squash topic/b
git -C app commit -q -m 'B (#8)'
git -C app push -q origin main
hub pull "{\"number\": 8, \"state\": \"closed\", \"merge\": \"$(git -C app rev-parse main)\"}" >/dev/null
ok 'a pull is merged' poll
ok 'the commit it became has the note' server_note app.git main
ok 'it is closed' remembers 8 'is_closed'
hub drop '{"number": 9}' >/dev/null
ok 'a pull is gone' poll
ok 'that is remembered' remembers 9 'is_closed'
ok 'the first one was left out all the time' is_there "not [c for c in comments if c['pull'] == 1]"

ok 'nothing was asked that GitHub does not have' test "$(asked ' 599$')" = 0
judge_exchanges
ok 'the token is nowhere but in the configuration' sh -c \
	"! grep -rq $token state app.git out.txt"
ok 'the server is sound' is_sound app.git
stop_github
stop_git_server
finish
