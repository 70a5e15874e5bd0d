#!/bin/sh
# Every report format has the members that its readers require, on one change.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

# json FILE STATEMENTS: Python over the document d.
json()
{
	python3 -c "
import json, re, sys
d = json.load(open(sys.argv[1]))
$2" "$1"
}

new_app app
cd app || exit 99
git switch -q -c feature
bad_session >ios/Session.swift
git commit -q -a -m 'Keep the token'
for format in text markdown json sarif rdjson codequality; do
	ok "$format is written" sh -c "referee run --format $format >../out.$format"
	ok "$format names the file relative to the repository" sh -c \
		"grep -q 'ios/Session.swift' ../out.$format && ! grep -qF '$PWD' ../out.$format"
done
ok 'json has findings with their members' json ../out.json '
for f in d["findings"]:
    assert f["path"] and f["line"] >= 1 and f["quote"] and f["category"] and f["title"] and f["body"], f
    assert f["severity"] in ("info", "minor", "major", "critical"), f
    assert re.fullmatch("[0-9a-f]{12}", f["fingerprint"]), f
assert d["findings"]'
ok 'sarif is 2.1.0 with rules, places and fingerprints' json ../out.sarif '
assert d["version"] == "2.1.0" and "sarif" in d["$schema"]
run = d["runs"][0]
assert run["tool"]["driver"]["name"] == "referee"
rules = {r["id"] for r in run["tool"]["driver"]["rules"]}
assert run["results"]
for r in run["results"]:
    assert r["ruleId"] in rules and r["message"]["text"] and r["partialFingerprints"], r
    assert r["level"] in ("none", "note", "warning", "error"), r
    place = r["locations"][0]["physicalLocation"]
    assert not place["artifactLocation"]["uri"].startswith("/") and place["region"]["startLine"] >= 1, r'
ok 'rdjson has its diagnostics' json ../out.rdjson '
assert d["source"]["name"] == "referee" and d["diagnostics"]
for r in d["diagnostics"]:
    assert r["message"] and r["location"]["path"] and r["location"]["range"]["start"]["line"] >= 1, r
    assert r["severity"] in ("ERROR", "WARNING", "INFO", "UNKNOWN_SEVERITY"), r'
ok 'code quality has what GitLab requires' json ../out.codequality '
assert isinstance(d, list) and d
assert len({f["fingerprint"] for f in d}) == len(d)
for f in d:
    assert f["description"] and f["check_name"] and f["location"]["path"], f
    assert f["location"]["lines"]["begin"] >= 1, f
    assert f["severity"] in ("info", "minor", "major", "critical", "blocker"), f'
ok 'show gives the same findings as run' sh -c 'referee show --format json >../show.json && python3 -c "
import json
a, b = (json.load(open(p))[\"findings\"] for p in (\"../out.json\", \"../show.json\"))
assert [f[\"fingerprint\"] for f in a] == [f[\"fingerprint\"] for f in b]"'
ok 'log -n bounds the runs' sh -c 'referee run --workflow security-audit >/dev/null; test "$(referee log -n 1 | wc -l)" = 1'
finish
