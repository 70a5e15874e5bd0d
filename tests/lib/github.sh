# shellcheck shell=sh
# $head is for those who source this.
# shellcheck disable=SC2034
# A project on the fake GitHub, for the end-to-end tests. After mobile.sh.

token='token-of-referee-0123456789'
: "${work:?}" # of tap.sh

# start_github GIT_DIR: the fake serves the pulls of that repository.
start_github()
{
	mkfifo github.in github.out
	python3 "$SRCDIR/tests/fake/github_server.py" "$1" \
		"$work/exchanges.jsonl" "$work/state.json" \
		<github.in >github.out 2>github.err 8>&- &
	github_pid=$!
	exec 9>github.in
	read -r _ port <github.out
	api=http://127.0.0.1:$port
}

stop_github()
{
	exec 9>&-
	wait "$github_pid"
}

# hub WHAT JSON: what everybody else does there.
hub()
{
	python3 -IS "$SRCDIR/tests/lib/ask_fake" "$api/_/$1" "$2"
}

# show_pull NUMBER BRANCH [JSON]: the pull as the branch is in the clone app, a
# new one if there is none of that number.
show_pull()
{
	git -C app push -q -f origin "$2" "$2:refs/pull/$1/head" &&
		hub pull "{\"number\": $1, \"head_ref\": \"$2\"${3:+, $3}}" >/dev/null
}

# open_bad_pull NUMBER [JSON]: a new one from topic/NUMBER, with a finding in a
# file of its own.
open_bad_pull()
{
	git -C app switch -q -c "topic/$1" main &&
		bad_session >"app/ios/Session$1.swift" &&
		git -C app add . &&
		git -C app commit -q -m "Keep the token for $1" &&
		show_pull "$1" "topic/$1" "$2"
}

# open_judged_pull NUMBER: one of a new clone app, on a new GitHub: a result for
# $head is stored there and not delivered.
open_judged_pull()
{
	new_app app
	git -C app switch -q -c topic
	bad_session >app/ios/Session.swift
	git -C app commit -q -a -m 'Keep the token'
	git -C app update-ref "refs/pull/$1/head" HEAD
	head=$(git -C app rev-parse HEAD)
	(cd app && referee run >/dev/null 2>&1)
	start_github "$work/app"
	write_config
	hub pull "{\"number\": $1}" >/dev/null
}

# is_there EXPRESSION: about the forge as it is now, its parts are variables.
is_there()
{
	python3 - "$work/state.json" "$1" <<'EOF'
import json
import sys
state = json.load(open(sys.argv[1], encoding="utf-8"))
if not eval('(' + sys.argv[2] + ')', dict(state)):
    print(sys.argv[2], json.dumps(state, indent=1))
    sys.exit(1)
EOF
}

# asked REGEX: how many exchanges were so.
asked()
{
	python3 - "$work/exchanges.jsonl" "$1" <<'EOF'
import json
import re
import sys
with open(sys.argv[1], encoding="utf-8") as file:
    made = [json.loads(line) for line in file]
print(sum(bool(re.search(sys.argv[2], "%s %s %s" % (
    e["method"], e["path"], e["status"]))) for e in made))
EOF
}

# write_config: for the program under test.
write_config()
{
	mkdir -p "$work/state"
	cat >"$work/referee.conf" <<EOF
[referee]
state_dir = $work/state
[project "app"]
url = $work/app
forge = github
api = $api
repository = acme/app
token = $token
EOF
	chmod 600 "$work/referee.conf"
}

deliver()
{
	"$BUILDDIR/tests/lib/deliver_pull" "$work/referee.conf" "$work/app" "$@"
}

# judge_exchanges [FILE]: are they all as GitHub's own schema has it? Says so in
# a test, which is left out where the schema is not there (see t0720).
judge_exchanges()
{
	specs=${REFEREE_SPECS:-$SRCDIR/../shared/specs}
	if test -e "$specs/judge.py" && python3 -W ignore -c 'import jsonschema' 2>/dev/null; then
		grep -v '"/graphql"\|"status": 401' "${1:-exchanges.jsonl}" >judged.jsonl
		ok 'every exchange is as the schema has it' sh -c \
			"python3 -W ignore '$specs/judge.py' '$specs/github-api-subset.json' <judged.jsonl"
	else
		count=$((count + 1))
		echo "ok $count - every exchange is as the schema has it # SKIP no schemas here"
	fi
}
