#!/bin/sh
# Killed anywhere around a request, and started again: every request that may
# have been served is in the books once, at what it cost or might have cost.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/ai.sh"

start_ai
export FAKE_KEY=$AI_KEY
ai_conf >conf
REFEREE_CONFIG=$work/conf
export REFEREE_CONFIG
new_app app
cd app || exit 99
ai_workflow
git add . && git commit -q -m 'A workflow'
git switch -q -c feature
bad_session >ios/Session.swift
git commit -q -a -m 'Keep the token'
cd .. && cp -r app fresh

if ! sh -c 'cd app && REFEREE_FAULT=journal.write:1 referee run >/dev/null 2>&1; test $? -ge 128'; then
	stop_ai
	echo '1..0 # SKIP built without --enable-faults'
	exit 0
fi

# The whole of the books: ledger and journals, each id once.
books()
{
	referee cost --repo app --format json >books.json &&
		python3 - "$1" "$2" <<-'PY'
			import json, subprocess, sys
			answered, is_dead = int(sys.argv[1]), int(sys.argv[2])
			total = json.load(open("books.json"))["total"]
			known = total["cost_nusd"] - total["unknown_nusd"]
			text = subprocess.run("git -C app for-each-ref --format='%(refname)' "
			    "refs/referee/ledger | xargs -r -n 1 git -C app grep -h .",
			    shell=True, capture_output=True, text=True).stdout
			lines = [json.loads(line) for line in text.splitlines()]
			ids = [line["id"] for line in lines]
			assert len(ids) == len(set(ids)), ("counted twice", ids)
			assert known <= answered * 800000, ("too much", total)
			assert total["cost_nusd"] >= answered * 800000, ("lost", total)
			for line in lines:
			    paid = {"ok": 800000, "lost": line["reserved_nusd"]}
			    assert line["cost_nusd"] == paid.get(line["status"], 0), line
			assert is_dead or len(lines) == total["requests"], ("not moved", total)
		PY
}

# kill_at POINT: dies there, runs again, and the books are right.
kill_at()
{
	rm -rf app && cp -r fresh app
	before=$(ai_count answered)
	(cd app && REFEREE_FAULT=$1 referee run >/dev/null 2>&1)
	test $? -ge 128 || { echo "not killed at $1"; return 1; }
	books $(($(ai_count answered) - before)) 1 || return 1
	(cd app && referee run >/dev/null) || { echo 'does not go on'; return 1; }
	books $(($(ai_count answered) - before)) 0 || return 1
	test -z "$(ls app/.git/referee/journal)"
}

for point in journal.write:1 journal.write:2 journal.write:3 journal.write:4 \
	journal.flush:1 journal.rewrite:1 store.ref:1 store.ref:2 store.ref:3; do
	ok "killed at $point" kill_at "$point"
done

# The books while it is dead: what was sent and not settled is an estimate.
rm -rf app && cp -r fresh app
(cd app && REFEREE_FAULT=journal.write:4 referee run >/dev/null 2>&1)
ok 'a dead request counts' sh -c 'referee cost --repo app | grep -q "of it is an estimate"'
(cd app && referee run >/dev/null 2>&1)
ok 'and is lost for good' sh -c 'git -C app for-each-ref --format="%(refname)" refs/referee/ledger | xargs git -C app grep -h . | grep -c "\"status\":\"lost\"" | grep -qx 1'

# Two at once in one clone keep two journals and one ledger.
rm -rf app && cp -r fresh app
before=$(ai_count answered)
(cd app && git switch -q -c other && echo '// other' >>ios/Session.swift && git commit -qam other)
(cd app && referee run --head feature >/dev/null 2>&1) &
one=$!
(cd app && referee run --head other >/dev/null 2>&1) &
two=$!
wait $one $two
ok 'two at once lose nothing' books $(($(ai_count answered) - before)) 0
ok 'and both are in it' sh -c 'referee cost --repo app --format json | python3 -c "import json,sys; assert json.load(sys.stdin)[\"total\"][\"cost_nusd\"] == 1600000"'
stop_ai
finish
