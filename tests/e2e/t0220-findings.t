#!/bin/sh
# The life of findings in a clone: open, dismissed, fixed, open again; what
# people see of it and what git keeps.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

# of_token MEMBER: of the finding on the token, as `findings` has it.
of_token()
{
	referee findings --format json | python3 -c '
import json, sys
for f in json.load(sys.stdin)["findings"]:
    if "access_token" in f["code"]:
        v = f[sys.argv[1]]
        print(" ".join(e["what"] for e in v) if sys.argv[1] == "history" else v)
        break' "$1"
}

is()
{
	test "$(of_token "$1")" = "$2" || { of_token "$1"; referee findings --format json; return 1; }
}

note()
{
	git notes --ref=referee show "${1:-HEAD}"
}

# has PATTERN COMMAND...: on either stream.
has()
{
	pattern=$1
	shift
	"$@" >"$work/seen" 2>&1
	grep -qE -- "$pattern" "$work/seen" || { echo "no '$pattern' in:"; cat "$work/seen"; return 1; }
}

lacks()
{
	! has "$@"
}

commit_session()
{
	git commit -q -a -m "$1"
}

new_app app
cd app || exit 99
ok 'before any run nothing is known' has 'no finding is known here yet' referee findings
ok 'outside a repository: 4' exits 4 referee findings --repo /nonexistent
git switch -q -c feature
bad_session >ios/Session.swift
commit_session 'Keep the token'
first=$(git rev-parse HEAD)
referee run >/dev/null
print=$(of_token fingerprint)
record=$(git rev-parse refs/referee/runs)

ok 'a finding is open' is state open
ok 'the text names it' has "open since .*\[pr-review, .*\] $print" referee findings --open
ok 'the report has the same fingerprint' has "$print" referee show
ok 'a second run adds nothing' sh -c 'a=$(git rev-parse refs/referee/pulls); referee run >/dev/null; test "$(git rev-parse refs/referee/pulls)" = "$a"'
git switch -q main
ok 'of another branch nothing is shown' has 'no finding on main; --all' referee findings
ok '--all shows it with its branch' has '^feature$' referee findings --all
git switch -q feature

ok 'dismissing wants a reason' exits 2 referee dismiss "$print"
ok 'a blank one is none' exits 2 referee dismiss "$print" --reason ' '
ok 'and a fingerprint' exits 2 referee dismiss --reason x
ok 'of four digits at least' exits 2 referee dismiss "$(echo "$print" | cut -c1-3)" --reason x
ok 'an unknown one: 4' exits 4 referee dismiss 0123456789ab --reason x
ok 'and says where to look' has "referee findings --all" referee dismiss 0123456789ab --reason x
ok 'a format that is none: 2' exits 2 referee findings --format yaml
ok 'nothing of this changed anything' is history opened

ok 'the start of a fingerprint dismisses it' has "dismissed $print" \
	referee dismiss "$(echo "$print" | cut -c1-5)" --reason 'the token is a fake'
ok 'who, when and why are kept' has 'dismissed by Ada on [0-9-]+: the token is a fake' referee findings
ok 'it is not open' has 'no open finding' referee findings --open
ok 'the note is made anew' has '^pr-review: pass - no findings, 1 dismissed$' note
ok 'without the finding' lacks 'Secret kept' note
ok 'its trailer has the verdict' has '^Referee-Run: [0-9A-Z]{26} pr-review pass ' sh -c 'git notes --ref=referee show | git interpret-trailers --parse'
ok 'show leaves it out' has 'pass - no findings, 1 dismissed' referee show
ok 'run leaves it out' has 'pass - no findings, 1 dismissed' referee run
ok 'log counts it' has 'pr-review: pass - no findings, 1 dismissed' referee log
ok 'JSON counts it' has '"dismissed":.*1' referee show --format json
ok 'sarif lacks it' lacks "$print" referee show --format sarif
ok '--fail-on passes over it' exits 0 referee run --fail-on info
ok 'the record was not touched' test "$(git rev-parse refs/referee/runs)" = "$record"
ok 'dismissed again: said, with the new reason' has 'was dismissed already' referee dismiss "$print" --reason 'still a fake'
ok 'which is kept' is history 'opened dismissed dismissed'

# The code moves: the same remark, still dismissed.
sed -i '1i // Sessions.\n' ios/Session.swift
commit_session 'A comment above'
ok 'where lines move it stays dismissed' has 'pass - .*1 dismissed' referee run
ok 'with its fingerprint' is fingerprint "$print"
git mv ios/Session.swift ios/UserSession.swift
commit_session 'Another name'
ok 'where the file is renamed, too' has '1 dismissed' referee run
ok 'with its fingerprint, too' is fingerprint "$print"
ok 'and its new place' is path ios/UserSession.swift

# The same code on another branch.
git switch -q -c other main
git cherry-pick -n "$first" && commit_session 'The same elsewhere'
ok 'on another branch the same is dismissed' has 'pass - no findings, 1 dismissed' referee run
ok 'and known as such' is state dismissed
git switch -q feature

# The code changes: fixed, and when it comes back, open.
sed -i '/UserDefaults/d' ios/UserSession.swift
commit_session 'No token'
referee run >/dev/null
ok 'gone code is fixed' is state fixed
git revert --no-edit HEAD >/dev/null
ok 'back again it is shown again' has 'attention - 1 major' referee run
ok 'it was reopened' is history 'opened dismissed dismissed fixed reopened'
ok 'and is open' is state open

# A head without a name remembers nothing, and breaks nothing.
git switch -q --detach
states=$(git rev-parse refs/referee/pulls)
ok 'a detached head runs' has 'attention - 1 major' referee run
ok 'and remembers nothing' test "$(git rev-parse refs/referee/pulls)" = "$states"
git switch -q feature

# What others wrote.
git cat-file blob refs/referee/pulls:branches/feature.json | sed 's/"version":.*1,/"version": 99,/' >../newer.json
blob=$(git hash-object -w ../newer.json)
tree=$(git ls-tree refs/referee/pulls:branches | sed "s/ blob [0-9a-f]*\(.feature\.json\)/ blob $blob\1/" | git mktree)
tree=$(printf '040000 tree %s\tbranches\n' "$tree" | git mktree)
newer=$(git commit-tree -m newer "$tree")
git update-ref refs/referee/pulls "$newer"
ok 'a newer state is said' has 'state of version 99' referee run
ok 'and left alone' test "$(git rev-parse refs/referee/pulls)" = "$newer"
ok 'findings says so, too, and shows the others' has '^other$' referee findings --all
ok 'the repository is sound' sh -c 'git fsck --full --strict 2>&1 | { ! grep -v "^notice\|dangling"; }'
finish
