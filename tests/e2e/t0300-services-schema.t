#!/bin/sh
# What is sent is what the providers' own schemas allow. The schemas are not
# part of the source: REFEREE_SPECS names their folder, or it lies beside it.
. "$SRCDIR/tests/lib/tap.sh"

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
finish
