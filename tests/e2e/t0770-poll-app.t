#!/bin/sh
# The poller as a GitHub App: it signs for itself, its tokens end, its results
# are check runs.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/github.sh"
. "$SRCDIR/tests/lib/poll.sh"

new_project app
openssl genrsa -out key.pem 2048 2>/dev/null
openssl rsa -in key.pem -pubout -out public.pem 2>/dev/null
start_github "$work/app.git"
write_config
sed -i "s|^url = .*|url = $work/app.git|; s|^token = .*|app_id = 77\nprivate_key = file:$work/key.pem|" referee.conf
hub app "{\"public_key\": \"$work/public.pem\", \"id\": 77}" >/dev/null
REFEREE_CONFIG=$work/referee.conf
export REFEREE_CONFIG

ok 'the first poll' exits 0 referee poll
ok 'asks for its installation and a token' test "$(asked 'POST /app/installations/4711/access_tokens 201')" = 1
open_bad_pull 7
ok 'a pull' exits 0 referee poll
ok 'gets review, summary and a check run' is_there \
	"[r['by'][0] for r in reviews] == ['referee-app[bot]'] and len(comments) == 1 and not statuses and
	 [(c['name'], c['conclusion'], c['head_sha']) for c in checks] ==
	 [('referee/pr-review', 'failure', '$(git -C app rev-parse topic/7)')]"
ok 'with the finding on its line' is_there \
	"[(n['path'], n['start_line']) for n in checks[0]['output']['annotations']] == [('ios/Session7.swift', 6)]"
git -C app commit -q --amend -m 'Other words'
show_pull 7 topic/7
ok 'a rebase' exits 0 referee poll
ok 'gets a check run and nothing else' is_there "len(checks) == 2 and len(reviews) == 1 and len(comments) == 1"
git -C app.git update-ref -d refs/referee/pulls
git -C state/mirrors/app.git update-ref -d refs/referee/pulls
git -C state/mirrors/app.git for-each-ref --format='%(refname)' | grep pulls$ |
	while read -r ref; do git -C state/mirrors/app.git update-ref -d "$ref"; done
sed -i 's|^forge = .*|&\nadopt = all|' referee.conf
ok 'without a state' exits 0 referee poll
ok 'our own words are found by the name of the App' is_there "len(reviews) == 1 and len(comments) == 1"

# A token that is taken away in the middle of a poll, before it lists pulls and
# before it writes: a new one takes its place, once.
for call in 'GET .*/pulls' 'POST .*/reviews'; do
	number=$((${number:-10} + 1))
	open_bad_pull $number
	before=$(asked 'access_tokens 201')
	hub revoke "{\"before\": \"$call\"}" >/dev/null
	ok "a token revoked before $call" exits 0 referee poll
	ok 'is replaced' test $(($(asked 'access_tokens 201') - before)) = 2
	ok 'and all is there, once' is_there \
		"[sum(c['head_sha'] == '$(git -C app rev-parse topic/$number)' for c in checks),
		 sum(c['pull'] == $number for c in comments), sum(r['pull'] == $number for r in reviews)] == [1, 1, 1]"
done
before=$(asked 'access_tokens 201')
hub revoke '{"before": "/pulls", "always": true}' >/dev/null
ok 'tokens that are never good' exits 4 sh -c 'referee poll 2>err.txt'
ok 'are not asked for without end' test $(($(asked 'access_tokens 201') - before)) = 2
ok 'and told' grep -q 'project app.*401' err.txt
hub revoke '{}' >/dev/null

# The installation as configured is not looked up.
sed -i 's|^app_id = 77|&\ninstallation_id = 4711|' referee.conf
before=$(asked 'GET /repos/acme/app/installation')
ok 'with its installation given' exits 0 referee poll
ok 'nobody looks it up' test "$(asked 'GET /repos/acme/app/installation')" = "$before"
ok 'an installation that is not there' sh -c \
	'sed "s|4711|4712|" referee.conf >other.conf; chmod 600 other.conf; referee --config other.conf poll 2>err.txt; test $? = 4'
ok 'is told with project and reason' grep -q "project app: the app's installation.*404" err.txt

# A token that ends while it is watched, and one that is taken away.
hub app '{"lifetime": 2}' >/dev/null
referee poll --watch 1s >watched.txt 2>&1 &
watcher=$!
got_tokens()
{
	test "$(asked 'POST /app/installations/4711/access_tokens 201')" -ge "$1"
}
until_true got_tokens 7
hub app '{}' >/dev/null
hub revoke '{}' >/dev/null
open_bad_pull 8
until_true is_there "any(c['head_sha'] == '$(git -C app rev-parse topic/8)' for c in checks)"
kill -TERM $watcher
wait $watcher
ok 'ends as it should' test $? = 0
ok 'a new token is there in time, and in place of one that was revoked' is_there \
	"any(c['head_sha'] == '$(git -C app rev-parse topic/8)' for c in checks) and
	 sum(c['pull'] == 8 for c in comments) == 1"
ok 'nothing was asked that GitHub does not have' test "$(asked ' 599$')" = 0
# The schema knows a 401 of no call.
grep -v '"status": 401' exchanges.jsonl >answered.jsonl
judge_exchanges answered.jsonl
ok 'neither key nor token is on disk' sh -c "! grep -rqE 'ghs_of_the_app|BEGIN' state app.git watched.txt"

# A key that is not the App's.
openssl genrsa -out key.pem 2048 2>/dev/null
ok 'a wrong key' exits 4 sh -c 'referee poll 2>err.txt'
ok 'is told with project and reason' grep -q "project app.*401\|app.*signature" err.txt
stop_github
finish
