#!/bin/sh
# What `--dry-run --format prompt` shows is what a server or a program gets, of
# every kind of service: byte for byte, redacted, with all headers but the key's.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/plant.sh"

mkfifo record.in record.out
python3 "$SRCDIR/tests/fake/record_server.py" "$work/requests.jsonl" <record.in >record.out &
server=$!
exec 9>record.in
read -r _ port <record.out
at=http://127.0.0.1:$port

cat >program <<'SH'
#!/bin/sh
# What it was called with, and what it was told.
echo "$0 $*" | sed 's/ $//' >"$0.words"
env >"$0.env"
cat >"$0.input"
exit 64
SH
chmod +x program
cp program agent
cat >template.json <<'JSON'
{"path": "/v2/review", "headers": {"Accept": "application/json", "X-Team": "mobile"},
 "key": {"header": "X-Vendor-Key", "prefix": "Token "},
 "body": {"model": "${model}", "input": "${prompt}", "limit": "${max_tokens}", "kind": "${kind}"},
 "error": "/error/message"}
JSON
key=planted-$(letters 24)
export SOME_KEY="$key"
cat >conf <<CONF
[service "claude"]
kind = anthropic
url = $at
key = env:SOME_KEY
[service "gpt"]
kind = openai
url = $at/v1
key = env:SOME_KEY
[service "vendor"]
kind = http
url = $at
key = env:SOME_KEY
request = $work/template.json
answer = /text
[service "tool"]
kind = command
command = $work/program --print now
[service "cloud"]
kind = cursor
url = $at
key = env:SOME_KEY
[service "cli"]
kind = cursor
command = $work/agent --force
key = env:SOME_KEY
CONF
REFEREE_CONFIG=$work/conf
export REFEREE_CONFIG

new_app app
cd app || exit 99
git remote add origin git@github.com:acme/wallet.git
cat >../one.yml <<'YML'
name: One
trigger: { event: manual }
agents: [code-review-agent]
YML
git switch -q -c feature
secret=$(token)
{
	bad_session
	printf '// \303\274 \342\202\254 "quoted" \\ %s\n' "$secret"
} >ios/Session.swift
git commit -q -a -m 'Keep the token'

shown()
{
	referee run --dry-run --format prompt --workflow ../one.yml --service "$1" >../shown 2>../err
}

# The run fails: nobody answers.
sent()
{
	rm -f ../requests.jsonl ../*.words ../*.input ../*.env
	referee run --workflow ../one.yml --service "$1" >../said 2>&1
	test -s "../$2" || { echo "nothing in $2"; cat ../said; return 1; }
}

# the_same: the last section of what was shown is the first request.
cat >../the_same.py <<'PY'
import json, sys
kind, name = sys.argv[1:3]
text = open("../shown", encoding="utf-8").read()
shown = text[text.rindex("---- request to %s\n" % name):].split("\n", 1)[1]
head, body = shown.split("\n\n", 1)
if kind == "http":
    got = json.loads(open("../requests.jsonl", encoding="utf-8").readline())
    line, *headers = head.split("\n")
    method, url = line.split(" ", 1)
    assert (method, url.split(sys.argv[3], 1)[-1]) == (got["method"], got["path"]), (line, got["path"])
    for header in headers:
        name, value = header.split(": ", 1)
        real = got["headers"][name.lower()]
        assert real == value.replace("(the key)", sys.argv[4]), (header, real)
    # What no service says: libcurl's own, and the key of those that show none.
    known = {header.split(":")[0].lower() for header in headers}
    own = {"host", "user-agent", "accept", "accept-encoding", "content-length", "connection"}
    rest = set(got["headers"]) - known - own
    assert not rest or not headers, rest
    got = got["body"]
else:
    assert head == open("../%s.words" % sys.argv[3]).read().rstrip("\n").replace("  ", " "), head
    got = open("../%s.input" % sys.argv[3], encoding="utf-8").read()
assert body.rstrip("\n") == got.rstrip("\n"), "shown %r\nsent  %r" % (body[-300:], got[-300:])
assert len(got) > 1000
PY
for name in claude gpt vendor cloud; do
	ok "$name: a request is shown" shown $name
	ok "$name: and one is sent" sent $name requests.jsonl
	ok "$name: it is the one that was shown" python3 ../the_same.py http $name "127.0.0.1:$port" "$key"
done
for pair in tool:program cli:agent; do
	name=${pair%:*} file=${pair#*:}
	ok "$name: a call is shown" shown "$name"
	ok "$name: and one is made" sent "$name" "$file.input"
	ok "$name: it is the one that was shown" python3 ../the_same.py child "$name" "$file"
	ok "$name: no key but its own is in its environment" sh -c "! grep -v '^CURSOR_API_KEY=' '../$file.env' | grep -F '$key'"
done
ok 'Cursor is told where the project is, and which commit' sh -c "referee run --dry-run --format prompt --workflow ../one.yml --service cloud |
	grep -qF '\"source\":{\"repository\":\"https://github.com/acme/wallet\",\"ref\":\"$(git rev-parse HEAD)\"}'"
for name in claude gpt vendor cloud tool cli; do
	shown $name
	ok "$name: neither the key nor the secret of the code is shown" sh -c "! grep -qF -e '$key' -e '$secret' ../shown ../err"
	ok "$name: the secret is a placeholder" grep -q 'redacted:' ../shown
done
git remote remove origin
shown cloud
ok 'a project that is nowhere is nothing for Cursor' grep -q 'the project is nowhere Cursor could see it' ../shown
exec 9>&-
wait "$server"
finish
