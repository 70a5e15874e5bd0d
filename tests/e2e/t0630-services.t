#!/bin/sh
# Services that misbehave, from the command line: who answers instead, how that
# is shown, and that nothing takes longer than it may.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/ai.sh"

says_line()
{
	grep -qF -- "$1" "$2" || { echo "no '$1' in:"; cat "$2"; return 1; }
}

start_ai
export FAKE_KEY=$AI_KEY
export BAD_KEY=sk-planted-not-this-one

# section NAME KIND URL KEY
section()
{
	printf '[service "%s"]\nkind = %s\nurl = %s\nkey = env:%s\ntimeout = 2s\n' "$@"
	test "$2" = anthropic && echo 'model = claude-3-opus' ||
		echo 'model = gpt-6.1-sol'
}

{
	printf '[referee]\nservice = first\n'
	section first openai "http://127.0.0.1:$ai_port/v1" BAD_KEY
	section second anthropic "http://127.0.0.1:$ai_port" FAKE_KEY
	section third openai "http://127.0.0.1:$ai_port/v1" FAKE_KEY
	section tls openai "https://127.0.0.1:$ai_port/v1" FAKE_KEY
	section dns openai "http://no-such-host.invalid/v1" FAKE_KEY
} >conf
REFEREE_CONFIG=$work/conf
export REFEREE_CONFIG
new_app app
cd app || exit 99
mkdir -p .referee/workflows
cat >.referee/workflows/review.yml <<'YML'
name: Review
trigger:
  event: pull_request
agents:
  - name: code-review-agent
  - name: security-agent
fallback:
  - if: first.fails
    use: second
  - if: second.fails
    use: third
YML
cat >.referee/workflows/strict.yml <<'YML'
name: Strict
trigger:
  event: manual
agents:
  - name: code-review-agent
fallback:
  - if: first.fails
    continue: false
YML
cat >.referee/workflows/single.yml <<'YML'
name: Single
trigger:
  event: manual
agents:
  - name: code-review-agent
fallback:
  - if: first.fails
    use: second
  - if: second.fails
    use: third
YML
git add . && git commit -q -m 'Workflows'
git switch -q -c feature

play finds
ok 'the second service answers for the first' exits 0 sh -c 'referee run >../out.txt 2>../err.txt'
ok 'the findings count in full' says_line 'review: attention - 1 major' ../out.txt
ok 'who stood in is shown' sh -c 'grep -q "second.* instead of first (first: .*invalid key" ../out.txt'
ok 'and why, in the note too' sh -c 'git notes --ref=referee show HEAD | grep -q "second.* instead of first (first: .*invalid key"'
ok 'and in Markdown' sh -c 'referee show --format markdown | grep -q "second.*first (first: .*invalid key"'
ok 'the record has every attempt' sh -c 'git ls-tree -r --name-only refs/referee/runs | grep run.json | while read -r f; do git show "refs/referee/runs:$f"; done | tee ../records | grep -q "\"instead_of\":.*\"first\""'
ok 'and which retired model was meant' grep -q '"mapped_from":.*"claude-3-opus"' ../records

before=$(ai_count answered)
play overloaded
ok 'when all are overloaded, offline stands in' exits 3 sh -c 'timeout 50 referee run --workflow single >../out.txt 2>../err.txt'
ok 'and that is shown' says_line 'single: failed (degraded)' ../out.txt
# The first one, with its wrong key, is asked once.
ok 'each other was asked three times at most' test "$(ai_count overloaded)" -le 7
ok 'nothing was answered' test "$(ai_count answered)" = "$before"

play answer strict
ok 'continue: false ends the run' exits 3 sh -c 'referee run --workflow strict >../out.txt'
ok 'without a stand-in' sh -c 'grep -q "^strict: failed - " ../out.txt && ! grep -q degraded ../out.txt'

# fails SERVICE: a failure, soon, with offline findings. What is known of the
# services is forgotten first, so that no breaker is open.
fails()
{
	rm -f .git/referee/services.json
	timeout 50 referee run --workflow single --service "$1" >../out.txt 2>../err.txt
	test $? -eq 3 && says_line 'single: failed (degraded)' ../out.txt
}

# Some of what a service can do wrong; the rest is for the unit tests.
for name in close cut quota stall; do
	play $name alone
	ok "$name is no answer" fails second
done
play teapot alone
ok 'what another service would refuse too is asked of none' exits 3 sh -c 'referee run --workflow single --service second >../out.txt'
ok 'and the reply is shown as what it is' says_line 'HTTP 418 with a web page' ../out.txt
play huge alone
ok 'huge is no answer' fails third
play answer alone
ok 'no TLS' fails tls
ok 'no such host' fails dns
stop_ai
finish
