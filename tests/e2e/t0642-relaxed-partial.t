#!/bin/sh
# What comes back from a batch in part, not at all or as something else: what came
# is taken, the rest is asked in the ordinary way, each is counted once, and
# nothing passes because it could not be read.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/poll.sh"
. "$SRCDIR/tests/lib/ai.sh"

# shellcheck disable=SC2154 # $work
REFEREE_CONFIG=$work/referee.conf
FAKE_KEY=$AI_KEY
export REFEREE_CONFIG FAKE_KEY

# Two agents that are asked at the same time: one batch of two.
prepare()
{
	kind=$1
	relaxed_project $kind '- name: security-agent'
	relaxed_conf $kind $2 >referee.conf
	referee poll >/dev/null 2>&1
	number=0
}

# ends HOW DIRECTLY: a change whose batch ends so; that many questions are asked
# directly then, and there is a result.
ends()
{
	number=$((number + 1))
	push_play $kind topic/$number "finds takes:max_tokens $number"
	referee poll >out.txt 2>&1
	says_line 'slow: skipped' out.txt || return 1
	answered=$(ai_count answered)
	tell_ai "end/$1"
	referee poll >out.txt 2>&1 || { cat out.txt; return 1; }
	says_line 'slow: attention' out.txt || return 1
	directly=$(($(ai_count answered) - answered))
	test $directly = "$2" || { echo "asked directly: $directly"; return 1; }
	! git -C $kind.git show refs/referee/pulls:branches/topic%2F$number.json | grep batch_
}

# Of batches in the ledger: lines, runs of which what was reserved stays spent, and
# what the others cost in nano-dollars.
cat >sum.py <<'PY'
import json, subprocess, sys
lines = {}
repo = sys.argv[1]
def git(*words):
    return subprocess.run(["git", "-C", repo, *words], check=True,
                          capture_output=True, text=True).stdout
for ref in git("for-each-ref", "--format=%(refname)",
               "refs/referee/ledger").split():
    for path in git("ls-tree", "-r", "--name-only", ref).split():
        for line in git("show", ref + ":" + path).splitlines():
            line = json.loads(line)
            assert line["id"] not in lines, line
            lines[line["id"]] = line
lines = [line for line in lines.values() if line.get("is_batch")]
kept = {line.get("run") for line in lines
        if not line.get("cost_nusd", 0) and line.get("cost_unknown")}
print(len(lines), len(kept), sum(line.get("cost_nusd", 0) for line in lines
                                 if line.get("run") not in kept))
PY

# counts ANSWERS KEPT: the ledger has two lines more for each of the two questions;
# so many answers were paid, or (KEPT 1) what was reserved stays spent.
counts()
{
	read -r lines kept paid <sums-before
	python3 sum.py state-$kind/control.git >sums-after || return 1
	read -r lines_now kept_now paid_now <sums-after
	cp sums-after sums-before
	test $((lines_now - lines)) = 4 || { echo "lines: $((lines_now - lines))"; return 1; }
	test $((kept_now - kept)) = $2 || { echo "kept: $((kept_now - kept))"; return 1; }
	test $((paid_now - paid)) = $(($1 * price)) || { echo "paid: $((paid_now - paid))"; return 1; }
}

start_ai
for kind in anthropic openai; do
	model=claude-opus-5-5 price=3000000
	test $kind = anthropic || model=gpt-6.1-sol price=400000
	prepare $kind $model
	echo '0 0 0' >sums-before
	ok "$kind: all came" ends '' 0
	ok "$kind: counts twice the price" counts 2 0
	ok "$kind: one failed there" ends errored 1
	ok "$kind: and costs nothing there" counts 1 0
	ok "$kind: one is missing" ends missing 1
	ok "$kind: and was not done, by the count" counts 1 0
	ok "$kind: lines of others, twice, and what is none" ends muddle 0
	ok "$kind: each counts once" counts 2 0
	ok "$kind: results that are something else" ends garbage 2
	ok "$kind: are paid all the same" counts 0 1
	ok "$kind: it expired" ends expire 2
	ok "$kind: and costs nothing" counts 0 0
	ok "$kind: the provider does not know it" ends gone 2
	ok "$kind: and may have done it" counts 0 1
done
ok 'openai: it failed' ends fail 2
ok 'and costs nothing' counts 0 0

# What cannot be read now is waited for.
for how in cut redirect; do
	number=$((number + 1))
	git -C openai switch -q -c topic/$number main
	bad_session >openai/ios/Session.swift
	echo "// $number, takes:max_tokens" >>openai/ios/Session.swift
	git -C openai commit -q -a -m 'Keep the token'
	git -C openai push -q origin topic/$number
	referee poll >out.txt 2>&1
	tell_ai end/$how
	ok "$how: it is waited for" sh -c 'referee poll >out.txt 2>err.txt'
	ok 'nothing passes' says_line 'slow: skipped' out.txt
done
ok 'the key was not sent elsewhere' test ! -e spied
stop_ai
ok 'nor written anywhere' sh -c "! grep -r $AI_KEY . --include=*.txt -l"
finish
