#!/bin/sh
# The first users' workflows run as they are, on a real change, without a key.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
seed=${REFEREE_SEED:-$SRCDIR/../../shared/seed-workflows}
test -d "$seed" || seed=$SRCDIR/../shared/seed-workflows
if ! test -d "$seed"; then
	echo '1..0 # SKIP no seed workflows here'
	exit 0
fi
seed=$(cd "$seed" && pwd)
unset ANTHROPIC_API_KEY OPENAI_API_KEY

new_app app
cd app || exit 99
git switch -q -c feature
bad_session >ios/Session.swift
git commit -q -a -m 'Keep the token'

ok 'they are read without a mistake' exits 0 referee check "$seed"/*.yml
ok 'pr-review runs with the default service' exits 0 sh -c "referee run --workflow '$seed/pr-review.yml' >../out.txt"
ok 'and finds what is wrong' grep -q 'ios/Session.swift:6' ../out.txt
ok 'code-review without keys fails and says so' exits 3 sh -c "referee run --workflow '$seed/code-review.yml' >../out.txt 2>&1"
ok 'never passes' sh -c '! grep -q "code-review: pass" ../out.txt && grep -q "^code-review: failed" ../out.txt'
ok 'with a service for all it runs' exits 0 sh -c "referee run --service offline --workflow '$seed/code-review.yml' >../out.txt"
ok 'test-generation is run without its trigger' sh -c "referee run --workflow '$seed/test-generation.yml' >../out.txt; grep -q '^test-generation: ' ../out.txt"
ok 'with its trigger, unknown coverage skips it' sh -c "git switch -q main && mkdir -p .referee/workflows && cp '$seed/test-generation.yml' .referee/workflows/ && git add . && git commit -qm wf && git switch -q feature && git rebase -q main && echo '// other content' >>ios/Session.swift && git commit -qam Other && referee run >../out.txt && grep -q '^test-generation: skipped' ../out.txt"
finish
