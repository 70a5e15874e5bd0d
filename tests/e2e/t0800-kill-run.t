#!/bin/sh
# referee run killed before every side effect, one after the other, and run
# again: what is there then is what is there without the kill.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

# Everything that may stay in the repository, without times and ids.
state()
{
	git notes --ref=referee show HEAD |
		sed 's/[0-9A-Z]\{26\}/ID/; s/ in [0-9.]* s / in T s /'
	git ls-tree -r --name-only refs/referee/runs
	git ls-tree -r --name-only refs/referee/pulls
	git show refs/referee/pulls:branches/feature.json |
		sed 's/\("[a-z_]*_ms":\).*[0-9],*/\1/'
	git for-each-ref --format='%(refname)'
	find .git -name '*.lock'
}

# Nothing half: what a ref names is all there.
is_sound()
{
	git fsck --full --strict >"$work/fsck" 2>&1 || { cat "$work/fsck"; return 1; }
	! grep -v '^notice\|^dangling' "$work/fsck"
}

# killed N: in a copy, killed at the Nth and run again. 99: it ran through.
killed()
{
	rm -rf "$work/copy"
	cp -R "$work/app" "$work/copy" && cd "$work/copy" || return 1
	REFEREE_FAULT=any:$1 referee run >/dev/null 2>&1
	status=$?
	test $status -eq 0 && return 99
	test $status -eq 137 || { echo "exit status $status"; return 1; }
	is_sound && referee run >/dev/null && is_sound && state >"$work/after" &&
		diff -u "$work/wanted" "$work/after"
}

new_app app
cd app || exit 99
git switch -q -c feature
bad_session >ios/Session.swift
git commit -q -a -m 'Keep the token'

# Compiled patterns are there: they are of all clones, and no side effect of these.
cp -R ../app ../warm && (cd ../warm && referee run >/dev/null 2>&1)
if (REFEREE_FAULT=any:1 && export REFEREE_FAULT && cp -R ../app ../probe && cd ../probe && exec referee run) >/dev/null 2>&1; then
	echo '1..0 # SKIP built without --enable-faults'
	exit 0
fi
(cp -R ../app ../whole && cd ../whole && referee run >/dev/null && state >"$work/wanted")
ok 'without a kill there are a note and one record' sh -c \
	'grep -q "^Referee-Run: ID pr-review attention" ../wanted && test "$(grep -c "/run.json$" ../wanted)" = 1'

n=0 last=0
while test $last = 0 && test $n -lt 300; do
	n=$((n + 1))
	(killed $n) >"$work/.killed" 2>&1
	last=$?
	test $last = 99 || ok "killed before side effect $n" sh -c "cat ../.killed; exit $last"
done
ok 'it ran through in the end' test $last = 99
ok 'there were side effects to be killed before' test $n -gt 10
finish
