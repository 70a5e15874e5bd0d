#!/bin/sh
# Reports for machines are what we promise, and what their readers' own schemas
# allow. Those are not part of the source: REFEREE_SCHEMAS names a folder with
# sarif-schema-2.1.0.json, DiagnosticResult.json and codeclimate.json.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

python3 -c 'import jsonschema' 2>/dev/null || {
	echo '1..0 # SKIP python3-jsonschema is not installed'
	exit 0
}

# judge FORMAT FILE...: by our schema and what no schema can say.
judge()
{
	python3 "$SRCDIR/tests/lib/judge_reports" "$SRCDIR/tests/data/reports" "$@"
}

# official FORMAT SCHEMA FILE...: by its readers' schema, where it is at hand.
official()
{
	format=$1 schema=$2
	shift 2
	if test -e "${REFEREE_SCHEMAS:-/nowhere}/$schema"; then
		ok "$format is what its readers' schema says" python3 "$SRCDIR/tests/lib/judge_reports" \
			--official "$REFEREE_SCHEMAS" "$format" "$@"
	else
		ok "$format by its readers' schema # SKIP REFEREE_SCHEMAS names no folder with $schema" true
	fi
}

# all FORMAT: in each of them, and whatever reports there are.
all()
{
	for format in sarif rdjson codequality json; do
		"$@" "$format"
	done
}

# Runs of every kind with hostile texts, by the renderings alone.
made()
{
	mkdir -p "made/$1"
	ok "$1: every kind of run is rendered" "$BUILDDIR/tests/lib/show_reports" "$1" "made/$1"
	for file in made/"$1"/*; do
		ok "$1: ${file##*/} is as promised" judge "$1" "$file"
	done
}
all made

# What the program itself writes.
new_app app
cd app || exit 99
mkdir -p .referee/workflows ../said
cat >.referee/workflows/review.yml <<'YML'
name: Review
trigger: { event: pull_request }
agents: [security-agent]
YML
cat >.referee/workflows/lint.yml <<'YML'
name: Lint
trigger: { event: pull_request }
agents: [lint-agent, security-agent]
YML
cat >.referee/workflows/covered.yml <<'YML'
name: Covered
trigger:
  event: pull_request
  conditions:
    - test_coverage: "< 80%"
agents: [lint-agent]
YML
git add . && git commit -q -m 'Workflows'
git switch -q -c feature
echo 'More.' >>README.md
git commit -q -a -m 'Nothing to find'

# run NAME [ARGUMENT]...: in each format.
run()
{
	name=$1
	shift
	for format in sarif rdjson codequality json; do
		mkdir -p "../said/$format"
		referee run --format "$format" "$@" >"../said/$format/$name" 2>>../said.err
		code=$?
		case $code in 0 | 3) ;; *) cat ../said.err; return 1 ;; esac
	done
}
ok 'a change with nothing in it' run nothing
ok 'no change at all' run same --base HEAD --head HEAD
bad_session >ios/Session.swift
mkdir -p 'ios/a b' && bad_session >'ios/a b/100%2e ü [x](1):{0}.swift'
git add . && git commit -q -a -m 'Keep the token'
ok 'findings of several workflows' run findings
ok 'the workflow for coverage is skipped' grep -q '"verdict":.*"skipped"' ../said/json/findings
cat >../service <<'SH'
#!/bin/sh
cat >/dev/null
printf '%s' '{"findings": [
 {"path": "ios/Session.swift", "line": 6, "quote": "UserDefaults.standard.set", "severity": "critical", "category": "security",
  "title": "Token {0} kept [here](http://evil.example)", "body": "@ada /close\u001b[31m <img src=x>", "suggestion": "        keychain.set(token)\n", "confidence": 0.5},
 {"path": "ios/Session.swift", "line": 999, "quote": "no such code", "severity": "info", "category": "c/d\u0007", "title": "No line", "body": "", "suggestion": "x"}],
 "summary": "s"}'
SH
printf '#!/bin/sh\nexit 64\n' >../broken # once, and no breaker
chmod +x ../service ../broken
printf '[service "fake"]\nkind = command\ncommand = %s\n[service "broken"]\nkind = command\ncommand = %s\n' "$work/service" "$work/broken" >../conf
export REFEREE_CONFIG="$work/conf"
sed 's/security-agent/code-review-agent/' .referee/workflows/review.yml >../other.yml
ok 'what a service suggests' run suggestion --service fake --workflow ../other.yml
for format in sarif rdjson json; do
	ok "it is there in $format" grep -q keychain "../said/$format/suggestion"
done
printf 'name: Broken\ntrigger: { event: manual }\nagents: [code-review-agent]\nfallback:\n  - { if: broken.fails, continue: false }\n' >../broken.yml
ok 'a run that fails' run failed --service broken --workflow ../broken.yml
ok 'is no success in SARIF' grep -q '"executionSuccessful":.*false' ../said/sarif/failed
scan()
{
	for format in sarif rdjson codequality json; do
		referee scan --format "$format" >"../said/$format/scan" || return 1
		referee show --format "$format" >"../said/$format/show" || return 1
	done
}
ok 'scan and show' scan
cd ..
said()
{
	for file in said/"$1"/*; do
		ok "$1: ${file##*/} is as promised" judge "$1" "$file"
	done
}
all said

# The judge does find mistakes.
sed 's/%SRCROOT%/here/' made/sarif/hostile >broken.sarif
sed 's/"ruleIndex":.*,/"ruleIndex": 1,/' made/sarif/many >index.sarif
sed 's/"WARNING"/"WARN"/' made/rdjson/hostile >broken.rdjson
sed 's/"begin":.*/"begin": 0/' made/codequality/hostile >broken.codequality
sed 's/"pass"/"fine"/' made/json/pass >broken.json
for file in broken.sarif index.sarif broken.rdjson broken.codequality broken.json; do
	ok "$file is seen to be broken" exits 1 judge "${file##*.}" "$file"
done

official sarif sarif-schema-2.1.0.json made/sarif/* said/sarif/*
official rdjson DiagnosticResult.json made/rdjson/* said/rdjson/*
official codequality codeclimate.json made/codequality/* said/codequality/*

# reviewdog reads both of its formats; it says a line for each.
reads()
{
	reviewdog -f="$1" -reporter=local -filter-mode=nofilter <"$2" >heard || return 1
	test -s heard
}
if command -v reviewdog >/dev/null; then
	git init -q -b main reader
	cd reader || exit 99
	for name in made/rdjson/hostile made/rdjson/all said/rdjson/suggestion made/sarif/hostile said/sarif/findings; do
		kind=${name#*/}
		ok "reviewdog reads $name" reads "${kind%/*}" "../$name"
	done
else
	ok 'reviewdog reads them # SKIP reviewdog is not on PATH' true
fi
finish
