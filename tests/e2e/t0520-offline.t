#!/bin/sh
# What the offline service does beyond rules: tests laid out, lines no test runs, stale documentation, and what it cannot.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

# workflow AGENT: a workflow of one agent.
workflow()
{
	printf 'name: One\ntrigger:\n  event: pull_request\nagents:\n  - name: %s\n' "$1" >"$work/$1.yml"
	echo "$work/$1.yml"
}

# asked AGENT: its run as JSON, in out.json.
asked()
{
	referee run --workflow "$(workflow "$1")" --format json >"$work/out.json"
}

# told PYTHON: an assertion on d, the document.
told()
{
	python3 -c "import json; d = json.load(open('$work/out.json')); print(json.dumps(d)); assert $1"
}

# file_of PATH: a file of the last test generation, from the agent's answer.
file_of()
{
	git show "refs/referee/runs:$(git ls-tree -r --name-only refs/referee/runs | grep '/agents/test-generation-agent.json$')" |
		python3 -c 'import json, sys; print({f["path"]: f["content"] for f in json.load(sys.stdin)["answer"]["files"]}[sys.argv[1]])' "$1"
}

new_app app
cd app || exit 99
mkdir -p ios/Tests android/src/test/java
cat >ios/Tests/RatesTests.swift <<'END'
import XCTest
@testable import Wallet

final class RatesTests: XCTestCase {
    func testRates() { XCTAssertTrue(true) }
}
END
cat >android/src/test/java/RatesTest.kt <<'END'
package org.example

import org.junit.Test

class RatesTest {
    @Test fun latest() { Rates(client).latest() }
}
END
git add -A && git commit -q -m 'Tests'
git switch -q -c feature
cat >ios/Transfer.swift <<'END'
/// Sends money.
public final class Transfer {
    /// Sends it.
    /// - Parameter amount: how much
    public func send(value: Int) -> Bool {
        let doubled = value * 2
        if doubled > 10 { return false }
        return true
    }

    public func undo() {
        print("a")
        print("b")
        print("c")
    }
}
END
cat >android/src/main/java/Transfer.kt <<'END'
package org.example.money

class Transfer(private val client: Client) {
    fun send(value: Int): Boolean {
        val doubled = value * 2
        client.post(doubled)
        return doubled > 10
    }
}
END
git add -A && git commit -q -m 'Transfers'

ok 'test generation answers' asked test-generation-agent
ok 'it is not skipped' told 'd["runs"][0]["agents"][0]["state"] == "answered"'
file_of ios/Tests/TransferTests.swift >../TransferTests.swift
ok 'a Swift file beside the nearest tests, with their imports' grep -q '^@testable import Wallet$' ../TransferTests.swift
ok 'its class' grep -q '^final class TransferTests: XCTestCase {$' ../TransferTests.swift
ok 'and a test for each new function, skipped' sh -c 'grep -q "func testSend() throws {" ../TransferTests.swift && grep -q "func testUndo() throws {" ../TransferTests.swift && test "$(grep -c XCTSkip ../TransferTests.swift)" = 2'
file_of android/src/test/java/TransferTest.kt >../TransferTest.kt
ok 'a Kotlin file with JUnit 4, in the package of the code' sh -c 'grep -q "^package org.example.money$" ../TransferTest.kt && grep -q "^import org.junit.Ignore$" ../TransferTest.kt && grep -q "fun send() {" ../TransferTest.kt'

ok 'test coverage answers' asked test-coverage-agent
ok 'new functions that no test names are told' told 'any(f["rule"] == "untested-code" and f["path"] == "ios/Transfer.swift" for f in d["findings"])'
ok 'without a report coverage is unknown, and said so' told '"not known" in d["runs"][0]["agents"][0]["summary"]'
printf 'SF:ios/Transfer.swift\nDA:6,1\nDA:7,1\nDA:12,0\nDA:13,0\nDA:14,0\nend_of_record\n' >../cov.info
git notes --ref=coverage add -F ../cov.info HEAD
git commit -q --amend -m 'Transfers, measured' && git notes --ref=coverage add -f -F ../cov.info HEAD
echo '// more' >>ios/Transfer.swift && git commit -q -a -m 'More' && git notes --ref=coverage add -f -F ../cov.info HEAD
ok 'with a report on the head' asked test-coverage-agent
ok 'added lines that no test runs are told' told 'any(f["rule"] == "uncovered-lines" and f["line"] == 12 and "12-14" in f["body"] for f in d["findings"])'
ok 'and how many of them are run' told '"40%" in d["runs"][0]["agents"][0]["summary"]'

