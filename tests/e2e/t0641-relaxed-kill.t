#!/bin/sh
# A relaxed workflow whose polls are killed before their side effects, the one
# that asks and the one that is answered: in the end there is the result, every
# question was sent once, and what it cost is counted once.
# With REFEREE_KILL_STEP=N before every Nth, too.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/poll.sh"
. "$SRCDIR/tests/lib/ai.sh"

# shellcheck disable=SC2154 # $work, $ai_port
REFEREE_CONFIG=$work/referee.conf
FAKE_KEY=$AI_KEY
export REFEREE_CONFIG FAKE_KEY

# prepare KIND MODEL PRICE: $kind, with a change that is not asked about yet.
prepare()
{
	kind=$1 price=$3
	relaxed_project $kind
	relaxed_conf $kind $2 >referee.conf
	referee poll >/dev/null 2>&1
	push_play $kind topic/one 'finds takes:max_tokens'
	cp -R $kind.git saved.git
	cp -R state-$kind saved-state
}

reset()
{
	rm -rf $kind.git state-$kind
	cp -R saved.git $kind.git
	cp -R saved-state state-$kind
}

# killed POLL POINT: the first or second poll is ended there. 99: it was not.
killed()
{
	reset
	batched=$(ai_count batched)
	answered=$(ai_count answered)
	if test "$1" = second; then
		referee poll >first.out 2>&1 || return 1
		tell_ai end
	fi
	REFEREE_FAULT=$2 referee poll >killed.out 2>&1
	status=$?
	test $status -eq 0 && return 99
	test $status -eq 137 || { echo "exit status $status"; cat killed.out; return 1; }
	for _ in 1 2 3; do
		referee poll >again.out 2>&1 || { cat again.out; return 1; }
		tell_ai end
	done
	git -C $kind.git notes --ref=referee show topic/one | grep -q 'Token in a backup' ||
		{ echo 'no result'; cat again.out; return 1; }
	sent=$(($(ai_count batched) - batched))
	test $sent = 1 || { echo "sent $sent times"; return 1; }
	test "$(ai_count answered)" = "$answered" || { echo 'asked directly'; return 1; }
	test "$(spent)" = $price || { echo "cost $(spent)"; return 1; }
	! git -C $kind.git show refs/referee/pulls:branches/topic%2Fone.json | grep batch_ || return 1
	test -z "$(referee poll)" || { echo 'it is still due'; return 1; }
	is_sound $kind.git && is_sound state-$kind/mirrors/$kind.git
}

# killed_anywhere: at every Nth side effect of both polls, where that is asked for.
killed_anywhere()
{
	test "${REFEREE_KILL_STEP:-}" || return 0
	for poll in first second; do
		n=1 last=0 points=0
		while test $last != 99 && test $n -lt 400; do
			killed $poll any:$n >.killed 2>&1
			last=$?
			test $last = 99 || ok "$kind: the $poll killed before side effect $n" sh -c "cat .killed; exit $last"
			points=$((points + (last != 99)))
			n=$((n + REFEREE_KILL_STEP))
		done
		ok "$kind: the $poll ran through in the end" test $last = 99
		ok "$kind: there were side effects to be killed before" test $points -gt 1
	done
}

start_ai
prepare anthropic claude-opus-5-5 0.003000
if REFEREE_FAULT=any:1 referee poll >/dev/null 2>&1; then
	stop_ai
	echo '1..0 # SKIP built without --enable-faults'
	exit 0
fi
for point in journal.write:1 batch.keep:1 journal.write:2 batch.submit:1 \
	batch.submitted:1 batch.keep:2 judge.notes:1 poll.settle:1; do
	ok "killed while it asks at $point" killed first $point
done
for point in http:1 journal.write:1 journal.write:2 judge.records:1 \
	judge.notes:1 batch.keep:1 poll.settle:1; do
	ok "killed while it is answered at $point" killed second $point
done
killed_anywhere

# The file goes first, and the batch is made of it.
rm -rf saved.git saved-state
prepare openai gpt-6.1-sol 0.000400
for point in journal.write:2 batch.submit:1 http:1 batch.uploaded:1 http:2 \
	batch.submitted:1 batch.keep:2; do
	ok "openai: killed while it asks at $point" killed first $point
done
for point in http:2 batch.keep:1; do
	ok "openai: killed while it is answered at $point" killed second $point
done
killed_anywhere
stop_ai
finish
