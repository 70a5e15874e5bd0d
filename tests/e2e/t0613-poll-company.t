#!/bin/sh
# The company's workflows and agents hold for every project; a project's of the
# same id counts instead. A project may keep its own elsewhere.
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

git init -q -b main work && cd work || exit 99
mkdir -p ci/flows && workflow 'Own security' lint-agent >ci/flows/security.yml
echo 'class A {}' >A.swift
git add . && git commit -q -m start
git clone -q --bare . ../app.git
git switch -q -c topic/a && echo 'let b = try! f()' >>A.swift && git commit -q -a -m change
git push -q ../app.git topic/a
cd ..
cat >c.conf <<EOF
[referee]
state_dir = $work/state
[control]
remote = $work/company
[project "app"]
url = $work/app.git
forge = plain
pulls = topic/*
workflows = ci/flows
adopt = all
EOF

referee --config c.conf poll >out.txt 2>err.txt
echo $? >status
ok 'a poll with the company' grep -qx 0 status
ok "the company's workflow runs, with its agent" grep -q '^app topic/a review: ' out.txt
git -C app.git grep -h '"agent"' refs/referee/runs -- '*/security/*' >agents.txt
ok "the project's counts instead of the company's" grep -q lint-agent agents.txt
ok 'pr-review is not built in any more' test "$(grep -c pr-review out.txt)" = 0
ok 'every object is sound' git -C app.git fsck --full --strict

mv company gone
cd work && echo 'let c = try! g()' >>A.swift && git commit -q -a -m more && git push -q ../app.git topic/a && cd ..
ok 'without the control repository what is known counts' sh -c 'referee --config c.conf poll 2>err.txt | grep -q "^app topic/a review: "'
ok 'and that is said' grep -q 'control repository: .*last time' err.txt

git -C work push -q ../app.git topic/a:refs/referee/requests/security-audit/ada
ok 'a shipped workflow may be asked for' sh -c 'referee --config c.conf poll 2>/dev/null | grep -q "security-audit: "'
ok 'and the request is gone' test -z "$(git -C app.git for-each-ref refs/referee/requests)"

cd work && git switch -q main && echo 'nonsense: 1' >ci/flows/bad.yml && git add . && git commit -q -m bad && git push -q ../app.git main
git switch -q topic/a && echo 'let d = try! h()' >>A.swift && git commit -q -a -m again && git push -q ../app.git topic/a && cd ..
ok 'a mistake at the trusted ref keeps it from running' exits 4 sh -c 'referee --config c.conf poll >out.txt 2>err.txt'
ok 'is told with its place' grep -q 'ci/flows/bad.yml:1:1' err.txt
ok 'and nothing is judged' test "$(grep -c '^app topic/a' out.txt)" = 0
finish
