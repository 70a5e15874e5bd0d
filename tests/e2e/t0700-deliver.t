#!/bin/sh
# Results on GitHub: what a pull shows after deliveries, repeated, killed,
# refused and interfered with.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/github.sh"

open_judged_pull 7

says_posts()
{
	wanted=$1
	shift
	deliver "$@" >out.txt 2>&1
	grep -qx "$wanted" out.txt || { cat out.txt; return 1; }
}

ok 'review, comment and status are posted' says_posts 'posts=3' 7 "$head"
ok 'one review, on that head, with one remark' is_there \
	"len(reviews) == 1 and reviews[0]['state'] == 'COMMENTED' and
	 reviews[0]['commit'] == '$head' and len(lines) >= 1"
ok 'the remark is on the line' is_there \
	"any(l['path'] == 'ios/Session.swift' and l['line'] == 6 for l in lines)"
ok 'one comment that starts with our mark' is_there \
	"len(comments) == 1 and
	 comments[0]['body'].startswith('<!-- referee:summary:pr-review -->')"
ok 'the status says failure and why' is_there \
	"[(s['state'], s['context']) for s in statuses] ==
	 [('failure', 'referee/pr-review')] and
	 'attention' in statuses[0]['description']"
before=$(wc -l <exchanges.jsonl)
ok 'again: nothing to do' says_posts 'posts=0' 7 "$head"
ok 'and nobody is asked' test "$before" = "$(wc -l <exchanges.jsonl)"

# Another head with the same content.
git -C app commit -q --amend -m 'Keep the token, in other words'
git -C app update-ref refs/pull/7/head HEAD
rebased=$(git -C app rev-parse HEAD)
ok 'a rebase: one status, no comment, no review' says_posts 'posts=1' 7 "$rebased"
ok 'the status is on the new head' is_there \
	"len(statuses) == 2 and statuses[1]['sha'] == '$rebased' and
	 len(reviews) == 1 and len(comments) == 1"
ok 'nothing for a head that is not there any more' says_posts 'posts=0 moved' 7 "$head"

# A lost state: the forge is asked what is there.
git -C app update-ref -d refs/referee/pulls
ok 'without a state, what is there is found' says_posts 'posts=2' 7 "$rebased"
ok 'and not doubled' is_there "len(reviews) == 1 and len(comments) == 1"

# A deleted comment, others with our mark, many of them.
hub forget "{\"comment\": $(python3 -c 'import json; print(json.load(open("state.json"))["comments"][0]["id"])')}" >/dev/null
for _ in 1 2 3; do
	hub comment '{"pull": 7, "body": "<!-- referee:summary:pr-review -->\nfake"}' >/dev/null
done
git -C app update-ref -d refs/referee/pulls
ok 'a comment of ours is made, whoever else uses our mark' says_posts 'posts=2' 7 "$rebased"
ok 'theirs are left alone' is_there \
	"sum(c['by'][0] == 'eve' and c['body'].endswith('fake') for c in comments) == 3 and
	 sum(c['by'][0] == 'referee-bot' for c in comments) == 1"

# Found over all pages.
python3 - "$api" <<'EOF'
import sys, urllib.request
for i in range(205):
    urllib.request.urlopen(sys.argv[1] + "/_/comment", b'{"pull": 8, "body": "words"}')
EOF
git -C app update-ref refs/pull/8/head HEAD
hub pull '{"number": 8}' >/dev/null
ok 'a second pull with the same content gets its own' says_posts 'posts=3' 8 "$rebased"
git -C app update-ref -d refs/referee/pulls
ok 'our comment is found behind 205 others' says_posts 'posts=2' 8 "$rebased"
ok 'and not doubled' is_there \
	"sum(c['by'][0] == 'referee-bot' and c['pull'] == 8 for c in comments) == 1"

# Trouble, each on a pull of its own.
number=20
trouble()
{
	what=$1 wanted=$2 fault=$3
	number=$((number + 1))
	git -C app update-ref "refs/pull/$number/head" HEAD
	hub pull "{\"number\": $number}" >/dev/null
	test -z "$fault" || hub fault "$fault" >/dev/null
	deliver $number "$rebased" >out1.txt 2>&1
	deliver $number "$rebased" >out2.txt 2>&1
	ok "$what" grep -q "$wanted" out1.txt
	ok "$what: one review, one comment in the end" is_there \
		"sum(r['pull'] == $number for r in reviews) == 1 and
		 sum(c['pull'] == $number for c in comments) == 1"
}
trouble 'server error after the review was taken' 'posts=' \
	'{"match": "POST .*/reviews", "status": 502, "after": true, "body": "<html>"}'
trouble 'server error before the review was taken' 'posts=' \
	'{"match": "POST .*/reviews", "status": 502, "body": "<html>"}'
trouble 'server error after the comment was taken' "pull $((number + 1)): posting a comment: status 500" \
	'{"match": "POST .*/issues/[0-9]*/comments", "status": 500, "after": true}'
