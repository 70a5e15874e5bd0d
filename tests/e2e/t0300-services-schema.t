#!/bin/sh
# What is sent is what the providers' own schemas allow, and the replies that we
# test with are what they would say. The schemas are not part of the source:
# REFEREE_SPECS names their folder, or it lies beside it.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/ai.sh"

specs=${REFEREE_SPECS:-$SRCDIR/../shared/specs}
if ! test -e "$specs/openai-subset.json"; then
	echo '1..0 # SKIP no schemas here'
	exit 0
fi
if ! python3 -W ignore -c 'import jsonschema, yaml' 2>err; then
	echo '1..0 # SKIP python3 has no jsonschema or yaml'
	exit 0
fi

judge()
{
	"$BUILDDIR/tests/lib/show_requests" "$1" |
		python3 -W ignore "$SRCDIR/tests/lib/judge_requests" "$2"
}

wrong()
{
	echo '{"method":"POST","path":"/chat/completions","body":{"model":1}}' |
		python3 -W ignore "$SRCDIR/tests/lib/judge_requests" \
			"$specs/openai-subset.json"
}

ok 'OpenAI would take every request' judge openai "$specs/openai-subset.json"
ok 'Anthropic would take every request' \
	judge anthropic "$specs/anthropic-messages-unofficial.yaml"
ok 'and the judge does find mistakes' exits 1 wrong

# replies KIND SPEC PATH WRONG...: of those recorded, all but the ones that are
# wrong on purpose are the provider's.
replies()
{
	kind=$1 spec=$2 path=$3
	shift 3
	printf '%s\n' "$@" >expected
	python3 -W ignore "$SRCDIR/tests/lib/judge_replies" "$specs/$spec" \
		"$path" "$SRCDIR/tests/data/$kind"/*.json >actual 2>why || return 1
	cat why
	diff -u expected actual
}

ok 'OpenAI could have sent what we test with' \
	replies openai openai-subset.json /chat/completions \
	error-as-text-inside-200 error-inside-200 new-finish-reason no-choices \
	rate-inside-200 usage-as-text usage-contradicts-itself
ok 'Anthropic could have, too' \
	replies anthropic anthropic-messages-unofficial.yaml /v1/messages \
	whole-array whole-error-inside-200 whole-without-usage whole-wrong-type

# said PLAY: what our stand-in says to that, as a recorded reply.
said()
{
	python3 - "http://127.0.0.1:$ai_port/v1/chat/completions" "$AI_KEY" "$1" <<'PY'
import json, sys, urllib.error, urllib.request as u
url, key, play = sys.argv[1:]
question = {"model": "gpt-6.1-sol", "messages": [
    {"role": "user", "content": "play:" + play}]}
try:
    reply = u.urlopen(u.Request(url, json.dumps(question).encode(),
                                {"authorization": "Bearer " + key}))
except urllib.error.HTTPError as error:
    reply = error
print(json.dumps({"status": reply.status, "body": json.load(reply)}))
PY
}

start_ai
said answer >answer.json
said finds >finds.json
said quota >quota.json
stop_ai
fits()
{
	python3 -W ignore "$SRCDIR/tests/lib/judge_replies" \
		"$specs/openai-subset.json" /chat/completions "$@" >actual &&
		test ! -s actual
}
ok 'and so could our stand-in' fits answer.json finds.json quota.json
finish
