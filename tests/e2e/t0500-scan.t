#!/bin/sh
# referee scan: rules and secrets alone, on files and on changes.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/plant.sh"

says_line()
{
	grep -qF -- "$1" "$2" || { echo "no '$1' in:"; cat "$2"; return 1; }
}

# never VALUE COMMAND...: neither stream has the value.
never()
{
	value=$1
	shift
	"$@" >never.txt 2>&1
	! grep -nF -- "$value" never.txt
}

# finds_all VALUE RULE: each of the 20 files, the secret in none of the reports.
finds_all()
{
	referee scan planted --format json >out.json || return 1
	! grep -F -- "$1" out.json || return 1
	python3 - "$2" <<'END'
import json, sys
found = {f["path"] for f in json.load(open("out.json"))["findings"] if f["rule"] == sys.argv[1]}
import os
all = {os.path.join(d, f) for d, _, fs in os.walk("planted") for f in fs}
print("missed:", sorted(all - found))
assert len(all) == 20 and all == found
END
}

GIT_CEILING_DIRECTORIES=$work
export GIT_CEILING_DIRECTORIES

secret=$(token)
plant_everywhere planted SERVICE_TOKEN "$secret"
ok 'a token is found in every format, outside of a repository' finds_all "$secret" github-token
for format in text markdown sarif rdjson codequality baseline; do
	ok "$format has no secret" never "$secret" referee scan planted --format $format
done
rm -r planted
secret=$(hex 32)
plant_everywhere planted DATADOG_API_KEY "$secret"
ok 'a key known by its name is found in every format' finds_all "$secret" datadog-key
rm -r planted

new_app app
cd app || exit 99
bad_session >ios/Session.swift
secret=$(token)
printf 'let token = "%s"\n' "$secret" >ios/Keys.swift
printf 'let other = "%s"\n' "$secret" >ignored.swift
echo 'ignored.swift' >.gitignore
head -c 5000 /dev/zero >picture.bin

ok 'the work tree, uncommitted files too' exits 0 sh -c 'referee scan >../out.txt 2>../err.txt'
ok 'a rule speaks' says_line 'ios/Session.swift:6' ../out.txt
ok 'a secret is told' says_line 'ios/Keys.swift:1  GitHub personal access token' ../out.txt
ok 'and replaced in the code shown' says_line 'let token = "[redacted:github-token:1]"' ../out.txt
ok 'what git ignores is left out' sh -c '! grep -q ignored.swift ../out.txt'
ok 'unless it is named' sh -c 'referee scan ignored.swift | grep -q "ignored.swift:1"'
ok 'binary files are counted' says_line '1 binary file was not looked at' ../err.txt
ok 'nothing is stored' test -z "$(git for-each-ref refs/notes refs/referee)"
ok 'a folder' sh -c 'cd ios && referee scan . | grep -q "ios/Keys.swift:1"'
ok 'from another folder' sh -c 'cd .. && referee scan app/ios/Keys.swift | grep -q "ios/Keys.swift:1"'
ok '--repo' sh -c 'cd .. && referee scan --repo app | grep -q "ios/Keys.swift:1"'
ok '--fail-on exits 1' exits 1 referee scan --fail-on critical
ok '--fail-on above it exits 0' exits 0 referee scan --fail-on critical ios/Session.swift
ok 'no such file exits 4' exits 4 referee scan nowhere
ok 'no such revision exits 4' exits 4 referee scan nowhere..HEAD
ok 'an unknown format exits 2' exits 2 referee scan --format yaml
ok 'an unknown severity exits 2' exits 2 referee scan --fail-on bad
ok 'the same every time' sh -c 'referee scan --format sarif >../1; referee scan --format sarif >../2; cmp ../1 ../2'

git add -A
git commit -q -m 'Keys'
ok 'between revisions only added lines count' sh -c 'referee scan HEAD~1..HEAD --format json >../out.json; grep -q "ios/Keys.swift" ../out.json'
ok 'an end left out is HEAD' sh -c 'referee scan HEAD~1.. | grep -q "ios/Keys.swift:1"'
ok 'and shows no secret' never "$secret" referee scan HEAD~1..HEAD
echo '// nothing' >>ios/Keys.swift
git commit -q -a -m 'Comment'
ok 'lines that were there are not told' sh -c 'referee scan HEAD~1..HEAD | grep -q "^scan: pass - no findings"'
ok 'the fingerprint is that of a run' sh -c '
	referee scan main~2..main --format json | grep -o "\"fingerprint\":.*" | sort >../scan.txt
	referee run --base main~2 --format json | grep -o "\"fingerprint\":.*" | sort >../run.txt
	test -s ../scan.txt && cmp ../scan.txt ../run.txt'
