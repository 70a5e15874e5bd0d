#!/bin/sh
# Both protocols against a stand-in that others wrote, which also breaks on
# request. HACKING.md says how to get it; REFEREE_AIMOCK names the folder.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/ai.sh"

cli=${REFEREE_AIMOCK:-/nonexistent}/node_modules/@copilotkit/aimock/dist/cli.js
if ! test -f "$cli"; then
	echo '1..0 # SKIP no REFEREE_AIMOCK: the folder of npm install @copilotkit/aimock'
	exit 0
fi
if ! command -v node >/dev/null; then
	echo '1..0 # SKIP no node'
	exit 0
fi

# The replies, by a word in the prompt.
python3 - <<'PY' >fixtures.json
import json
USAGE = {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050}
FINDING = {"summary": "One matter.", "findings": [{
    "path": "ios/Session.swift", "line": 6, "severity": "major",
    "quote": 'UserDefaults.standard.set(token, forKey: "access_token")',
    "category": "security", "title": "Token in a backup",
    "body": "Keep it in the Keychain.", "confidence": 0.9}]}
all = []


def add(match, response):
    all.append({"match": match, "response": response})


def error(status, kind, **others):
    return {"error": {"message": kind, "type": kind, "code": kind},
            "status": status, **others}


for kind in "anthropic", "openai":
    word = f"aim:flaky-{kind}"
    add({"userMessage": word, "sequenceIndex": 0},
        error(529, "overloaded_error"))
    add({"userMessage": word, "sequenceIndex": 1},
        error(429, "rate_limit_error", retryAfter=1))
add({"userMessage": "aim:quota"}, error(429, "insufficient_quota"))
add({"userMessage": "aim:down"}, error(529, "overloaded_error"))
add({"userMessage": "aim:cut"}, {"content": "{}", "usage": USAGE,
                                 "finishReason": "length"})
add({"userMessage": "aim:prose"}, {"content": "Looks fine!", "usage": USAGE})
add({}, {"content": json.dumps(FINDING), "usage": USAGE})
print(json.dumps({"fixtures": all}))
PY

AIMOCK_API_KEYS=$AI_KEY node "$cli" -p 0 -f fixtures.json --log-level info >mock.log 2>&1 &
mock=$!
trap 'kill "$mock"; test "$failed" = 0 && rm -rf "$work"' EXIT
until_true grep -q listening mock.log || { echo 'Bail out! aimock does not start'; exit 99; }
root=$(grep -o 'http://127.0.0.1:[0-9]*' mock.log | head -n 1)

# tell METHOD PATH [BODY]: what it says.
tell()
{
	python3 - "$root/__aimock/$2" "$1" "${3-}" "$AI_KEY" <<'PY'
import sys, urllib.request as u
url, method, body, key = sys.argv[1:]
print(u.urlopen(u.Request(url, body.encode() or None, {
    "authorization": "Bearer " + key}, method=method)).read().decode())
PY
}

# How many questions were asked since it was reset.
asked()
{
	tell GET 'journal?limit=100' | python3 -c 'import json, sys
print(sum(e["method"] == "POST" and e["path"].startswith("/v1/")
          for e in json.load(sys.stdin)))'
}

export FAKE_KEY=$AI_KEY BAD_KEY=sk-planted-not-this-one
# conf KIND KEY
conf()
{
	test "$1" = anthropic && url=$root model=claude-opus-5-5 ||
		url=$root/v1 model=gpt-6.1-sol
	printf '[referee]\nservice = vendor\n[service "vendor"]\nkind = %s\n' "$1"
	printf 'url = %s\nmodel = %s\nkey = env:%s\ntimeout = 30s\n' \
		"$url" "$model" "$2"
}

new_vendor_app app
cd app || exit 99

# ends KIND WORD CODE REQUESTS TEXT [KEY]: a run of a change with that word in
# it, how it ends, after how many requests, and what it says. What is known of
# the service is forgotten first.
ends()
{
	rm -f .git/referee/services.json
	{ bad_session; echo "// aim:$2 $1 $6"; } >ios/Session.swift
	git commit -q -a -m "Play $2"
	conf "$1" "${6:-FAKE_KEY}" >../conf
	tell POST reset/journal >../reset
	timeout 60 referee --config ../conf run >../out 2>../err
	code=$?
	cat ../out ../err
	echo "exit $code after $(asked)"
	test $code = "$3" && test "$(asked)" = "$4" && grep -qF -- "$5" ../out
}

# breaks KIND CHAOS CODE REQUESTS TEXT: the same with that broken.
breaks()
{
	tell POST chaos "{\"$2\":1}"
	ends "$1" "$2" "$3" "$4" "$5" ''
	ended=$?
	tell DELETE chaos
	return $ended
}

for kind in anthropic openai; do
	test $kind = anthropic && cost=0.0050 refused=authentication_error ||
		cost=0.0025 refused=invalid_api_key
	ok "$kind: an answer" ends $kind answer 0 1 'review: attention - 1 major' ''
	ok "$kind: what it cost" grep -qF "for \$$cost." ../out
	ok "$kind: overloaded, then a rate limit, then an answer" \
		ends $kind flaky-$kind 0 3 'review: attention - 1 major' ''
	ok "$kind: no money is asked once" \
		ends $kind quota 3 1 'vendor: insufficient_quota' ''
	ok "$kind: down" ends $kind down 3 3 'vendor: overloaded_error' ''
	ok "$kind: an answer that was cut is none" \
		ends $kind cut 3 1 'vendor: the answer was cut at' ''
	ok "$kind: prose is repaired" \
		ends $kind prose 0 2 'review: attention - 1 major' ''
	# It does not count what it refuses.
	ok "$kind: a refused key" \
		ends $kind key 3 0 'vendor: '$refused': Invalid API key' BAD_KEY
	ok "$kind: malformed" breaks $kind malformedRate 3 3 'not JSON'
	ok "$kind: dropped" breaks $kind dropRate 3 3 'request dropped'
	ok "$kind: disconnected" breaks $kind disconnectRate 3 3 'vendor: '
done

everything()
{
	cat ../out ../err
	find .git/referee -type f -exec cat {} +
	git cat-file --batch --batch-all-objects --buffer
}
everything >../written
ok 'no key is in anything of it' \
	sh -c "grep -aq vendor ../written && ! grep -aqF sk-planted ../written"
finish