# Of an older commit only what is as it was then says something of lines.
git commit -q --allow-empty -m 'Nothing'
asked test-coverage-agent
ok 'a report a commit back counts where nothing moved' told '"40%" in d["runs"][0]["agents"][0]["summary"]'
sed -i '1i // moved' ios/Transfer.swift && git commit -q -a -m 'Moved'
asked test-coverage-agent
ok 'and says nothing of what did' told '"does not speak of the added lines" in d["runs"][0]["agents"][0]["summary"] and not any(f["rule"] == "uncovered-lines" for f in d["findings"])'
git reset -q --hard HEAD~2
git update-ref -d refs/notes/coverage
git remote add origin https://git.example.org/acme/app.git
configured()
{
	printf '[project "app"]\nurl = https://git.example.org/acme/app\nforge = plain\ncoverage = %s\n' "$1" >../referee.conf
	git update-ref -d refs/referee/runs
	referee --config ../referee.conf run --workflow ../test-coverage-agent.yml --format json >../out.json
}
configured "command:cat $PWD/../cov.info"
ok 'from a command: the lines that no test runs' told 'any(f["rule"] == "uncovered-lines" and "12-14" in f["body"] for f in d["findings"])'
mkdir -p build && cp ../cov.info build/cov.info
configured 'file:build/cov.info'
ok 'from a file: the same' told 'any(f["rule"] == "uncovered-lines" and "12-14" in f["body"] for f in d["findings"]) and "build/cov.info" in d["runs"][0]["agents"][0]["summary"]'
configured 'command:false'
ok 'a command that fails: not known, and why' told '"not known: exit status 1" in d["runs"][0]["agents"][0]["summary"] and not any(f["rule"] == "uncovered-lines" for f in d["findings"])'
rm -r build && git remote remove origin

ok 'documentation answers' asked documentation-agent
ok 'a stale parameter is told' told 'any(f["rule"] == "doc-stale-parameter" and f["line"] == 5 for f in d["findings"])'
ok 'public API without documentation is told' told 'any(f["rule"] == "doc-missing" and "undo" in f["body"] for f in d["findings"])'

for agent in migration-planning-agent architecture-analysis-agent test-review-agent; do
	asked $agent
	ok "$agent says that offline cannot do it" told '"offline cannot do" in (d["runs"][0]["agents"][0].get("reason") or "")'
done
ok 'lint answers with rules' asked lint-agent
ok 'security answers' asked security-agent
ok 'the same answers every time' sh -c '
	git update-ref -d refs/referee/runs
	referee run --workflow "$1" --format json | grep -v "\"id\"\|duration_ms\|started_at" >../1
	git update-ref -d refs/referee/runs
	referee run --workflow "$1" --format json | grep -v "\"id\"\|duration_ms\|started_at" >../2
	cmp ../1 ../2' same "$work/documentation-agent.yml"

# What offline knows little of is not called reviewed.
mkdir -p web && echo 'export const rate = 1;' >web/Rate.tsx
echo 'let rate = 1' >ios/Rate.swift
git add . && git commit -q -m 'Rates of the web'
asked code-review-agent
ok 'a file of a language without rules was seen in part' told '[f for f in d["runs"][0]["files"] if f["path"] == "web/Rate.tsx" and f["coverage"] == "partial" and "no rules for its language" in f["reason"]]'
ok 'one with rules was reviewed' told '[f for f in d["runs"][0]["files"] if f["path"] == "ios/Rate.swift" and f["coverage"] == "reviewed"]'

# check reads the rules of the work tree.
mkdir -p .referee/rules && printf 'rules:\n  - idd: x\n' >.referee/rules/own.yml
ok 'a mistake in a rule is one for check' exits 2 sh -c 'referee check 2>../err.txt'
ok 'with its place' grep -q '^.referee/rules/own.yml:2:5: ' ../err.txt
finish