trouble 'a connection cut after the comment' 'posts=' \
	'{"match": "POST .*/issues/[0-9]*/comments", "cut": true, "after": true}'
trouble 'a refused review' 'posts=3' \
	'{"match": "POST .*/reviews", "status": 422, "body": "{\"message\": \"Unprocessable Entity\"}"}'
ok 'goes without remarks on lines' is_there \
	"not any(l['pull'] == $number for l in lines) and
	 'Session.swift' in [r['body'] for r in reviews if r['pull'] == $number][0]"
trouble 'a secondary limit' 'posts=3' \
	'{"match": "POST .*/issues/[0-9]*/comments", "status": 403, "headers": {"Retry-After": "1"}, "body": "{}"}'
trouble 'a page instead of JSON' "what became of it: its answer is not what" \
	'{"match": "GET .*/pulls/[0-9]*$", "status": 200, "body": "<html>log in</html>"}'
trouble 'a reply without end' "too\|larger\|bytes" \
	'{"match": "GET .*/pulls/[0-9]*$", "status": 200, "body": "0123456789", "repeat": 2000000}'
trouble 'a revoked token' 'status 401' \
	'{"match": "GET .*/user", "status": 401, "body": "{\"message\": \"Bad credentials\"}"}'
hub review "{\"pull\": $((number + 1))}" >/dev/null
trouble 'a pending review of ours in the way' 'posts=3' ''

# Dismissed and fixed.
fingerprint=$(cd app && referee run --format json 2>/dev/null | python3 -c 'import json,sys; print(json.load(sys.stdin)["findings"][0]["fingerprint"])')
number=$((number + 1))
git -C app update-ref "refs/pull/$number/head" HEAD
hub pull "{\"number\": $number}" >/dev/null
deliver $number "$rebased" dismiss "$fingerprint" >/dev/null 2>&1
ok 'what is dismissed is not said' is_there \
	"not any('$fingerprint' in l['body'] for l in lines if l['pull'] == $number) and
	 not any('$fingerprint' in c['body'] for c in comments if c['pull'] == $number)"
deliver 7 "$rebased" >/dev/null 2>&1
deliver 7 "$rebased" dismiss "$fingerprint" >/dev/null 2>&1
ok 'dismissed later: the conversation is closed' is_there \
	"any(t['resolved'] for t in threads if t['pull'] == 7)"
git -C app switch -q main
git -C app switch -q -c fixed
sed -i 's/A wallet/A good wallet/' app/README.md
git -C app commit -q -a -m 'Words'
(cd app && referee run >/dev/null 2>&1)
git -C app update-ref refs/pull/8/head HEAD
fixed=$(git -C app rev-parse HEAD)
deliver 8 "$fixed" >out.txt 2>&1
ok 'fixed: the summary says so, the conversation is closed, the status is green' is_there \
	"any('Fixed since' in c['body'] for c in comments if c['pull'] == 8) and
	 all(t['resolved'] for t in threads if t['pull'] == 8) and
	 [s['state'] for s in statuses if s['sha'] == '$fixed'][-1] == 'success'"

# No more than so many posts within an hour.
git -C app switch -q topic
for _ in $(seq 1 25); do
	python3 - "$api" <<'EOF'
import json, sys, urllib.request
state = json.load(open("state.json"))
for c in state["comments"]:
    if c["pull"] == 21 and c["by"][0] == "referee-bot":
        urllib.request.urlopen(sys.argv[1] + "/_/forget", json.dumps({"comment": c["id"]}).encode())
EOF
	git -C app show refs/referee/pulls:pulls/0/21.json >pull.json
	python3 - <<'EOF'
import json
state = json.load(open("pull.json"))
for posted in state["posted"]:
    if posted["kind"] == "comment":
        posted["digest"] = "other"
json.dump(state, open("pull.json", "w"))
EOF
	blob=$(git -C app hash-object -w "$work/pull.json")
	GIT_INDEX_FILE=$work/index git -C app read-tree refs/referee/pulls
	GIT_INDEX_FILE=$work/index git -C app update-index --add --cacheinfo "100644,$blob,pulls/0/21.json"
	tree=$(GIT_INDEX_FILE=$work/index git -C app write-tree)
	git -C app update-ref refs/referee/pulls \
		"$(git -C app commit-tree -p refs/referee/pulls -m edit "$tree")"
	deliver 21 "$rebased" >out.txt 2>&1
	grep -q 'within the hour' out.txt && break
done
ok 'a hard cap of posts stops what goes wrong' grep -q 'pull 21: posted 20 times within the hour' out.txt

ok 'nothing was asked that GitHub does not have' test "$(asked ' 599$')" = 0
ok 'the token is nowhere on disk but in the configuration' sh -c \
	"! grep -rq $token state app/.git"
stop_github
finish
