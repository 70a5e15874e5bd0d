#!/bin/sh
# Whose pulls are looked at by themselves (forks =), and who may start a workflow
# by hand (allow.WORKFLOW =), on the fake GitHub.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/github.sh"
. "$SRCDIR/tests/lib/poll.sh"

new_project app
start_github "$work/app.git"
write_config
sed -i "s|^url = .*|url = $work/app.git|" referee.conf

# poll_with LINE: a poll with that line in the project.
poll_with()
{
	{ cat referee.conf && echo "$1"; } >with.conf
	chmod 600 with.conf
	referee --config with.conf poll >out.txt 2>&1 || { cat out.txt; return 1; }
}

# say NUMBER WHO ID TEXT
say()
{
	hub comment "{\"pull\": $1, \"by\": [\"$2\", $3], \"body\": \"$4\"}" |
		python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])'
}

fork='"head_repository": "mallory/app", "author": "mallory", "author_id": 13'
poll_with 'forks = never'

open_bad_pull 7 "$fork"
ok 'forks = never: a fork' poll_with 'forks = never'
ok 'is not looked at' is_there 'not [r for r in reviews if r["pull"] == 7]'
ok 'which its status says' is_there \
	"['forks = never' in s['description'] for s in statuses if s['sha'] == '$(git -C app rev-parse topic/7)'] == [True]"
say 7 ada 7 '/referee review' >/dev/null
ok 'whoever asks for it' poll_with 'forks = never'
ok 'it stays so' is_there 'not [r for r in reviews if r["pull"] == 7]'

open_bad_pull 8 "$fork"
ok 'forks = always: a fork' poll_with 'forks = always'
ok 'is looked at without anybody' is_there 'len([r for r in reviews if r["pull"] == 8]) == 1'

# Who may start it: not those who may use commands.
open_bad_pull 9
poll_with 'allow.pr-review = admin, user:carl'
before=$(git -C app.git rev-parse refs/referee/runs)
id=$(say 9 bob 8 '/referee run pr-review')
ok 'allow: a command of one who may only write' poll_with 'allow.pr-review = admin, user:carl'
ok 'is refused' is_there "[r['content'] for r in reactions if r['comment'] == $id] == ['confused']"
ok 'and runs nothing' test "$before" = "$(git -C app.git rev-parse refs/referee/runs)"
id=$(say 9 ada 7 '/referee run pr-review')
ok 'of one who has the permission' poll_with 'allow.pr-review = admin, user:carl'
ok 'is obeyed' is_there "[r['content'] for r in reactions if r['comment'] == $id] == ['eyes']"
ok 'and runs' test "$before" != "$(git -C app.git rev-parse refs/referee/runs)"

ok 'nothing was asked that GitHub does not have' test "$(asked ' 599$')" = 0
judge_exchanges
ok 'the server is sound' is_sound app.git
stop_github
finish
