#!/bin/sh
# A poll of three projects (a path, http, a request) killed before its side
# effects, one after the other, and started again: what is there then is what
# is there without the kill, and no request to a service is paid for twice but
# the one whose answer was lost. REFEREE_KILL_STEP=1 kills before every one.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/poll.sh"
. "$SRCDIR/tests/lib/ai.sh"
. "$SRCDIR/tests/lib/git_server.sh"

REFEREE_CONFIG=$work/referee.conf
FAKE_KEY=$AI_KEY
GIT_TOKEN=the-right-token
export REFEREE_CONFIG FAKE_KEY GIT_TOKEN

# trusted_workflows CLONE: one that asks a service, one for pushes, one by hand.
trusted_workflows()
{
	mkdir -p "$1/.referee/workflows"
	cat >"$1/.referee/workflows/review.yml" <<-'YML'
		name: Review
		trigger:
		  event: pull_request
		agents:
		  - name: code-review-agent
		  - name: security-agent
		    service: offline
	YML
	cat >"$1/.referee/workflows/on-push.yml" <<-'YML'
		name: On push
		trigger:
		  event: push
		agents:
		  - name: security-agent
		    service: offline
	YML
	cat >"$1/.referee/workflows/by-hand.yml" <<-'YML'
		name: By hand
		trigger:
		  event: manual
		agents:
		  - name: security-agent
	YML
	git -C "$1" add . && git -C "$1" commit -q -m 'Workflows' &&
		git -C "$1" push -q origin main
}

# The three as they are before the poll that is killed: one is known, one is
# new and judges what is open, one is new and asked for a workflow.
prepare()
{
	mkdir remotes
	for name in known fresh asked; do
		new_project $name
		mv $name.git remotes/$name.git
		git -C $name remote set-url origin "$work/remotes/$name.git"
		trusted_workflows $name
	done
	git -C remotes/known.git config http.receivepack true
	cat >referee.conf <<-CONF
		[referee]
		state_dir = $work/state
		service = fake
		concurrency = 1
		[service "fake"]
		kind = openai
		url = http://127.0.0.1:$ai_port/v1
		model = gpt-6.1-sol
		key = env:FAKE_KEY
		[project "known"]
		url = http://127.0.0.1:$git_port/auth/known.git
		token = env:GIT_TOKEN
		forge = plain
		pulls = topic/*
		[project "fresh"]
		url = $work/remotes/fresh.git
		forge = plain
		pulls = topic/*
		adopt = all
		[project "asked"]
		url = $work/remotes/asked.git
		forge = plain
		pulls = topic/*
	CONF
	referee poll known >/dev/null 2>&1
	push_bad known topic/a
	git -C known switch -q main
	echo '// by hand' >>known/android/src/main/java/Rates.kt
	git -C known commit -q -a -m 'Straight to main'
	git -C known push -q origin main
	push_bad fresh topic/b
	push_bad asked topic/c
	git -C asked push -q origin topic/c:refs/referee/requests/by-hand/please
	cp -R remotes remotes.saved
	cp -R state state.saved
}

reset()
{
	rm -rf remotes/* state
	cp -R remotes.saved/* remotes/
	cp -R state.saved state
}

# What is on the remotes, without times, ids and cost.
seen_there()
{
	for name in known fresh asked; do
		git=$work/remotes/$name.git
		echo "== $name"
		git -C "$git" for-each-ref --format='%(refname)'
		git -C "$git" for-each-ref --format='%(refname) %(objectname)' refs/heads refs/referee/requests
		git -C "$git" ls-tree -r refs/notes/referee | while read -r _ _ blob path; do
			echo "note $(echo "$path" | tr -d /)"
			git -C "$git" cat-file blob "$blob" |
				sed 's/[0-9A-Z]\{26\}/ID/; s/ in [0-9.]* s / in T s /; s/for \$[0-9.]*/for COST/; s/ [0-9.]* USD$/ COST USD/; s/, [0-9.]* from the cache//'
		done
		git -C "$git" ls-tree -r --name-only refs/referee/runs
		git -C "$git" ls-tree -r --name-only refs/referee/pulls | while read -r path; do
			echo "state $path"
			git -C "$git" show "refs/referee/pulls:$path" |
				sed 's/\("[a-z_]*_ms":\)[[:space:]0-9]*/\1 T/; s/[0-9A-Z]\{26\}/ID/; s/\("epoch":\)[[:space:]0-9]*/\1 E/'
		done
		# Of refs: libgit2's half-written packs are called so too.
		find "$git" -name '*.lock' ! -path '*/objects/pack/*'
	done
}

