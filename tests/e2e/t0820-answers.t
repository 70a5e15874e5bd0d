#!/bin/sh
# What services answer and when they do not: a run never passes because nothing could be read.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

has()
{
	grep -qF -- "$1" "$2" || { echo "no '$1' in:"; cut -c1-300 "$2"; return 1; }
}

new_app app
cd app || exit 99
mkdir -p .referee/workflows .referee/agents
for name in one two tail; do
	cat >.referee/agents/$name.md <<EOF2
---
name: $name
answer: findings
context: [change, results]
cache: 0s
---
Look.
EOF2
done
workflow()
{
	printf 'name: W\ntrigger: { event: manual }\n%s\n' "$1" >"$work/w.yml"
}
git add -A && git commit -q -m 'Agents'
git switch -q -c feature
bad_session >ios/Session.swift
git commit -q -a -m 'Keep the token'

# Answers what is in the agent's file; the n-th time of what is in its n-th, if there is one. Asks are kept.
mkdir "$work/answers" "$work/asked"
cat >"$work/service" <<EOF2
#!/bin/sh
n=\$(ls "$work/asked" | grep -c "^\$REFEREE_AGENT\\.")
cat >"$work/asked/\$REFEREE_AGENT.\$n"
test -f "$work/answers/\$REFEREE_AGENT.wait" && sleep 30
f="$work/answers/\$REFEREE_AGENT.\$n"
test -f "\$f" || f="$work/answers/\$REFEREE_AGENT"
test -f "\$f" || exit 1
cat "\$f"
EOF2
chmod +x "$work/service"
cat >"$work/conf" <<EOF2
[service "fake"]
kind = command
command = $work/service
timeout = 20s
EOF2

