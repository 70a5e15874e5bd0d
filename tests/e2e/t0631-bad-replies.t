#!/bin/sh
# Services that do not answer as they should, each alone and with nobody to
# stand in: the run has failed and says who did and what to look at; it has
# taken bounded time and memory, and no key is shown.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/ai.sh"

# certificate HOST NAME: NAME.pem, signed by itself, for that host, and its key.
certificate()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj /CN=test -addext "subjectAltName=$1" \
		-keyout "$work/$2.key" -out "$work/$2.pem" 2>"$work/openssl.err"
}

certificate IP:127.0.0.1 ours || { echo 'Bail out! no certificate'; exit 99; }
certificate DNS:elsewhere.invalid other
start_ai "$work/ours.pem" "$work/ours.key"
export FAKE_KEY=$AI_KEY

new_vendor_app app
cd app || exit 99
# Compiles the patterns of secrets, for all that follow.
bad_session >ios/Session.swift
git commit -q -a -m 'Keep the token'
printf '[service "vendor"]\nkind = openai\n' >../first.conf
referee --config ../first.conf run --service offline >../first.out
cd ..

# Runs what follows with its largest memory, in kilobytes, in $1.kb. It takes
# as long as the test may, and no longer.
measured()
{
	python3 - "$@" <<'PY'
import resource, subprocess, sys
try:
    code = subprocess.run(sys.argv[2:], timeout=100).returncode
except subprocess.TimeoutExpired:
    code = 124
with open(sys.argv[1] + ".kb", "w") as out:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=out)
sys.exit(code)
PY
}

# asks NAME KIND URL PLAY [SETTING]...: a run that asks that service, beside
# the others, for up to $timeout; NAME.out, NAME.err, NAME.code and NAME.kb are what came of it.
asks()
{
	name=$1 kind=$2 url=$3 play=$4
	shift 4
	{
		printf '[referee]\nservice = vendor\n'
		for setting; do echo "$setting"; done
		printf '[service "vendor"]\nkind = %s\nurl = %s\nkey = env:FAKE_KEY\n' \
			"$kind" "$url"
		printf 'timeout = %s\nmodel = %s\n' "$timeout" \
			"$(test "$kind" = anthropic && echo claude-opus-5-5 || echo gpt-6.1-sol)"
	} >"$name.conf"
	cp -R app "$name"
	(
		cd "$name" || exit
		{ bad_session; echo "// play:$play $name"; } >ios/Session.swift
		git commit -q -a -m "Play $play"
		measured "../$name" referee --verbose --config "../$name.conf" run \
			>"../$name.out" 2>"../$name.err"
		echo $? >"../$name.code"
	) &
	started="$started $!"
}

plain=http://127.0.0.1:$ai_port
secure=https://127.0.0.1:$ai_tls_port
started="" timeout=60s
asks self-signed anthropic "$secure" answer
asks trusted anthropic "$secure" answer "ca_file = $work/ours.pem"
asks nofile openai "$secure/v1" answer "ca_file = $work/nowhere.pem"
asks untrusted openai "$secure/v1" answer "ca_file = $work/other.pem"
asks no-tls openai "https://127.0.0.1:$ai_port/v1" answer
asks no-host openai http://no-such-host.invalid/v1 answer
asks nobody anthropic http://127.0.0.1:1 answer
timeout=2s
asks drip anthropic "$plain" drip
asks dribble openai "$plain/v1" dribble
asks hang openai "$plain/v1" hang
for pid in $started; do wait "$pid"; done
started="" timeout=60s
asks endless anthropic "$plain" endless
asks endless-json openai "$plain/v1" endless
asks huge openai "$plain/v1" huge
asks cut anthropic "$plain" cut
asks redirect anthropic "$plain" redirect
asks web-page openai "$plain/v2" teapot
asks zero openai "$plain/v1" usage-zero
asks negative openai "$plain/v1" usage-negative
asks missing openai "$plain/v1" usage-missing
for pid in $started; do wait "$pid"; done

# fails NAME TEXT: exit status 3, and a line that names the service and TEXT.
fails()
{
	cat "$1.out"
	echo "exit $(cat "$1.code")" && test "$(cat "$1.code")" = 3 &&
		grep -qF "review: failed - vendor: " "$1.out" &&
		grep -qF "$2" "$1.out" &&
		! grep -qi "pass" "$1.out" &&
		git -C "$1" notes --ref=referee show HEAD >note &&
		grep -qF "review failed " note && ! grep -qi "pass" note
}

ok 'a certificate nobody vouches for' fails self-signed 'see `url`, and `ca_file`'
ok 'with ca_file the same one will do' test "$(cat trusted.code)" = 0
ok 'one that cannot be read is named' fails nofile 'see `url`, and `ca_file`'
ok 'but no other one' fails untrusted 'see `url`, and `ca_file`'
ok 'no TLS at all' fails no-tls "127.0.0.1:$ai_port; see"
ok 'a name that cannot be resolved' fails no-host 'no-such-host.invalid; see `url`, `proxy` and the network'
ok 'nobody listening' fails nobody '127.0.0.1:1; see `url`, `proxy` and the network'
ok 'what was never sent costs nothing' grep -qF 'for $0.0000' no-host.out
ok 'events that drip' fails drip 'see `timeout`'
ok 'a document that drips' fails dribble 'see `timeout`'
ok 'no reply at all' fails hang 'see `timeout`'
ok 'and what it may have cost is counted' grep -q 'for about \$[0-9.]*[1-9]' hang.out
ok 'events without an end' fails endless 'over 16777216 bytes'
ok 'a document without an end' fails endless-json 'over 16777216 bytes'
ok 'a huge reply' fails huge 'over 16777216 bytes'
ok 'a reply that breaks off' fails cut 'broke off in the middle'
ok 'a redirect, and where it leads' fails redirect '/v1/messages'
ok 'an address where something else is' fails web-page 'no such path'

# A reply is kept once, as it comes, and again when it is read.
ok 'memory stays within bounds' sh -c 'for f in *.kb; do echo "$f $(cat "$f")"; done |
	awk "{ print } \$2 > 600000 || !\$2 { bad = 1 } END { exit bad || NR < 18 }"'

# costs NAME PATTERN: an answer, and what is said of its cost.
costs()
{
	cat "$1.out"
	test "$(cat "$1.code")" = 0 && grep -q "$2" "$1.out"
}
ok 'a usage of zero costs nothing' costs zero 'for \$0\.0000\.'
ok 'a negative one what it may have cost' costs negative 'for about \$[0-9.]*[1-9]'
ok 'one that is missing, too' costs missing 'for about \$[0-9.]*[1-9]'

everything()
{
	cat ./*.out ./*.err
	find . -path '*/.git/referee/*' -type f -exec cat {} +
	for dir in */.git; do
		git -C "$dir" cat-file --batch --batch-all-objects --buffer
	done
}
everything >written
ok 'there is something to look through' grep -aq 'vendor: request 1 of' written
ok 'no key is in anything of it' sh -c "! grep -aqF '$AI_KEY' written"
stop_ai
finish
