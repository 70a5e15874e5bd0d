#!/bin/sh
# referee run in a clone without any configuration: what people see, what git keeps.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

says_line()
{
	grep -qF -- "$1" "$2" || { echo "no '$1' in:"; cat "$2"; return 1; }
}

new_app app
cd app || exit 99
git switch -q -c feature
bad_session >ios/Session.swift
git commit -q -a -m 'Keep the token'
head=$(git rev-parse HEAD)

ok 'a change with findings runs and exits 0' exits 0 sh -c 'referee run >../out.txt 2>../err.txt'
ok 'the finding has its file and line' says_line 'ios/Session.swift:6' ../out.txt
ok 'the finding shows the code' says_line 'UserDefaults.standard.set(token' ../out.txt
ok 'the verdict is attention' says_line 'pr-review: attention - ' ../out.txt
ok 'nothing is said on stderr' test ! -s ../err.txt
ok 'no colour in a pipe' sh -c '! grep -q "$(printf "\033")" ../out.txt'
ok 'git shows the note' sh -c 'git log -1 --notes=referee | grep -q "pr-review: attention"'
ok 'the note is one git can read' sh -c 'git notes --ref=referee show HEAD >../note.txt'
ok 'its trailer is one git can read' sh -c \
	'git interpret-trailers --parse <../note.txt | grep -qE "^Referee-Run: [0-9A-Z]{26} pr-review attention [0-9a-f]{16} 0\.0000 USD$"'
ok 'the repository is sound' sh -c 'git fsck --full --strict 2>&1 | { ! grep -v "^notice\|dangling"; }'
ok 'the record is in refs/referee/runs' sh -c \
	'git ls-tree -r --name-only refs/referee/runs | grep -qE "^[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{60}/pr-review/[0-9a-f]{16}/run.json$"'
ok 'the note stands in a folder of folders' sh -c \
	'git ls-tree -r --name-only refs/notes/referee | grep -qE "^[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{36}$"'

runs_before=$(git rev-parse refs/referee/runs)
notes_before=$(git rev-parse refs/notes/referee)
ok 'the same content again is not judged again' sh -c 'referee run | grep -q "same content, judged before"'
ok 'and no record is added' test "$(git rev-parse refs/referee/runs)" = "$runs_before"
ok 'and the note stays' test "$(git rev-parse refs/notes/referee)" = "$notes_before"

git commit -q --amend -m 'Keep the token, with other words'
ok 'after an amend the stored result is shown' sh -c 'referee run | grep -q "same content, judged before"'
ok 'and the new head has its note' sh -c 'git notes --ref=referee show HEAD | grep -q "pr-review: attention"'
ok 'the old head keeps its own' sh -c "git notes --ref=referee show $head | grep -q 'pr-review: attention'"
ok 'no second record' test "$(git rev-parse refs/referee/runs)" = "$runs_before"

ok '--fail-on below the worst finding exits 1' exits 1 referee run --fail-on major
ok '--fail-on above it exits 0' exits 0 referee run --fail-on critical
ok 'an unknown severity exits 2' exits 2 referee run --fail-on bad
ok 'an unknown format exits 2' exits 2 referee run --format yaml
ok 'json is JSON with fingerprints' sh -c \
	'referee run --format json | python3 -c "import json,sys,re; d=json.load(sys.stdin); f=d[\"findings\"][0]; assert f[\"path\"]==\"ios/Session.swift\" and re.fullmatch(\"[0-9a-f]{12}\", f[\"fingerprint\"])"'
ok 'git referee is the same program' sh -c 'ln -sf "$(command -v referee)" ../git-referee; PATH=$PWD/..:$PATH git referee version | grep -q "^referee "'
ok 'show gives the stored result' sh -c 'referee show | grep -q "ios/Session.swift:6"'
ok 'show of a commit without one exits 4' exits 4 referee show main
ok 'log lists the run' sh -c 'referee log | grep -q "pr-review"'

# Another head, reached by rebase: the same content.
git switch -q main
echo 'more' >>README.md
git commit -q -a -m 'More words'
git switch -q feature
git rebase -q main
ok 'after a rebase the stored result is found' sh -c 'referee run | grep -q "same content, judged before"'
ok 'and the rebased head has its note' sh -c 'git notes --ref=referee show HEAD | grep -q "pr-review: attention"'

# White space is content.
sed -i 's/^    func/      func/' ios/Session.swift
git commit -q -a -m 'Indent'
ok 'white space makes it another change' sh -c 'referee run | { ! grep -q "judged before"; }'

echo 'let x = 1' >>ios/Session.swift
ok 'uncommitted changes are mentioned' sh -c 'referee run 2>&1 >/dev/null | grep -q "uncommitted changes were not looked at"'
git checkout -q -- .

git switch -q -c clean main
printf 'import Foundation\n\nstruct Cents {\n    let value: Int\n}\n' >ios/Cents.swift
git add . && git commit -q -m 'Cents'
ok 'a clean change passes' sh -c 'referee run >../out.txt && grep -q "^pr-review: pass - no findings" ../out.txt'
ok 'dry run stores nothing' sh -c 'before=$(git rev-parse refs/referee/runs); printf "// x\n" >>ios/Cents.swift; git commit -qam x; referee run --dry-run && test "$(git rev-parse refs/referee/runs)" = "$before"'
ok 'dry run shows the prompt' sh -c 'referee run --dry-run --format prompt | grep -q "ios/Cents.swift"'
ok 'the base is never changed' sh -c 'test -z "$(git status --porcelain)"'
finish
