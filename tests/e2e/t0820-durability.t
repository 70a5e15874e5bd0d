#!/bin/sh
# What cannot be written or read: a clear message, exit status 4, and nothing
# half visible; when it can be again, all is well.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

# fails_with PATTERN COMMAND...: exit status 4, and a message that says so.
fails_with()
{
	pattern=$1
	shift
	"$@" >"$work/seen" 2>&1
	status=$?
	test $status -eq 4 && grep -qE -- "$pattern" "$work/seen" && return 0
	echo "exit status $status, wanted 4 and '$pattern':"
	cat "$work/seen"
	return 1
}

results()
{
	git for-each-ref --format='%(refname) %(objectname)' refs/notes refs/referee/runs
}

is_sound()
{
	git fsck --full --strict >"$work/fsck" 2>&1 || { cat "$work/fsck"; return 1; }
	! grep -v '^notice\|^dangling' "$work/fsck"
}

# No file may grow: what a full disk looks like, without one.
on_full_disk()
{
	(trap '' XFSZ && ulimit -f 0 && exec "$@" 2>&1) | cat >"$work/said"
	grep -q '^referee: .*File too large' "$work/said" || { cat "$work/said"; return 1; }
}

object()
{
	id=$(git rev-parse "$1")
	echo ".git/objects/$(echo "$id" | cut -c1-2)/$(echo "$id" | cut -c3-)"
}

new_app app
cd app || exit 99
git switch -q -c feature
bad_session >ios/Session.swift
git commit -q -a -m 'Keep the token'
# Compiled patterns are there before the disk is full.
cp -R ../app ../warm && (cd ../warm && referee run >/dev/null 2>&1)
for copy in full locked head readonly; do
	cp -R ../app ../$copy
done

cd ../full || exit 99
ok 'a full disk is said' on_full_disk referee run
ok 'no result is visible' test -z "$(results)"
ok 'the repository is sound' is_sound
ok 'with room again it runs' exits 0 referee run
before=$(results)
git commit -q --amend -m 'Other words'
ok 'a full disk when only the note is to be written' on_full_disk referee run
ok 'leaves note and record as they were' test "$(results)" = "$before"

cd ../locked || exit 99
mkdir -p .git/refs/notes && : >.git/refs/notes/referee.lock
ok 'a lock that stays is said, and what to do' fails_with \
	"refs/notes/referee' is locked.* remove .*refs/notes/referee.lock" referee run
ok 'there is no note' exits 1 git show-ref --quiet --verify refs/notes/referee
rm .git/refs/notes/referee.lock
ok 'without it the run goes on with what was judged' sh -c 'referee run | grep -q "judged before"'
ok 'and is sound' is_sound

cd ../head || exit 99
rm -f "$(object HEAD:ios/Session.swift)"
ok 'a missing object of the head is named' fails_with 'ios/Session.swift.* is not here' referee run
ok 'and nothing is stored' test -z "$(results)"

cd ../app || exit 99
referee run >/dev/null
file=$(object 'refs/referee/runs^{tree}')
cp "$file" ../saved && chmod u+w "$file" && echo garbage >"$file"
before=$(results)
echo '// more' >>ios/Session.swift && git commit -q -a -m 'More'
ok 'a damaged tree of records is said' fails_with 'runs: .*inflate' referee run
ok 'and results stay as they were' test "$(results)" = "$before"
rm -f "$file"
ok 'so is a missing one' fails_with 'runs: .*not found' referee run
ok 'log says so, too' fails_with 'is not here' referee log
ok 'and results stay as they were, again' test "$(results)" = "$before"
cp ../saved "$file"
ok 'with the object back it runs' exits 0 referee run
ok 'and is sound again' is_sound

# Nobody writes to what cannot be written to. root can, so root is not.
cd ../readonly || exit 99
as=
if test "$(id -u)" = 0; then
	as='setpriv --reuid=65534 --regid=65534 --clear-groups env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=*'
	chmod 755 "$work" && chown -R 65534:65534 .
fi
chmod -R a-w .git
# shellcheck disable=SC2086 # several words
if $as referee version >/dev/null 2>&1 && ! $as sh -c ': >.git/x' 2>/dev/null; then
	ok 'a read-only repository is said' fails_with '[Pp]ermission denied|[Rr]ead-only' $as referee run
	ok 'and nothing is stored' test -z "$(git -c safe.directory='*' for-each-ref refs/notes refs/referee)"
	ok 'a dry run needs no room' exits 0 $as referee run --dry-run
else
	ok 'a read-only repository # SKIP nobody here who may not write' true
fi
chmod -R u+w .git
finish
