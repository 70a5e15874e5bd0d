#!/bin/sh
# referee run where it cannot, or can only just: a clear message, the right status,
# nothing half-written.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

# fails_with STATUS TEXT COMMAND...: exits so, and says so on stderr.
fails_with()
{
	status=$1 text=$2
	shift 2
	"$@" >stdout.txt 2>stderr.txt
	got=$?
	cat stderr.txt
	test "$got" = "$status" && grep -qF -- "$text" stderr.txt
}

no_refs()
{
	test -z "$(git -C "$1" for-each-ref refs/notes refs/referee)"
}

mkdir plain
ok 'not a repository' fails_with 4 'plain' referee run --repo plain
git init -q -b main unborn
ok 'a branch without commits' fails_with 4 'no commit' referee run --repo unborn

new_app app
ok 'on the base itself' sh -c 'referee run --repo app 2>&1 | grep -q "same commit"'
ok 'which exits 0' exits 0 referee run --repo app
ok 'an unknown revision' fails_with 4 'nowhere' referee run --repo app --base nowhere
ok 'an unknown workflow' fails_with 2 'no workflow' referee run --repo app --workflow nothing
git -C app switch -q -c feature
bad_session >app/ios/Session.swift
git -C app commit -q -a -m 'Keep the token'

ok 'an unknown service' fails_with 2 'no service' referee run --repo app --service nobody
printf '[referee]\nservise = offline\n' >bad.conf
ok 'a broken configuration, with its place' fails_with 2 'bad.conf:2: ' referee --config bad.conf run --repo app
ok 'and what was meant' fails_with 2 "did you mean 'service'" referee --config bad.conf run --repo app
ok 'a configuration that is missing' fails_with 2 'none.conf' referee --config none.conf run --repo app
ok 'nothing was stored by any of these' no_refs app

git -C app checkout -q --orphan alone
git -C app commit -q -m 'Another beginning'
ok 'no common history' fails_with 4 'no common' referee run --repo app
git -C app switch -q feature

git -C app checkout -q --detach
ok 'a detached head is fine' exits 0 referee run --repo app
git -C app switch -q feature

git clone -q --depth 1 --branch feature --no-single-branch "file://$PWD/app" shallow
ok 'a shallow clone says that it is' fails_with 4 'shallow' referee run --repo shallow --base origin/main
git -C shallow fetch -q --unshallow
ok 'and works once it has its history' exits 0 referee run --repo shallow --base origin/main

git init -q --bare -b main bare.git
git -C app push -q ../bare.git main feature
ok 'a bare repository works' exits 0 referee run --repo bare.git --head feature
ok 'a folder of the clone is enough' exits 0 referee run --repo app/ios

git clone -q --no-local app missing
git -C missing branch -q base origin/main
blob=$(git -C missing rev-parse HEAD:ios/Session.swift)
mv missing/.git/objects/pack packs && mkdir missing/.git/objects/pack
for pack in packs/*.pack; do git -C missing unpack-objects -q <"$pack"; done
rm -f "missing/.git/objects/$(echo "$blob" | cut -c1-2)/$(echo "$blob" | cut -c3-)"
ok 'a missing object is named' fails_with 4 "$blob" referee run --repo missing --base base

if [ "$(id -u)" != 0 ]; then
	git clone -q app readonly
	chmod -R a-w readonly/.git
	ok 'a read-only repository' fails_with 4 'ermission' referee run --repo readonly --base origin/main
	chmod -R u+w readonly/.git
fi

git -C app switch -q -c odd main
odd=$(printf 'ios/caf\351.swift')
bad_session >"app/$odd"
git -C app add . && git -C app commit -q -m 'A name in Latin-1'
ok 'a path that is not UTF-8' sh -c 'referee run --repo app --format json >odd.json && python3 -c "import json; json.load(open(\"odd.json\"))"'
ok 'and it was judged' grep -q 'UserDefaults' odd.json

git -C app switch -q -c large main
head -c 100000000 /dev/zero | tr '\0' 'a' >app/ios/Data.swift
git -C app add . && git -C app commit -q -m 'A hundred megabytes'
ok 'a file of 100 MB is skipped, and said' sh -c 'referee run --repo app >large.txt 2>&1; grep -q "Not reviewed: ios/Data.swift" large.txt'
ok 'which is no pass' sh -c 'grep -q "^pr-review: skipped" large.txt'

git -C app switch -q -c many main
mkdir app/many
awk 'BEGIN { for (i = 0; i < 10000; i++) { f = "app/many/F" i ".swift"; print "let x" i " = " i > f; close(f) } }'
git -C app add . && git -C app commit -q -m 'Ten thousand files'
ok 'ten thousand files' sh -c 'referee run --repo app >many.txt && grep -q "Reviewed 10000 of 10000 files" many.txt'
finish
