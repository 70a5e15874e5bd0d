# shellcheck shell=sh
# $work is of tap.sh, $AI_KEY for those who source this.
# shellcheck disable=SC2034,SC2154
# An AI service of our own on loopback, for the end-to-end tests. It ends when
# the test does: its input is a pipe that the test holds open.

# start_ai [CERTIFICATE KEY]: sets $ai_port, and with them $ai_tls_port; what a
# redirect brings elsewhere is in $work/spied.
start_ai()
{
	mkfifo "$work/ai.in"
	python3 "$SRCDIR/tests/fake/ai_server.py" "$work/spied" "$@" \
		<"$work/ai.in" >"$work/ai.ready" 8>&- &
	ai_pid=$!
	exec 9>"$work/ai.in"
	until_true grep -q ready "$work/ai.ready" || { echo 'Bail out! no AI server'; exit 99; }
	ai_port=$(cut -d' ' -f2 "$work/ai.ready")
	ai_tls_port=$(cut -d' ' -f3 "$work/ai.ready")
}

stop_ai()
{
	exec 9>&-
	wait "$ai_pid"
}

# ai_count NAME: how often it was asked to play that, or "answered".
ai_count()
{
	python3 -IS "$SRCDIR/tests/lib/ask_fake" "http://127.0.0.1:$ai_port/" |
		sed "s/.*\"$1\": \([0-9]*\).*/\1/; t; s/.*/0/"
}

# The key the service wants.
AI_KEY=sk-planted-0123456789

# ai_conf [LINE]...: a configuration that asks it, with more lines behind.
ai_conf()
{
	cat <<-CONF
		[referee]
		service = fake
		[service "fake"]
		kind = openai
		url = http://127.0.0.1:$ai_port/v1
		model = gpt-6.1-sol
		key = env:FAKE_KEY
	CONF
	for line; do
		echo "$line"
	done
}

# One agent, so that one request is one request.
ai_workflow()
{
	mkdir -p .referee/workflows
	cat >.referee/workflows/review.yml <<-'YML'
		name: Review
		trigger:
		  event: pull_request
		agents:
		  - name: code-review-agent
	YML
}

# new_vendor_app NAME: an app on a branch of its own, whose one agent has nobody to
# stand in for the service `vendor` (with tests/lib/mobile.sh).
new_vendor_app()
{
	new_app "$1"
	mkdir -p "$1/.referee/workflows"
	cat >"$1/.referee/workflows/review.yml" <<-'YML'
		name: Review
		trigger:
		  event: pull_request
		agents:
		  - name: code-review-agent
		fallback:
		  - if: vendor.fails
		    continue: false
	YML
	git -C "$1" add . && git -C "$1" commit -q -m 'A workflow'
	git -C "$1" switch -q -c feature
}

# relaxed_conf KIND MODEL: a configuration that asks a service of that kind, for
# the project of that name (with tests/lib/poll.sh).
relaxed_conf()
{
	url=http://127.0.0.1:$ai_port
	test "$1" = anthropic || url=$url/v1
	cat <<-CONF
		[referee]
		state_dir = $work/state-$1
		service = fake
		[service "fake"]
		kind = $1
		url = $url
		model = $2
		key = env:FAKE_KEY
	CONF
	project_conf "$1"
}

# relaxed_project NAME [LINE]...: a project whose workflow asks in batches: the
# code-review-agent, and the lines behind it (with tests/lib/poll.sh).
relaxed_project()
{
	new_project "$1"
	mkdir -p "$1/.referee/workflows"
	cat >"$1/.referee/workflows/slow.yml" <<-'YML'
		name: Slow
		trigger:
		  event: pull_request
		latency: relaxed
		agents:
		  - name: code-review-agent
	YML
	clone=$1
	shift
	for line; do
		echo "  $line"
	done >>"$clone/.referee/workflows/slow.yml"
	git -C "$clone" add -A && git -C "$clone" commit -q -m 'A workflow'
	git -C "$clone" push -q origin main
}

# push_play CLONE BRANCH WORDS: a change that makes the service do that.
push_play()
{
	git -C "$1" switch -q -c "$2" main
	{ bad_session; echo "// play:$3"; } >"$1/ios/Session.swift"
	git -C "$1" commit -q -a -m 'Keep the token'
	git -C "$1" push -q origin "$2"
}

# play WORD [WORDS]: the same here, as one more commit that is pushed nowhere.
play()
{
	{ bad_session; echo "// play:$1 $2"; } >ios/Session.swift
	git commit -q -a -m "Play $1 $2"
}

# tell_ai end[/HOW]: all batches that are there are over; how is in the server.
tell_ai()
{
	python3 -IS "$SRCDIR/tests/lib/ask_fake" "http://127.0.0.1:$ai_port/$1" >/dev/null
}

# spent: all of it, in dollars.
spent()
{
	referee cost --format json | python3 -c 'import json, sys
print("%.6f" % (json.load(sys.stdin)["total"]["cost_nusd"] / 1e9))'
}
