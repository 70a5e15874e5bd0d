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

open_judged_pull 7
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
