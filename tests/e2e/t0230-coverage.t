#!/bin/sh
# test_coverage in conditions: from a note, a file, a command, or not known.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

has()
{
	grep -qF -- "$1" "$2" || { echo "no '$1' in:"; cat "$2"; return 1; }
}

new_app app
cd app || exit 99
mkdir -p .referee/workflows
cat >.referee/workflows/low.yml <<'YAML'
name: Low coverage
trigger:
  event: pull_request
  conditions:
    - test_coverage: "< 80%"
agents: [lint-agent]
YAML
git add . && git commit -q -m 'Watch coverage'
git switch -q -c feature
bad_session >ios/Session.swift
git commit -q -a -m 'Keep the token'

lcov()
{
	printf 'format: lcov\nSF:ios/Session.swift\n'
	line=0
	while [ "$line" -lt 10 ]; do
		line=$((line + 1))
		if [ "$line" -le "$1" ]; then echo "DA:$line,1"; else echo "DA:$line,0"; fi
	done
	echo end_of_record
}

ok 'unknown coverage exits 0' exits 0 sh -c 'referee run >../out.txt 2>../err.txt'
ok 'and the run is skipped' has 'low: skipped' ../out.txt
ok 'and says what is not known' has 'test_coverage is unknown: ' ../out.txt
ok 'and where it was looked for' has 'there is no refs/notes/coverage here' ../out.txt
ok 'nothing is warned of' test ! -s ../err.txt

lcov 5 >../cov.info
git notes --ref=coverage add -f -F ../cov.info HEAD 2>/dev/null
ok 'a note below the bound: it runs' sh -c 'referee run >../out.txt && ! grep -q skipped ../out.txt && grep -q "^low: " ../out.txt'

git commit -q --allow-empty -m 'Nothing'
lcov 9 >../cov.info
git notes --ref=coverage add -f -F ../cov.info HEAD~1 2>/dev/null
ok 'a note above it, one commit back: it does not' sh -c 'referee run >../out.txt 2>&1; grep -q "none of the 1 workflows matches" ../out.txt'

echo '// other' >>ios/Session.swift && git commit -q -a -m 'Other content'
git notes --ref=coverage add -f -m 'no report' HEAD 2>/dev/null
ok 'a broken note is not known, and warned of' sh -c 'referee run >../out.txt 2>../err.txt && grep -q "low: skipped" ../out.txt && grep -q "warning: coverage: refs/notes/coverage" ../err.txt'
git update-ref -d refs/notes/coverage

git remote add origin https://git.example.org/acme/app.git
conf()
{
	cat >../referee.conf <<CONF
[project "app"]
url = https://git.example.org/acme/app
forge = plain
coverage = $1
CONF
}
lcov 5 >../cov.info
conf "command:cat $PWD/../cov.info"
ok 'a command below the bound: it runs' sh -c 'referee --config ../referee.conf run >../out.txt && ! grep -q skipped ../out.txt && grep -q "^low: " ../out.txt'
conf "command:sh -c 'echo no luck >&2; exit 3'"
git commit -q --allow-empty -m 'Again' && echo '// more' >>ios/Session.swift && git commit -qam 'More'
ok 'a command that fails is not known, and told' sh -c 'referee --config ../referee.conf run >../out.txt 2>../err.txt && grep -q "unknown: exit status 3: no luck" ../out.txt && grep -q "exit status 3: no luck" ../err.txt'
conf 'file:build/cov.info'
ok 'a file that is not at the head is not known' sh -c 'referee --config ../referee.conf run >../out.txt && grep -q "low: skipped" ../out.txt'
mkdir build && cp ../cov.info build/ && git add -f build && git commit -q -m 'Measured'
ok 'a file at the head: it runs' sh -c 'referee --config ../referee.conf run >../out.txt && ! grep -q "low: skipped" ../out.txt && grep -q "^low: " ../out.txt'
conf 'file:**/build/reports/*.info'
mkdir -p app/build/reports core/build/reports && echo build >.gitignore && git add .gitignore && git commit -q -m 'Ignore what is built'
ok 'reports that nobody wrote are not known' sh -c 'referee --config ../referee.conf run >../out.txt && grep -qF "there is no **/build/reports/*.info here" ../out.txt'
lcov 6 >app/build/reports/cov.info
printf 'SF:Other.swift\nDA:1,1\nend_of_record\n' >core/build/reports/cov.info
touch -d '2001-01-01' app/build/reports/cov.info
ok 'nor are those from before the commit' sh -c 'referee --config ../referee.conf run >../out.txt && grep -q "app/build/reports/cov.info is older than the commit" ../out.txt'
touch app/build/reports/cov.info
ok 'those in the work tree count together' sh -c 'referee --config ../referee.conf plan --format json >../plan.json; python3 -c "import json; c = json.load(open(\"../plan.json\"))[\"coverage\"]; print(c); assert round(c[\"percent\"]) == 64 and c[\"from\"] == \"app/build/reports/cov.info and 1 more\""'
ok 'and the condition holds' sh -c 'referee --config ../referee.conf run >../out.txt && ! grep -q "low: skipped" ../out.txt && grep -q "^low: " ../out.txt'
ok 'not for another commit than the one that is checked out' sh -c 'referee --config ../referee.conf plan --head HEAD~1 --format json >../plan.json; python3 -c "import json; assert json.load(open(\"../plan.json\"))[\"coverage\"][\"percent\"] is None"'
finish
