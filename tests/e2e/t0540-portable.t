#!/bin/sh
# With Hyperscan, and as it is without: the same findings and placeholders, in
# bounded time. What Hyperscan compiles is kept on disk, and is no condition.
# (In a build without Hyperscan, or without faults, both are the same engine.)
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/plant.sh"

XDG_CACHE_HOME=$PWD/cache
GIT_CEILING_DIRECTORIES=$PWD
export XDG_CACHE_HOME GIT_CEILING_DIRECTORIES

portable()
{
	REFEREE_WITHOUT=hyperscan referee "$@"
}

# findings: a report without what no two runs have in common.
findings()
{
	python3 -c 'import json, sys
found = json.load(sys.stdin)["findings"]
print(len(found))
for one in found: print(json.dumps(one, sort_keys=True))'
}

# same_scan AT_LEAST ARGUMENT...: both engines find the same, and so many.
same_scan()
{
	least=$1
	shift
	referee scan "$@" --format json | findings >fast.txt &&
		portable scan "$@" --format json | findings >slow.txt &&
		diff -u fast.txt slow.txt && test "$(head -n 1 fast.txt)" -ge "$least"
}

# same_prompt: what a service would be sent is the same, and something in it
# was redacted.
same_prompt()
{
	referee run --dry-run --format prompt >../fast.txt &&
		portable run --dry-run --format prompt >../slow.txt &&
		cmp ../fast.txt ../slow.txt && grep -q 'token = "\[redacted:github-token:1\]"' ../fast.txt
}

same_run()
{
	referee run --format json | findings >../fast.txt && portable run --format json | findings >../slow.txt &&
		diff -u ../fast.txt ../slow.txt && test "$(head -n 1 ../fast.txt)" -ge 2
}

plant_everywhere planted/a SERVICE_TOKEN "$(token)"
plant_everywhere planted/b DATADOG_API_KEY "$(hex 32)"
plant_everywhere planted/c password "$(letters 20)"
ok 'credentials in every format' same_scan 50 planted
ok 'the sources of this program' same_scan 0 "$SRCDIR/src/code"

kept=
if [ "$(find cache -name 'secrets-*.hs' | wc -l)" = 1 ]; then
	kept=yes
	file=$(find cache -name 'secrets-*.hs')
	before=$(ls -i "$file")
	ok 'what was compiled is read again' sh -c 'referee scan planted >/dev/null && test "$(ls -i "$1")" = "$2"' sh "$file" "$before"
	truncate -s 1000 "$file"
	ok 'cut short, it does no harm' same_scan 50 planted
	ok 'and is made anew' test "$(wc -c <"$file")" -gt 1000
	rm -r cache && : >cache
	ok 'nor does a place that cannot be written' same_scan 50 planted
	rm cache
else
	ok 'without Hyperscan nothing is kept' test ! -e cache/referee/secrets-*
fi
rm -rf cache

mkdir hostile
python3 - <<'END'
for i, piece in enumerate(["api_key token secret ", "ghp_abc", 'password="', "eyJhbGciOi.", "a@b.c ", "AKIA", '@"', "4111 1111 ",
			   "-----BEGIN RSA PRIVATE KEY-----", "<key>token</key><string>", "DE89370400440532013000", '("', "sk-ant-api03-"]):
    with open(f"hostile/{i}.swift", "w") as out:
        out.write(f'let x = "{piece * (600000 // len(piece))}"\n')
END
ok 'lines of 600 kB, in either' same_scan 1 hostile

new_app app
cd app || exit 99
git switch -q -c feature
bad_session >ios/Session.swift
printf 'let token = "%s"\nlet mail = "ada.lovelace@acme-wallet.com"\n' "$(token)" >ios/Keys.swift
git add . && git commit -q -m 'Keep the token'
ok 'what leaves the machine is the same' same_prompt
ok 'and so is what a run says' same_run

# is_kept YES-OR-NO YES-OR-NO: after a run in a new clone, with the user's caches
# and in the clone.
is_kept()
{
	rm -rf ../clone && cp -R . ../clone && rm -f ../clone/.git/referee/secrets-*
	referee run --repo ../clone >/dev/null
	test "$(find "$XDG_CACHE_HOME" -name 'secrets-*.hs' 2>/dev/null | grep -c .)" = "$1" &&
		test "$(find ../clone/.git/referee -name 'secrets-*.hs' | grep -c .)" = "$2"
}
if test $kept; then
	ok 'what was compiled is with the caches of the user, for all clones' is_kept 1 0
	rm -rf "$XDG_CACHE_HOME" && : >"$XDG_CACHE_HOME"
	ok 'in the clone where they cannot be' is_kept 0 1
	rm "$XDG_CACHE_HOME" && mkdir -p "$XDG_CACHE_HOME/referee"
	if chown 12345 "$XDG_CACHE_HOME/referee" 2>/dev/null; then
		ok 'or are not their own' is_kept 0 1
	fi
fi
finish
