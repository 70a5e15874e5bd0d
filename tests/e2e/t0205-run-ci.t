#!/bin/sh
# `run --ci`: the change that a job of GitHub or GitLab is about, from its
# variables, with what they say of the pull.
. "$SRCDIR/tests/lib/tap.sh"

GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.org
export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL

unset CI_COMMIT_SHA GITHUB_SHA GITHUB_BASE_REF GITHUB_EVENT_NAME
git init -q -b main up && cd up && mkdir -p .referee/workflows || exit 99
cat >.referee/workflows/w.yml <<'EOF'
name: W
trigger:
  event: pull_request
  conditions:
    - branches: [main]
agents: [lint-agent]
EOF
cat >.referee/workflows/labelled.yml <<'EOF'
name: Labelled
trigger:
  event: pull_request
  conditions:
    - labels: [deep]
    - title: "^Pull"
    - authors: [grace]
    - draft: true
agents: [lint-agent]
EOF
echo 'class A {}' >A.swift
git add . && git commit -q -m start
git switch -q -c topic && echo 'let b = try! f()' >>A.swift && git commit -q -a -m change
git switch -q main && echo 'class Z {}' >Z.swift && git add . && git commit -q -m other
git switch -q --detach && git merge -q --no-edit topic && git branch merged && cd ..

base=$(git -C up rev-parse main) head=$(git -C up rev-parse topic) merge=$(git -C up rev-parse merged)

# clone NAME COMMIT: as a job has it, on no branch.
clone()
{
	git clone -q up "$1" && git -C "$1" checkout -q --detach "$2"
}

# shows VARIABLES... runs it and keeps base, head and workflows.
shows()
{
	env "$@" referee run --ci --format json >../out.json 2>../err
}

is()
{
	grep -q "\"$1\":[[:space:]]*\"$2\"" ../out.json
}

clone github origin/merged && cd github || exit 99
cat >../event.json <<EOF
{"pull_request": {"title": "Pull it", "body": "All.", "draft": true,
 "user": {"login": "grace"}, "labels": [{"name": "deep"}, {"name": "x"}],
 "base": {"sha": "$base"}, "head": {"sha": "$head"}}}
EOF
ok 'a pull on GitHub' shows GITHUB_SHA="$merge" GITHUB_BASE_REF=main GITHUB_EVENT_NAME=pull_request
ok 'is compared with its base' is base "$base"
ok 'up to its own head, not the merge' is head "$head"
ok 'its conditions know the base branch' is workflow w
ok 'and no label' test "$(grep -c labelled ../out.json)" = 0
ok 'the event tells of the pull' shows GITHUB_SHA="$merge" GITHUB_BASE_REF=main \
	GITHUB_EVENT_NAME=pull_request GITHUB_EVENT_PATH="$work/event.json"
ok 'which conditions look at' is workflow labelled
ok 'pull_request_target judges the pull, not its base' shows GITHUB_SHA="$base" GITHUB_BASE_REF=main \
	GITHUB_EVENT_NAME=pull_request_target GITHUB_EVENT_PATH="$work/event.json"
ok 'by the head that the event names' is head "$head"
ok 'an event that is no JSON is told' sh -c "echo '{' >../bad.json &&
	GITHUB_EVENT_PATH=../bad.json GITHUB_SHA=$merge GITHUB_BASE_REF=main referee run --ci 2>&1 >/dev/null | grep -q GITHUB_EVENT_PATH"
ok 'a push on GitHub' shows GITHUB_SHA="$head" GITHUB_EVENT_NAME=push GITHUB_REF_NAME=main
ok 'is the last commit' is base "$(git rev-parse "$head^")"
ok 'on its branch' is workflow w
printf '{"before": "%s"}' "$(git rev-parse "$merge^1^")" >../push.json
ok 'or what the event says' shows GITHUB_SHA="$merge" GITHUB_EVENT_NAME=push GITHUB_EVENT_PATH="$work/push.json"
ok 'all that was pushed' is base "$(git rev-parse "$merge^1^")"
ok 'without an event the merge of a target job is no head' exits 4 shows GITHUB_SHA="$base" \
	GITHUB_BASE_REF=main GITHUB_EVENT_NAME=pull_request_target
cd ..

git clone -q --depth 1 "file://$work/up" shallow && cd shallow || exit 99
ok 'a job that fetched too little ends with 4' exits 4 shows GITHUB_SHA="$merge" GITHUB_BASE_REF=main \
	GITHUB_EVENT_NAME=pull_request
ok 'and says what to do' grep -q 'fetch-depth: 0' ../err
cd ..

clone gitlab origin/topic && cd gitlab && git remote remove origin || exit 99
fork=$(git rev-parse "$head^")
ok 'a merge request on GitLab' shows CI_COMMIT_SHA="$head" CI_MERGE_REQUEST_DIFF_BASE_SHA="$fork" \
	CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_MERGE_REQUEST_TITLE='Pull me' \
	CI_MERGE_REQUEST_LABELS='x,deep' CI_MERGE_REQUEST_DRAFT=true
ok 'is compared with its base' is base "$fork"
ok 'its conditions know the target branch' is workflow w
ok 'a branch on GitLab' shows CI_COMMIT_SHA="$head" CI_COMMIT_BEFORE_SHA="$fork" CI_COMMIT_BRANCH=main
ok 'since what it was before' is base "$fork"
ok 'a new branch has zeroes there' shows CI_COMMIT_SHA="$head" CI_COMMIT_BRANCH=main \
	CI_COMMIT_BEFORE_SHA=0000000000000000000000000000000000000000
ok 'what is named counts instead' sh -c "CI_COMMIT_SHA=$fork CI_COMMIT_BEFORE_SHA=$fork referee run --ci --head $head --format json 2>/dev/null |
	grep -q '\"head\":[[:space:]]*\"$head\"'"
ok 'outside of a job it is a mistake' exits 2 referee run --ci
finish