# judge: a fresh run of w.yml; its outcome is in $work/out, its record in $work/run.json.
judge()
{
	rm -f "$work"/asked/* .git/referee/services.json # and no breaker is open
	git update-ref -d refs/referee/runs
	referee --config "$work/conf" run --workflow "$work/w.yml" --service fake "$@" >"$work/out" 2>&1
	echo $? >"$work/status"
}
none='{"findings": [], "summary": "Nothing."}'
finding()
{
	printf '{"path": "%s", "line": %s, "quote": "%s", "severity": "%s", "category": "security", "title": "%s", "body": "b", "suggestion": %s}' \
		"${1:-ios/Session.swift}" "${2:-6}" "${3:-UserDefaults.standard.set}" "${4:-major}" "${5:-Token in UserDefaults}" "${6:-null}"
}
answer()
{
	printf '%s' "$2" >"$work/answers/$1"
}

workflow 'agents: [one]'
# A line each: what the answer is; the answer. Every one is bad, also the second time.
while IFS='|' read -r what text; do
	answer one "$text"
	judge
	ok "$what: the run has failed" has 'w: failed' "$work/out"
	ok "$what: it was asked for once more" test "$(ls "$work/asked" | wc -l)" = 2
	ok "$what: exit 3" test "$(cat "$work/status")" = 3
done <<'EOF2'
cut off|{"findings": [{"path": "ios/Ses
not JSON|I found no issues.
of another shape|["findings"]
a text for a list|{"findings": "none"}
without findings|{"summary": "All good."}
null findings|{"findings": null, "summary": "All good."}
a number for a path|{"findings": [{"path": 7, "line": 1, "severity": "major", "category": "c", "title": "t", "body": "b"}], "summary": "s"}
an unknown severity|{"findings": [{"path": "a", "line": 1, "severity": "bad", "category": "c", "title": "t", "body": "b"}], "summary": "s"}
a negative line|{"findings": [{"path": "a", "line": -4, "severity": "major", "category": "c", "title": "t", "body": "b"}], "summary": "s"}
two documents|{"findings": []} {"findings": []}
a repeated name|{"findings": [], "findings": []}
EOF2

: >"$work/answers/one"
judge
ok 'empty: the run has failed' has 'w: failed' "$work/out"

mv "$work/service" "$work/gone"
judge
ok 'no such program: the run has failed' has 'w: failed' "$work/out"
ok 'no such program: exit 3' test "$(cat "$work/status")" = 3
mv "$work/gone" "$work/service"

head -c 10485760 /dev/zero | tr '\0' 'x' >"$work/answers/one"
judge
ok '10 MB: the run has failed' has 'w: failed' "$work/out"

answer one "{\"findings\": [$(finding ios/Nowhere.swift), $(finding ../../etc/passwd)], \"summary\": \"s\"}"
judge
ok 'findings outside of the change are dropped and counted' has 'one: 2 of its findings or files could not be used' "$work/out"

answer one "{\"findings\": [$(finding '' 999 'no such code')], \"summary\": \"s\"}"
judge
ok 'a finding whose quote is nowhere has no line' has 'ios/Session.swift  Token' "$work/out"

answer one "{\"findings\": [$(finding '' 2 '' '' 'Red \u001b[31mand\u0007 bell')], \"summary\": \"s\"}"
judge
ok 'control characters are gone' sh -c "! grep -q \"\$(printf '\033')\" '$work/out'"
ok 'a wrong line is mended by the quote' has 'ios/Session.swift:6' "$work/out"

# Repair.
answer one.0 'not yet'
answer one "$none"
judge
ok 'an answer that was mended counts' has 'w: pass' "$work/out"
rm "$work/answers/one.0"

# Suggestions.
for pair in 'breaks brackets|"if token {"' 'changes nothing|"        UserDefaults.standard.set(token, forKey: \"access_token\")"' 'touches what was redacted|"[redacted:email:1]"'; do
	answer one "{\"findings\": [$(finding '' '' '' '' '' "${pair#*|}")], \"summary\": \"s\"}"
	judge --format json
	ok "a suggestion that ${pair%%|*} is dropped" sh -c "python3 -c 'import json,sys; f=json.load(open(sys.argv[1]))[\"findings\"]; assert len(f)==1 and not f[0].get(\"suggestion\"), f' '$work/out'"
done
answer one "{\"findings\": [$(finding '' '' '' '' '' '"        keychain.set(token)"')], \"summary\": \"s\"}"
judge --format json
ok 'a good suggestion stays' has 'keychain.set(token)' "$work/out"

# Several agents.
workflow 'agents: [one, two]
execution: parallel'
answer one "{\"findings\": [$(finding)], \"summary\": \"s\"}"
answer two "{\"findings\": [$(finding '' '' '' critical 'Token kept in UserDefaults')], \"summary\": \"s\"}"
judge
ok 'what two agents say is one finding' has 'attention - 1 critical' "$work/out"
ok 'it names both' has 'one and two' "$work/out"

answer two 'bad'
judge
ok 'one that failed: the run has' has 'w: failed' "$work/out"
ok 'what the other found is kept' has 'Token in UserDefaults' "$work/out"

workflow 'agents: [one, { name: two, optional: true }]'
judge
ok 'an optional one may fail' has 'w: attention' "$work/out"
ok 'and is told' has 'two skipped: ' "$work/out"

workflow 'phases:
  - { name: first, agents: [two] }
  - { name: second, agents: [one], depends_on: [first] }'
judge
ok 'nothing follows what failed' has 'one skipped: two failed before' "$work/out"
ok 'so it is not asked' test ! -e "$work/asked/one.0"

answer two "{\"findings\": [$(finding '' '' '' minor 'A matter of two')], \"summary\": \"Said by two.\"}"
judge
ok 'results of a phase reach the next' has 'A matter of two' "$work/asked/one.0"
ok 'fenced as data' has '<<<DATA' "$work/asked/one.0"

workflow 'agents: [one, two, tail]
execution: sequential'
answer tail "$none"
judge
ok 'the last one sees the results of all before' sh -c "grep -q 'Said by two' '$work/asked/tail.0' && grep -q 'Token in UserDefaults' '$work/asked/tail.0'"

# All services fail; offline stands in, and it is said.
rm "$work/answers/one"
workflow 'agents: [code-review-agent]'
judge
ok 'with offline as a stand-in the run is degraded' has 'w: failed (degraded)' "$work/out"
ok 'its findings are there' has 'ios/Session.swift:6' "$work/out"
workflow 'agents: [code-review-agent]
fallback:
  - { if: fake.fails, continue: false }'
judge
ok 'continue: false ends the run' sh -c "grep 'w: failed' '$work/out' | grep -vq degraded"

# Time.
answer one "$none"
: >"$work/answers/one.wait"
workflow 'agents: [{ name: one, timeout: 1s }]
fallback:
  - { if: fake.fails, continue: false }'
judge
ok 'a task has its time' has 'w: failed' "$work/out"
workflow 'agents: [one]
timeout: 1s'
judge
ok 'a run has its time' has 'not done within 1 s' "$work/out"
finish
