#!/bin/sh
# What is said to GitHub, and what the fake one answers, is what GitHub's own
# schema allows. It is not part of the source: REFEREE_SPECS names its folder,
# or it lies beside it.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/github.sh"

specs=${REFEREE_SPECS:-$SRCDIR/../shared/specs}
if ! test -e "$specs/judge.py"; then
	echo '1..0 # SKIP no schemas here'
	exit 0
fi
if ! python3 -W ignore -c 'import jsonschema' 2>err; then
	echo '1..0 # SKIP python3 has no jsonschema'
	exit 0
fi

new_app app
cd app || exit 99
git switch -q -c topic
bad_session >ios/Session.swift
git commit -q -a -m 'Keep the token'
git update-ref refs/pull/7/head HEAD
head=$(git rev-parse HEAD)
referee run >/dev/null 2>&1
cd ..
start_github "$work/app"
write_config
hub pull '{"number": 7}' >/dev/null
hub review '{"pull": 7}' >/dev/null
deliver 7 "$head" >out.txt 2>&1
hub comment '{"pull": 7, "body": "words"}' >/dev/null
git -C app update-ref -d refs/referee/pulls
deliver 7 "$head" >>out.txt 2>&1
deliver 9 "$head" >>out.txt 2>&1
stop_github

judge()
{
	grep -v '"/graphql"' "$1" |
		python3 -W ignore "$specs/judge.py" "$specs/github-api-subset.json"
}

wrong()
{
	echo '{"method":"POST","path":"/repos/acme/app/pulls/7/reviews","body":{"event":"MAYBE"}}' >bad
	judge bad
}

ok 'there was something to judge' test "$(wc -l <exchanges.jsonl)" -gt 10
ok 'every exchange is as the schema has it' judge exchanges.jsonl
ok 'and the judge does find mistakes' exits 1 wrong
finish
