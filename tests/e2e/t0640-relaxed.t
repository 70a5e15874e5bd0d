#!/bin/sh
# latency: relaxed: asked in one poll, answered in a later one, at half the price.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/poll.sh"
. "$SRCDIR/tests/lib/ai.sh"

REFEREE_CONFIG=$work/referee.conf
FAKE_KEY=$AI_KEY
export REFEREE_CONFIG FAKE_KEY
start_ai
kind_at=0

for kind in anthropic openai; do
	model=claude-opus-5-5
	test $kind = anthropic || model=gpt-6.1-sol
	relaxed_project $kind '- name: security-agent' '  depends_on: code-review-agent'
	relaxed_conf $kind $model >referee.conf
	referee poll >/dev/null 2>&1
	push_play $kind topic/one finds
	ok "$kind: the first poll asks" exits 0 sh -c 'referee poll >out.txt 2>err.txt'
	if test $kind = openai; then # it takes one parameter by another name
		tell_ai end
		ok "$kind: the refused parameter is found out" exits 0 sh -c 'referee poll >out.txt 2>err.txt'
		kind_at=$((kind_at + 1))
	fi
	ok "$kind: and waits" says_line 'slow: skipped (code-review-agent: waits for a batch)' out.txt
	ok "$kind: nothing was asked directly" test "$(ai_count answered)" = 0
	ok "$kind: one batch" test "$(ai_count batches)" = $((kind_at + 1))
	ok "$kind: a second poll waits on" sh -c 'referee poll >out.txt 2>&1'
	ok "$kind: and sends nothing" test "$(ai_count batches)" = $((kind_at + 1))
	tell_ai end
	ok "$kind: the answer is taken, what comes after it is asked" exits 0 sh -c 'referee poll >out.txt 2>err.txt'
	ok "$kind: as the next batch" test "$(ai_count batches)" = $((kind_at + 2))
	tell_ai end
	ok "$kind: the last answer" exits 0 sh -c 'referee poll >out.txt 2>err.txt'
	ok "$kind: is the result" says_line 'slow: attention' out.txt
	ok "$kind: the note is there" sh -c "git -C $kind.git notes --ref=referee show topic/one | grep -q 'Token in a backup'"
	ok "$kind: nothing is under way any more" sh -c "! git -C $kind.git show refs/referee/pulls:branches/topic%2Fone.json | grep -q batch_"
	ok "$kind: nothing new, nothing done" sh -c 'test -z "$(referee poll)"'
	ok "$kind: still nothing was asked directly" test "$(ai_count answered)" = 0
	spent >spent-$kind
	kind_at=$((kind_at + 2))
done
# 2 x (1000 x 4 + 100 x 20) / 2 and 2 x (100 x 2 + 1000 x 0.1 + 50 x 10) / 2 millionths
ok "anthropic: half the price, once ($(cat spent-anthropic))" test "$(cat spent-anthropic)" = 0.006000
ok "openai: half the price, once ($(cat spent-openai))" test "$(cat spent-openai)" = 0.000800

# What expires, or fails at the provider, is asked in the ordinary way.
kind=anthropic
relaxed_conf anthropic claude-opus-5-5 >referee.conf
push_play $kind topic/late 'finds, too late'
referee poll >/dev/null 2>&1
before=$(ai_count answered)
tell_ai end/expire
ok 'what expired is asked directly' exits 0 sh -c 'referee poll >out.txt 2>err.txt'
ok 'one answer came directly' test "$(ai_count answered)" = $((before + 1))
tell_ai end
referee poll >out.txt 2>&1
ok 'and there is a result' says_line 'slow: attention' out.txt

stop_ai
finish