is_all_sound()
{
	for name in known fresh asked; do
		is_sound "$work/remotes/$name.git" || return 1
		test ! -d "$work/state/mirrors/$name.git" ||
			is_sound "$work/state/mirrors/$name.git" || return 1
	done
}

# killed POINT: ended there, started again. 99: it ran through.
killed()
{
	reset
	before=$(ai_count answered)
	REFEREE_FAULT=$1 referee poll >killed.out 2>&1
	status=$?
	test $status -eq 0 && return 99
	test $status -eq 137 || { echo "exit status $status"; cat killed.out; return 1; }
	referee poll >again.out 2>&1 || { echo "not again:"; cat again.out; return 1; }
	seen_there >after
	diff -u wanted after || { cat again.out; return 1; }
	asked=$(($(ai_count answered) - before))
	test $asked -le $((wanted_asked + 1)) || { echo "asked $asked times"; return 1; }
	is_all_sound || return 1
	git -C remotes/known.git for-each-ref >refs.before
	referee poll >third.out 2>&1 || { echo 'a third one:'; cat third.out; return 1; }
	git -C remotes/known.git for-each-ref | diff refs.before -
}

start_ai
start_git_server "$work/remotes"
prepare
if REFEREE_FAULT=any:1 referee poll >/dev/null 2>&1; then
	stop_ai
	stop_git_server
	echo '1..0 # SKIP built without --enable-faults'
	exit 0
fi
reset
before=$(ai_count answered)
ok 'without a kill it runs' exits 0 sh -c 'referee poll >whole.out 2>&1'
wanted_asked=$(($(ai_count answered) - before))
seen_there >wanted
ok 'every pull, the push and the request ran' sh -c 'test "$(grep -c " review: \| on-push: \| by-hand: " whole.out)" = 4'
ok 'a service was asked for each pull and the request' test $wanted_asked -ge 3
ok 'one note a head' test "$(grep -c '^note ' wanted)" = 4

# On both sides of what the remotes see, and around a request.
for point in push:1 push:2 push:3 mirror.push:1 poll.states:2 poll.settle:2 \
	http:1 http:2 http:4 journal.write:2 journal.write:3 judge.notes:1 repo.ref:1; do
	ok "killed at $point" killed $point
done
# What was asked for is not run again because the push of it was killed.
asked_once()
{
	reset
	REFEREE_FAULT=push:1 referee poll asked >killed.out 2>&1
	test $? -eq 137 && grep by-hand killed.out || { cat killed.out; return 1; }
	referee poll asked >again.out 2>&1 || { cat again.out; return 1; }
	! grep by-hand again.out &&
		test -z "$(git -C remotes/asked.git for-each-ref refs/referee/requests)" &&
		git -C remotes/asked.git notes --ref=referee show topic/c
}
ok 'a request whose push was killed does not run again' asked_once
n=1 last=0 points=0
while test $last != 99 && test $n -lt 1000; do
	killed any:$n >.killed 2>&1
	last=$?
	test $last = 99 || ok "killed before side effect $n" sh -c "cat .killed; exit $last"
	points=$((points + (last != 99)))
	n=$((n + ${REFEREE_KILL_STEP:-61}))
done
ok 'it ran through in the end' test $last = 99
ok 'there were side effects to be killed before' test $points -gt 3
stop_ai
stop_git_server
finish