ok 'a run shows no secret either' never "$secret" referee run --base main~2
ok 'nor does its note' never "$secret" git notes --ref=referee show HEAD
ok 'nor its prompt' never "$secret" referee run --base main~2 --dry-run --format prompt

# Two on a line, and a rule on the same line.
other=$(token)
printf 'android { signingConfigs { release { storePassword "%s"; keyPassword "%s" } } }\n' "$secret" "$other" >build.gradle
git add -A && git commit -q -m 'Sign'
ok 'two secrets on a line stay hidden in a run' never "$secret" referee run --base HEAD~1
ok 'the second one too' never "$other" referee run --base HEAD~1
ok 'they have their line' sh -c 'referee run --base HEAD~1 | grep -q "critical  build.gradle:1 .*GitHub"'
ok 'the rule has its line' sh -c 'referee run --base HEAD~1 | grep -q "build.gradle:1  Password of the signing key"'
git rm -q build.gradle && git commit -q -m 'Do not'

# What the project says, at the trusted ref.
mkdir -p .referee/rules
cat >.referee/rules/own.yml <<'END'
off: [github-token, ios-userdefaults-secret]
rules:
  - id: no-print
    title: print in product code
    languages: [swift]
    pattern: '\bprint\('
    words: ["print("]
    message: It is slow.
    fix: Use a logger.
    severity: minor
    category: style
    examples:
      match: ['print("x")']
      no_match: ['sprint("x")']
END
echo 'func f() { print("x") }' >ios/Print.swift
git add -A && git commit -q -m 'Rules'
git switch -q -c feature
ok 'rules and secrets can be switched off' sh -c 'referee scan >../out.txt; ! grep -q "Keys.swift\|Session.swift" ../out.txt'
ok 'rules can be added' says_line 'ios/Print.swift:1  print in product code' ../out.txt
ok 'a baseline is written' sh -c 'referee scan --format baseline >.referee/baseline && grep -q "^no-print [0-9a-f]* ios/Print.swift$" .referee/baseline'
ok 'what is not at the trusted ref does not count' sh -c 'referee scan | grep -q "ios/Print.swift:1"'
git add -A && git commit -q -m 'Baseline'
git switch -q main && git merge -q feature
ok 'what is in the baseline is not told' sh -c 'referee scan >../out.txt 2>../err.txt; ! grep -q "Print.swift" ../out.txt && grep -q "known from the baseline" ../err.txt'
printf 'func g() { print("y") } // referee:ignore no-print a command line tool\n' >ios/Ignored.swift
printf 'func h() { print("z") } // referee:ignore no-print\n' >ios/Bare.swift
ok 'a comment with a reason excuses' sh -c '! referee scan ios/Ignored.swift 2>../err.txt | grep -q "Ignored.swift:1" && grep -q "excused by comments" ../err.txt'
ok 'one without does not' sh -c 'referee scan ios/Bare.swift | tr -s "\n " " " | grep -q "gives no reason"'
git add -A && git commit -q -m 'Comments'
ok 'and so it is in a run' sh -c 'referee run --base HEAD~1 >../out.txt; grep -q "ios/Bare.swift:1" ../out.txt && ! grep -q "Ignored.swift:1" ../out.txt'
mkdir -p ../rules
sed -n '/^off: \[/,/^\.Ed/p' "$SRCDIR/doc/referee-rules.5" | sed '/^\.Ed/d; s/\\e/\\/g' >../rules/manual.yml
sed -i '/^off/d' ../rules/manual.yml
ok 'the example of the manual is right' referee check ../rules/manual.yml
printf 'off: [no-such-rule]\n' >.referee/rules/own.yml
git add -A && git commit -q -m 'Wrong'
ok 'a mistake in the rules has its place and exits 2' sh -c 'referee scan 2>../err.txt; test $? = 2 && grep -q "rules/own.yml:1:7:" ../err.txt'
finish
