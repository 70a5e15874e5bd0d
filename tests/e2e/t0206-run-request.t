#!/bin/sh
# What a dry run and `plan` say: the very request, never a key; who asks nobody
# and why; and agents of one platform.
. "$SRCDIR/tests/lib/tap.sh"

GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.org
export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL

git init -q -b main work && cd work && mkdir -p .referee/workflows .referee/agents || exit 99
for i in ios android; do
	printf -- '---\nname: %s-agent\ntype: LintAgent\nanswer: findings\nplatforms: [%s]\n---\nReview it.\n' $i $i \
		>.referee/agents/$i-agent.md
done
cat >.referee/workflows/w.yml <<'EOF'
name: W
trigger: { event: pull_request }
agents: [ios-agent, android-agent, test-runner]
EOF
cat >.referee/workflows/droid.yml <<'EOF'
name: D
trigger: { event: pull_request }
agents: [android-agent]
EOF
echo 'class A {}' >A.swift && echo 'class B' >B.kt
git add . && git commit -q -m start && git switch -q -c topic
printf 'let b = try! f()\nlet token = "%s%s"\n' ghp_ 0123456789abcdefghijklmnopqrstuvwxyz >>A.swift
git commit -q -a -m change

cat >../c.conf <<'EOF'
[service "claude-api"]
kind = anthropic
key = env:MY_KEY
[service "gpt"]
kind = openai
key = env:MY_KEY
[service "tool"]
kind = command
command = /bin/cat -
EOF
MY_KEY=sk-very-secret-key
export MY_KEY

# prompt SERVICE
prompt()
{
	referee --config ../c.conf run --dry-run --format prompt --workflow w --service "$1" >../prompt 2>../err
}

ok 'a request to Anthropic is shown' prompt claude-api
ok 'where it goes' grep -q '^POST https://api.anthropic.com/v1/messages$' ../prompt
ok 'with the header of the key, and not the key' grep -q '^x-api-key: (the key)$' ../prompt
ok 'which is nowhere' sh -c '! grep -q very-secret ../prompt ../err'
grep '^{.*"messages"' ../prompt >../body.json
ok 'the body is JSON that names the model' sh -c \
	'python3 -c "import json; d = json.load(open(\"../body.json\")); assert d[\"model\"] and d[\"max_tokens\"] and d[\"messages\"]"'
ok 'the secret in the code is a placeholder' grep -q 'redacted:' ../body.json
ok 'in all of it' sh -c '! grep -q 0123456789abcdefghij ../prompt'
ok 'a request to OpenAI is shown' prompt gpt
ok 'with its own header' grep -q -i '^authorization: Bearer (the key)$' ../prompt
ok 'a program is shown' prompt tool
ok 'as it is called' grep -q '^/bin/cat -$' ../prompt
ok 'offline sends nothing' prompt offline
ok 'and says so' grep -q 'nothing is sent' ../prompt
unset MY_KEY
ok 'without a key it is shown too' prompt claude-api
ok 'and that it would not be sent' grep -q 'there is no key' ../prompt

ok 'an agent of the other platform is not asked' grep -q \
	'^==== w, android-agent: asks nobody: the change touches nothing of android$' ../prompt
ok 'nor is anybody for running tests' grep -q '^==== w, test-runner: asks nobody: it runs' ../prompt
referee run --dry-run >../planned
ok 'a dry run says it' grep -q '^  android-agent asks nobody: .*android' ../planned
referee plan >../plan
ok 'plan says who asks nobody' grep -q '^    test-runner, asks nobody: it runs the configured tests' ../plan
ok 'and of which platform nothing changed' grep -q 'android-agent, asks nobody: the change touches nothing of android' ../plan
ok 'nobody is said to fail' sh -c '! grep -q "it would fail" ../plan'
referee plan --format json >../plan.json
ok 'the JSON has it' sh -c "python3 -c '
import json
d = json.load(open(\"../plan.json\"))
w = [x for x in d[\"workflows\"] if x[\"workflow\"] == \"w\"][0]
t = {x[\"agent\"]: x for x in w[\"tasks\"]}
assert t[\"ios-agent\"][\"services\"] and \"asks_nobody\" not in t[\"ios-agent\"]
assert \"services\" not in t[\"test-runner\"] and t[\"test-runner\"][\"asks_nobody\"]
assert t[\"android-agent\"][\"asks_nobody\"]
'"

referee run --format json >../run.json
ok 'run records why it was skipped' sh -c "python3 -c '
import json
d = json.load(open(\"../run.json\"))
r = {x[\"workflow\"]: x for x in d[\"runs\"]}
assert r[\"w\"][\"verdict\"] in (\"attention\", \"pass\"), r
assert r[\"droid\"][\"verdict\"] == \"skipped\", r
assert \"android\" in r[\"droid\"][\"reason\"], r
'"
git show refs/referee/runs >/dev/null 2>&1
git grep -h 'touches nothing of android' refs/referee/runs >../why
ok 'in the record' test -s ../why
echo 'val c = 1' >>B.kt && git commit -q -a -m kotlin
referee run --format json >../run2.json
ok 'with its platform touched it is asked' sh -c '! grep -q "touches nothing" ../run2.json'
ok 'every object is sound' git fsck --full --strict
finish
