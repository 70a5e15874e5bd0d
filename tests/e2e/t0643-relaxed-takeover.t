#!/bin/sh
# A second instance, with a state directory of its own, goes on with what a first
# one has sent: nothing is sent again, and it is counted once, where it is settled.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/poll.sh"
. "$SRCDIR/tests/lib/ai.sh"

# shellcheck disable=SC2154 # $work
FAKE_KEY=$AI_KEY
export REFEREE_CONFIG FAKE_KEY
LEFT=refs/referee/pulls:branches/topic%2Fone.json

# as NAME: the instance that acts from here on.
as()
{
	REFEREE_CONFIG=$work/$1.conf
}

# instances PROJECT [CONFIG-LINE]...: "first" and "second" for it.
instances()
{
	project=$1
	shift
	relaxed_conf $project claude-opus-5-5 | sed 's/^kind = .*/kind = anthropic/; s,/v1$,,' >both.conf
	for line; do
		echo "$line"
	done >>both.conf
	for name in first second; do
		sed "s,^state_dir = .*,state_dir = $work/$project-$name," both.conf >$name.conf
	done
}

# start PROJECT: a change that the first one has asked about.
start()
{
	relaxed_project $1
	as first
	referee poll >/dev/null 2>&1
	push_play $1 topic/one finds
	batches=$(ai_count batches)
	referee poll >out.txt 2>&1
	says_line 'slow: skipped' out.txt
}

sent()
{
	test $(($(ai_count batches) - batches)) = "$1"
}

# costs NAME DOLLARS: what that instance has counted.
costs()
{
	as $1
	test "$(spent)" = $2 || { echo "it counts $(spent)"; return 1; }
}

start_ai

# Each with a ledger of its own.
instances apart
ok 'the first one asks' start apart
reserved=$(spent)
ok 'and counts the most it may cost' test "$reserved" != 0.000000
as second
ok 'the second one waits for it' sh -c 'referee poll >out.txt 2>&1'
ok 'and sends nothing' sent 1
ok 'it counts there too as long as it waits' costs second $reserved
ok 'once, however often it is looked at' sh -c "referee poll >out.txt 2>&1"
ok 'still once' costs second $reserved
tell_ai end
ok 'the second one has the answer' sh -c 'referee poll >out.txt 2>&1'
ok 'which is the result' says_line 'slow: attention' out.txt
ok 'it was sent once' sent 1
ok 'and counts what it cost' costs second 0.003000
ok 'the first one does not know that yet' costs first $reserved
ok 'until it polls again' sh -c 'referee poll >out.txt 2>&1'
ok 'then it counts nothing' costs first 0.000000
ok 'nothing is remembered of it any more' sh -c "! git -C apart.git show $LEFT | grep batch_"
for name in first second; do
	as $name
	ok "$name: nothing more is to be done" sh -c 'test -z "$(referee poll)"'
done

# With one ledger: the sum is right all the time.
git init -q --bare control.git
instances together '[control]' "remote = $work/control.git"
ok 'the first one asks again' start together
reserved=$(spent)
as second
tell_ai end
ok 'the second one has the answer at once' sh -c 'referee poll >out.txt 2>&1'
ok 'the result' says_line 'slow: attention' out.txt
ok 'one batch' sent 1
ok 'it counts once' costs second 0.003000
ok 'for the first one, too' costs first 0.003000
ok 'the first one polls' sh -c 'referee poll >out.txt 2>&1'
ok 'which changes nothing' costs first 0.003000
ok 'nowhere' costs second 0.003000
ok 'and nothing is remembered' sh -c "! git -C together.git show $LEFT | grep batch_"

# A pull that is closed while it is asked about is paid for all the same.
instances closed
ok 'asked, and then closed' start closed
git -C closed push -q origin :topic/one
as first
ok 'it is seen' sh -c 'referee poll >out.txt 2>&1'
tell_ai end
ok 'nobody waits for it' sh -c 'referee poll >out.txt 2>&1'
ok 'but it is counted' costs first 0.003000
ok 'and forgotten' sh -c "! git -C closed.git show $LEFT | grep batch_"
stop_ai
finish
