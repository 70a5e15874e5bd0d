#!/bin/sh
# referee poll and its remotes: over ssh, one that hangs, a signal while pushing,
# how often a remote is pushed to.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/poll.sh"
. "$SRCDIR/tests/lib/git_server.sh"
. "$SRCDIR/tests/lib/sshd.sh"

REFEREE_CONFIG=$work/referee.conf
export REFEREE_CONFIG
mkdir served

# config [LINE]...: of the installation, with lines for [referee].
config()
{
	printf '[referee]\nstate_dir = %s/state\n' "$work"
	for line; do
		echo "$line"
	done
}

# remote_project NAME URL [LINE]...
remote_project()
{
	printf '[project "%s"]\nurl = %s\nforge = plain\npulls = topic/*\n' "$1" "$2"
	shift 2
	for line; do
		echo "$line"
	done
}

# How often it was pushed to over http.
pushes()
{
	grep -c "POST /[a-z]*/$1.git/git-receive-pack" http.log
}

# ssh.
if start_sshd; then
	new_project far
	{ config; remote_project far "ssh://$(id -un)@127.0.0.1:$ssh_port$work/far.git"; } >referee.conf
	ok 'a first poll over ssh' exits 0 referee poll
	push_bad far topic/a
	git -C far push -q origin topic/a:refs/referee/requests/pr-review/please
	ok 'a pull and a request over ssh' exits 0 sh -c 'referee poll >out.txt 2>err.txt'
	ok 'the pull is judged' says_line 'far topic/a pr-review: attention - 1 major' out.txt
	ok 'the request, too' says_line 'far request pr-review/please pr-review: attention' out.txt
	ok 'the note is there' server_note far.git topic/a
	ok 'the request is gone' test -z "$(git -C far.git for-each-ref refs/referee/requests)"
	ok 'nothing is left to do' sh -c 'test -z "$(referee poll)"'
	rm ssh/authorized
	ok 'a key that is not wanted any more is said' exits 4 sh -c 'referee poll 2>err.txt'
	ok 'in words' says_line "project 'far': " err.txt
	ok 'it is sound' is_sound far.git
	stop_sshd
else
	ok 'over ssh # SKIP no sshd' true
fi

# One that hangs leaves the others alone, and the deadline ends it.
start_git_server "$work/served"
base=http://127.0.0.1:$git_port
new_project near
{
	config 'deadline = 5s'
	remote_project hung "$base/hang/hung.git"
	project_conf near
} >referee.conf
ok 'the deadline ends what hangs' exits 3 sh -c 'timeout 25 referee poll 2>err.txt'
ok 'and says so' says_line "project 'hung': the deadline of the poll passed" err.txt
push_bad near topic/a
ok 'the other one is polled' exits 0 referee poll near
ok 'and judged' server_note near.git topic/a

# So does a judge that does not come to an end: the next poll goes on at once.
new_project slow
cat >judge <<JUDGE
#!/bin/sh
cat >/dev/null
if test -e $work/is-slow; then sleep 50; fi
echo '{"findings":[],"summary":"fine"}'
JUDGE
chmod +x judge
mkdir -p slow/.referee/workflows
cat >slow/.referee/workflows/review.yml <<YML
name: Review
trigger:
  event: pull_request
agents:
  - name: code-review-agent
YML
git -C slow add . && git -C slow commit -q -m 'A workflow' && git -C slow push -q origin main
slow_conf()
{
	config 'service = slow' "$@"
	printf '[service "slow"]\nkind = command\ncommand = %s/judge\n' "$work"
	project_conf slow
}
slow_conf >referee.conf
ok 'a first poll with a slow judge' exits 0 referee poll
touch is-slow
push_bad slow topic/a
slow_conf 'deadline = 5s' >referee.conf
ok 'the deadline ends a judge' exits 4 sh -c 'timeout 40 referee poll 2>err.txt'
ok 'in words' says_line "slow': topic/a: the deadline of the poll passed" err.txt
rm is-slow
slow_conf >referee.conf
ok 'the next poll judges at once' sh -c 'referee poll | grep -q "slow topic/a review: pass"'

# A signal while pushing: what is under way gets there.
new_project late
mv late.git served/late.git
git -C served/late.git config http.receivepack true
git -C late remote set-url origin "$work/served/late.git"
{ config; remote_project late "$base/late/late.git"; } >referee.conf
ok 'a first poll of a slow remote' exits 0 referee poll
push_bad late topic/a
before=$(pushes late)
referee poll --watch 1h >out.txt 2>err.txt &
pid=$!
ok 'it pushes' until_true sh -c "test \"\$(grep -c 'POST /late/late.git/git-receive-pack' http.log)\" -gt $before"
kill -TERM $pid
wait $pid
ok 'a signal then ends it cleanly' test $? = 0
ok 'with the note on the remote' server_note served/late.git topic/a
ok 'and the record' git -C served/late.git rev-parse -q --verify refs/referee/runs
ok 'the next poll has nothing to do' sh -c 'test -z "$(referee poll 2>&1 | grep pr-review)"'
ok 'the remote is sound' is_sound served/late.git

# Twice a minute, and the rest before it ends.
new_project often
mv often.git served/often.git
git -C served/often.git config http.receivepack true
git -C often remote set-url origin "$work/served/often.git"
{ config; remote_project often "$base/plain/often.git"; } >referee.conf
ok 'a first poll' exits 0 referee poll
started=$(date +%s)
before=$(pushes often)
referee poll --watch 1s >out.txt 2>err.txt &
pid=$!
for name in a b c; do
	push_bad often topic/$name
	ok "topic/$name is judged" until_true grep -q "topic/$name pr-review" out.txt
done
during=$(($(pushes often) - before))
took=$(($(date +%s) - started))
ok 'a minute has two pushes at most' test $during -le $((2 * (1 + took / 60) + 1)) -a \
	\( $took -ge 60 -o $during -le 2 \)
kill -TERM $pid
wait $pid
ok 'it ends cleanly' test $? = 0
for name in a b c; do
	ok "the note on topic/$name is there" server_note served/often.git topic/$name
done
push_bad often topic/d
ok 'a single poll does not wait' exits 0 referee poll
ok 'its note is there' server_note served/often.git topic/d
stop_git_server
finish
