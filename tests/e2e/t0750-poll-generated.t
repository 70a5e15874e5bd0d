#!/bin/sh
# What agents wrote, through the poller: a branch of referee's on the project's
# remote, offered as a pull onto the branch that was judged.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/github.sh"
. "$SRCDIR/tests/lib/poll.sh"

new_app app
mkdir -p app/.referee/workflows
cat >app/.referee/workflows/tests.yml <<'EOF2'
name: Tests
trigger: { event: pull_request }
agents:
  - name: test-generation-agent
    service: writer
output: { create_files: true, github_comment: true, commit_status: true }
EOF2
git -C app add .
git -C app commit -q -m 'Tests are written'
git clone -q --bare app app.git
git -C app remote add origin "$work/app.git"
cat >writer <<EOF2
#!/bin/sh
cat >/dev/null
cat "$work/answer"
EOF2
chmod +x writer
echo '{"files": [{"path": "iosTests/SessionTests.swift", "content": "// one\n", "why": "It holds.", "covers": null}], "summary": "One."}' >answer

start_github "$work/app.git"
write_config
sed -i "s|^url = .*|url = $work/app.git|" referee.conf
printf '[service "writer"]\nkind = command\ncommand = %s/writer\n' "$work" >>referee.conf
REFEREE_CONFIG=$work/referee.conf
export REFEREE_CONFIG

branch=referee/tests/pull-7

referee poll >/dev/null 2>&1
git -C app switch -q -c topic/a
bad_session >app/ios/Session.swift
git -C app commit -q -a -m 'Keep the token'
show_pull 7 topic/a
ok 'a poll' exits 0 referee poll
ok 'the branch is on the remote, one commit on the head' test \
	"$(git -C app.git rev-parse "$branch^")" = "$(git -C app rev-parse topic/a)"
ok 'it holds what was written' sh -c \
	"git -C app.git show $branch:iosTests/SessionTests.swift | grep -qx '// one'"
ok 'it is offered as a pull onto the branch' is_there \
	"[(p['head_ref'], p['base_ref'], p['author']) for p in pulls if p['number'] != 7] ==
	 [('$branch', 'topic/a', 'referee-bot')] and 'SessionTests.swift' in pulls[-1]['body']"
before=$(git -C app.git rev-parse refs/referee/runs)
ok 'another poll' exits 0 referee poll
ok 'does not judge what is offered' test "$before" = "$(git -C app.git rev-parse refs/referee/runs)"
ok 'nor offers it again' is_there "len(pulls) == 2"

# Another head, other files: the same branch, the same pull.
echo '// more' >>app/ios/Session.swift
git -C app commit -q -a -m 'More'
show_pull 7 topic/a
sed -i 's|// one|// two|' answer
ok 'a push' exits 0 referee poll
ok 'moves the branch on' sh -c \
	"git -C app.git show $branch:iosTests/SessionTests.swift | grep -qx '// two'"
ok 'on top of the new head' test \
	"$(git -C app.git rev-parse "$branch^")" = "$(git -C app rev-parse topic/a)"
ok 'and offers nothing else' is_there "len(pulls) == 2"

# Somebody works on it.
git -C app fetch -q origin "$branch"
git -C app switch -q -d FETCH_HEAD
echo '// mine' >>app/iosTests/SessionTests.swift
git -C app commit -q -a -m 'Better'
git -C app push -q origin "HEAD:$branch"
mine=$(git -C app rev-parse HEAD)
git -C app switch -q topic/a
echo '// yet more' >>app/ios/Session.swift
git -C app commit -q -a -m 'Yet more'
show_pull 7 topic/a
sed -i 's|// two|// three|' answer
ok 'a push while somebody works on the branch' exits 0 sh -c 'referee poll 2>err.txt'
ok 'leaves it alone' test "$(git -C app.git rev-parse "$branch")" = "$mine"
ok 'and says so' grep -q "commits that are not referee's" err.txt

# A fork gets none.
git -C app switch -q -c topic/fork main
echo '// fork' >>app/ios/Session.swift
git -C app commit -q -a -m 'Fork'
show_pull 20 topic/fork '"head_repository": "mallory/app", "author": "mallory", "author_id": 13'
hub comment '{"pull": 20, "by": ["bob", 8], "body": "/referee review"}' >/dev/null
ok 'a fork that was approved' exits 0 referee poll
ok 'has no branch here' sh -c "! git -C app.git rev-parse -q --verify refs/heads/referee/tests/pull-20"

ok 'nothing was asked that GitHub does not have' test "$(asked ' 599$')" = 0
judge_exchanges
ok 'the server is sound' is_sound app.git
stop_github
finish
