#!/bin/sh
# referee poll --watch, over http: again and again, until a signal.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/poll.sh"
. "$SRCDIR/tests/lib/git_server.sh"

REFEREE_CONFIG=$work/referee.conf
export REFEREE_CONFIG
mkdir served
new_project app
mv app.git served/app.git
git -C served/app.git config http.receivepack true
git -C app remote set-url origin "$work/served/app.git"

start_git_server "$work/served"

git init -q --bare control.git
cat >referee.conf <<CONF
[referee]
state_dir = $work/state
[control]
remote = $work/control.git
[project "app"]
url = http://127.0.0.1:$git_port/auth/app.git
forge = plain
pulls = topic/*
token = env:GIT_TOKEN
CONF
GIT_TOKEN=the-right-token
export GIT_TOKEN

ok 'one poll over http' exits 0 referee poll
referee --verbose poll --watch 1s >out.txt 2>err.txt &
pid=$!
push_bad app topic/a
ok 'a push is seen and judged' until_true grep -q 'topic/a pr-review: attention' out.txt
ok 'the note is on the server' until_true git -C served/app.git notes --ref=referee show topic/a

git -C app push -q ../control.git "$(git -C app commit-tree -m spending "$(git -C app mktree </dev/null)"):refs/referee/ledger/other/2026-11"
ok 'what another instance spent meanwhile is fetched' until_true \
	git -C state/control.git rev-parse --verify -q refs/referee/ledger/other/2026-11

new_project late
project_conf late 'adopt = all' >>referee.conf
push_bad late topic/x
kill -HUP $pid
ok 'SIGHUP reads the configuration again' until_true grep -q 'late topic/x pr-review: attention' out.txt
echo 'nonsense' >>referee.conf
kill -HUP $pid
ok 'one that is broken is told' until_true grep -q 'stays as it was' err.txt
push_bad late topic/y
ok 'and the old one stays' until_true grep -q 'late topic/y pr-review: attention' out.txt
kill -TERM $pid
wait $pid
ok 'SIGTERM ends it cleanly' test $? = 0
ok 'the server is sound' is_sound served/app.git
ok 'the token is in no file' sh -c '! grep -rq the-right-token state out.txt err.txt'
stop_git_server
finish
