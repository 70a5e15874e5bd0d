#!/bin/sh
# The company's workflows and agents count in a clone too, where the
# configuration names a control repository.
. "$SRCDIR/tests/lib/tap.sh"

GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.org
export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL

workflow()
{
	printf 'name: %s\ntrigger:\n  event: pull_request\nagents:\n  - %s\n' "$1" "$2"
}

git init -q -b main company && cd company && mkdir workflows agents || exit 99
workflow 'Company review' house-agent >workflows/review.yml
workflow 'Company security' security-agent >workflows/security.yml
printf -- '---\nname: house-agent\ntype: CodeReviewAgent\nanswer: findings\n---\nReview it.\n' >agents/house-agent.md
git add . && git commit -q -m rules && cd ..

git init -q -b main work && cd work && mkdir -p .referee/workflows || exit 99
workflow 'Own security' lint-agent >.referee/workflows/security.yml
echo 'class A {}' >A.swift
git add . && git commit -q -m start
git switch -q -c topic && echo 'let b = try! f()' >>A.swift && git commit -q -a -m change
printf '[control]\nremote = %s/company\n' "$work" >../c.conf


ok 'plan reads the company' sh -c 'referee --config ../c.conf plan --format json >../plan.json 2>../err'
ok 'its workflow is there' grep -q '"workflow":[[:space:]]*"review"' ../plan.json
ok 'with its agent' grep -q '"agent":[[:space:]]*"house-agent"' ../plan.json
ok "the project's replaces the company's of the same id" \
	test "$(grep -c '"agent":[[:space:]]*"security-agent"' ../plan.json)" = 0
ok 'pr-review is not built in any more' test "$(grep -c pr-review ../plan.json)" = 0

ok 'run runs it' sh -c 'referee --config ../c.conf run --format json >../run.json 2>../err'
ok 'the record has its agent' git grep -q house-agent refs/referee/runs
ok 'backtest counts it' sh -c \
	'referee --config ../c.conf backtest --since 2020-01-01 --format json | grep -q "\"workflow\":[[:space:]]*\"review\""'
ok 'check says what is replaced, and is fine' sh -c 'referee --config ../c.conf check 2>../err'
echo ".referee/workflows/security.yml:1:1: warning: replaces the company's workflow 'security'" >../expected
ok 'with its place' diff -u ../expected ../err
ok 'without the configuration there is no company' sh -c \
	'referee plan --format json | grep -c "\"workflow\":[[:space:]]*\"review\"" | grep -qx 0'

mv ../company ../gone
ok 'what was fetched last counts' sh -c \
	'referee --config ../c.conf plan --format json 2>../err | grep -q "\"workflow\":[[:space:]]*\"review\""'
ok 'and that is said' grep -q 'control repository: .*last time' ../err
rm -rf .git/referee/company.git
ok 'of one that was never reached nothing counts' sh -c \
	'referee --config ../c.conf plan --format json 2>../err | grep -c "\"workflow\":[[:space:]]*\"review\"" | grep -qx 0'

mv ../gone ../company && cd ../company || exit 99
echo 'nonsense: 1' >workflows/bad.yml && git add . && git commit -q -m bad && cd ../work || exit 99
ok "a mistake of the company's is told" exits 2 sh -c 'referee --config ../c.conf check 2>../err'
ok 'with its place in the control repository' grep -q '^workflows/bad.yml:1:1: ' ../err
ok 'every object is sound' git fsck --full --strict
finish
