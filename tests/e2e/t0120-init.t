#!/bin/sh
# A starter workflow and configuration, and git set up to fetch and show notes.
. "$SRCDIR/tests/lib/tap.sh"

GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.org
export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
git init -q -b main origin && cd origin || exit 99
git commit -q --allow-empty -m start
cd .. && git clone -q "$PWD/origin" 'My App' && cd 'My App' || exit 99
conf=$HOME/.config/referee/referee.conf

ok 'it starts a project' referee init
ok 'with a workflow' grep -q '^name: Review' .referee/workflows/pr-review.yml
ok 'with a configuration that names the project' grep -qx '\[project "my-app"\]' "$conf"
ok 'that only its owner reads' test "$(stat -c %a "$conf")" = 600
ok 'both without a mistake' referee check
ok 'git fetches the notes of the team' grep -q 'fetch = +refs/notes/referee\*:refs/notes/origin/referee\*' .git/config
ok 'git fetches where there are none yet' git fetch -q
ok 'git log does not warn of refs that are not there' test -z "$(git log 2>&1 >/dev/null)"

cp .git/config before
echo '# mine' >>.referee/workflows/pr-review.yml
ok 'again' referee init
ok 'leaves what people changed' grep -qx '# mine' .referee/workflows/pr-review.yml
ok 'and sets nothing twice' cmp before .git/config

git -C ../origin notes --ref=referee add -m 'seen by the team' main
git fetch -q
git log >log.txt
ok 'notes of the team are shown' grep -q 'seen by the team' log.txt

cd ..
ok 'elsewhere, with another configuration' referee --config "$PWD/made/x.conf" init origin
ok 'which is made' grep -q "^url = $PWD/origin/" made/x.conf
ok 'and read' referee --config "$PWD/made/x.conf" check --repo origin
mkdir none
ok 'without a repository there is nothing to start' exits 4 referee init none
git init -q --bare bare.git
ok 'nor in a bare one' exits 2 referee init bare.git
finish
