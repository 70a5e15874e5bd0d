#!/bin/sh
# What somebody broke, or a newer referee wrote, is told of and left alone; the
# rest goes on.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/poll.sh"

REFEREE_CONFIG=$work/referee.conf
export REFEREE_CONFIG
new_project app
{
	printf '[referee]\nstate_dir = %s/state\n' "$work"
	project_conf app
} >referee.conf
referee poll >/dev/null 2>&1
push_bad app topic/a
push_bad app topic/b
push_bad app topic/c
referee poll >/dev/null 2>&1

# put REF PATH FILE: the file in a commit on top of a ref of the server.
put()
{
	blob=$(git -C app.git hash-object -w "$work/$3")
	GIT_INDEX_FILE=$work/index git -C app.git read-tree "$1"
	GIT_INDEX_FILE=$work/index git -C app.git update-index --add --cacheinfo "100644,$blob,$2"
	tree=$(GIT_INDEX_FILE=$work/index git -C app.git write-tree)
	git -C app.git update-ref "$1" "$(git -C app.git -c user.name=Ada -c user.email=ada@example.org commit-tree -p "$1" -m broken "$tree")"
	rm -f index
}

echo 'no JSON' >broken
put refs/referee/pulls 'branches/topic%2Fa.json' broken
git -C app.git show 'refs/referee/pulls:branches/topic%2Fb.json' |
	sed 's/"version":[^,]*,/"version": 99, "colour": "red",/' >newer
put refs/referee/pulls 'branches/topic%2Fb.json' newer
for branch in a b c; do
	git -C app switch -q topic/$branch
	echo "// again $branch" >>app/ios/Session.swift
	git -C app commit -q -a -m Again
	git -C app push -q origin topic/$branch
done
referee poll >out.txt 2>err.txt
status=$?
ok 'the poll says that something is wrong' test $status -ge 3
ok 'which state is broken' says_line 'branches/topic%2Fa.json' err.txt
ok 'and which is newer' says_line 'branches/topic%2Fb.json' err.txt
ok 'the third branch is judged' says_line 'app topic/c pr-review: attention' out.txt
ok 'the others are not' sh -c '! grep -q "topic/[ab]" out.txt'
ok 'the broken one is as it was' test \
	"$(git -C app.git show 'refs/referee/pulls:branches/topic%2Fa.json')" = 'no JSON'
ok 'the newer one too' sh -c \
	"git -C app.git show 'refs/referee/pulls:branches/topic%2Fb.json' | cmp - newer"
ok 'the note of the third is on the server' server_note app.git topic/c

# Records of runs, in a clone.
git -C app switch -q topic/c
cd app || exit 99
referee run >/dev/null 2>&1
path=$(git ls-tree -r --name-only refs/referee/runs | grep 'run.json$' | head -n 1)
blob=$(git hash-object -w ../broken)
GIT_INDEX_FILE=$work/index git read-tree refs/referee/runs
GIT_INDEX_FILE=$work/index git update-index --add --cacheinfo "100644,$blob,$path"
tree=$(GIT_INDEX_FILE=$work/index git write-tree)
git update-ref refs/referee/runs "$(git commit-tree -p refs/referee/runs -m broken "$tree")"
ok 'log goes on' exits 0 sh -c 'referee log >../out.txt 2>../err.txt'
ok 'and names the record that is broken' says_line "$(dirname "$path")" ../err.txt
echo '// more' >>ios/Session.swift
git commit -q -a -m More
ok 'another change can be judged' exits 0 sh -c 'referee run >/dev/null 2>&1'
ok 'and shown' exits 0 sh -c 'referee show >../out.txt 2>&1'
ok 'the broken record is as it was' test "$(git show "refs/referee/runs:$path")" = 'no JSON'
cd ..
ok 'the server is sound' is_sound app.git
finish
