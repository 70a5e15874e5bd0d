#!/bin/sh
# Test generation from analysis to sandbox: what one agent wrote reaches the next, what the reviewer dropped is not run,
# the rest lands on a branch of referee's.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

has()
{
	grep -qF -- "$1" "$2" || { echo "no '$1' in:"; cat "$2"; return 1; }
}
hasnt()
{
	! grep -F -- "$1" "$2"
}

TMPDIR=$work/tmp
export TMPDIR
mkdir "$TMPDIR"
new_app app
git clone -q app clone
cd clone || exit 99
git config user.name Ada
git config user.email ada@example.org
git switch -q -c feature
bad_session >ios/Session.swift
echo '#!/bin/sh' >evil.sh
ln -s ../.. ios/Linked
git add -A
git commit -q -m 'Keep the token'

# A service that answers as it is told, and keeps what it was asked.
cat >../service <<EOF2
#!/bin/sh
cat >"$work/asked-\$REFEREE_AGENT"
cat "$work/answers/\$REFEREE_AGENT"
EOF2
chmod +x ../service
mkdir ../answers
cat >../answers/code-analysis-agent <<'EOF2'
{"title": "Units", "markdown": "# Session.signIn\nKeeps the token.", "path": null}
EOF2
cat >../answers/test-generation-agent <<'EOF2'
{"files": [
 {"path": "iosTests/GoodTests.sh", "content": "exit 0\n", "why": "It holds.", "covers": "Session.signIn"},
 {"path": "iosTests/WrongTests.sh", "content": "touch wrong-was-run\nexit 1\n", "why": "It is wrong.", "covers": null},
 {"path": "iosTests/ChangedTests.sh", "content": "exit 1\n", "why": "Nearly right.", "covers": null},
 {"path": "ios/Linked/EscapeTests.swift", "content": "x\n", "why": "Through a link.", "covers": null},
 {"path": "ios/Session.swift", "content": "// product\n", "why": "Not a test.", "covers": null},
 {"path": "iosTests/RedactedTests.sh", "content": "[redacted:email:1]\n", "why": "Cannot be put back.", "covers": null}],
 "summary": "Six files."}
EOF2
cat >../answers/test-review-agent <<'EOF2'
{"items": [
 {"name": "iosTests/GoodTests.sh", "verdict": "keep", "reason": "Fine.", "content": null},
 {"name": "iosTests/WrongTests.sh", "verdict": "drop", "reason": "Tests nothing.", "content": null},
 {"name": "iosTests/ChangedTests.sh", "verdict": "change", "reason": "The status.", "content": "exit 0 # mended\n"}],
 "summary": "Kept two."}
EOF2
# The command of the project: runs every test, writes JUnit's report, and looks around.
cat >../runner <<'EOF2'
n=0 bad=0
for t in iosTests/*.sh; do sh "$t" || bad=$((bad + 1)); n=$((n + 1)); done
{
	echo '<testsuite>'
	for t in iosTests/*.sh; do echo "<testcase classname='ios' name='$t'/>"; done
	echo '</testsuite>'
} >report.xml
echo "files: $(ls iosTests | tr '\n' ' ')"
echo "home: $(ls -A "$HOME" | wc -l)"
echo "secret: $(cat SECRETFILE 2>&1)"
echo "network: $(cat /proc/net/dev 2>/dev/null | grep -c eth)"
touch /usr/planted 2>/dev/null && echo "the system can be written"
env | sort
exit $bad
EOF2
echo top-secret >../secret
sed -i "s|SECRETFILE|$work/secret|" ../runner
cat >../referee.conf <<EOF2
[service "fake"]
kind = command
command = $work/service
[project "app"]
url = $work/app
forge = plain
test_command = sh run-tests.sh
EOF2
cp ../runner run-tests.sh
git add run-tests.sh
git commit -q -m 'How tests are run'

ok 'the run goes through' exits 0 sh -c 'referee --config ../referee.conf run --workflow test-generation --service fake >../out 2>../err'
ok 'the analysis reaches the generator' has 'Keeps the token.' ../asked-test-generation-agent
ok 'what was generated reaches the reviewer' has 'touch wrong-was-run' ../asked-test-review-agent
ok 'the code around the change was shown' has 'Around the change' ../asked-test-generation-agent
ok 'a product file is not replaced' has 'not written: ios/Session.swift' ../err
ok 'nothing is written through a link' has 'not written: ios/Linked/EscapeTests.swift' ../err
ok 'a file with a placeholder is dropped' sh -c '! git ls-tree -r --name-only refs/referee/runs | grep Redacted'
branch=$(git for-each-ref --format='%(refname:short)' refs/heads/referee)
ok 'the branch is of the workflow and head' test "$branch" = "referee/test-generation/$(git rev-parse HEAD | cut -c1-10)"
ok 'it is told' has "on branch $branch" ../err
ok 'it is one commit on top of the head' test "$(git rev-parse "$branch^")" = "$(git rev-parse HEAD)"
ok 'it holds what was kept' sh -c "git diff --name-only HEAD '$branch' | sort | tr '\n' ' ' | grep -qx 'iosTests/ChangedTests.sh iosTests/GoodTests.sh '"
ok 'as the reviewer changed it' sh -c "git show '$branch:iosTests/ChangedTests.sh' | grep -q mended"
ok 'it is not checked out' test "$(git symbolic-ref --short HEAD)" = feature
ok 'the work tree is clean' test -z "$(git status --porcelain)"
ok 'the record has the files' sh -c 'git ls-tree -r --name-only refs/referee/runs | grep -q "/files/iosTests/GoodTests.sh$"'
ok 'but not what was dropped' sh -c '! git ls-tree -r --name-only refs/referee/runs | grep -q "/files/iosTests/WrongTests.sh$"'
ok 'again moves nothing' sh -c "before=\$(git rev-parse '$branch'); referee --config ../referee.conf run --workflow test-generation --service fake >/dev/null 2>&1; test \"\$before\" = \"\$(git rev-parse '$branch')\""
ok 'the repository is sound' sh -c 'git fsck --full --strict 2>&1 | { ! grep -v "^notice\|dangling"; }'

# The sandbox, where one can be made.
git show "refs/referee/runs:$(git ls-tree -r --name-only refs/referee/runs | grep 'agents/test-runner.json$')" >../tests.json 2>/dev/null
if bwrap --ro-bind / / --unshare-all --proc /proc true 2>/dev/null; then
	ok 'the kept tests were run and counted' has '"passed":	2' ../tests.json
	ok 'the dropped one was not' hasnt 'WrongTests' ../tests.json
	ok 'no file of ours is seen' hasnt top-secret ../tests.json
	ok 'the network is not there' has 'network: 0' ../tests.json
	ok 'the system is read-only' hasnt 'can be written' ../tests.json
	ok 'nothing is left in /tmp' sh -c '! ls -A "$TMPDIR" | grep .'
else
	ok 'without namespaces it is skipped and says so' has 'bubblewrap cannot make a sandbox' ../out
fi

# A failing test asks for attention.
sed -i 's|exit 0 # mended|exit 3|' ../answers/test-review-agent
echo '// more' >>ios/Session.swift
git commit -q -a -m 'More'
referee --config ../referee.conf run --workflow test-generation --service fake >../out2 2>&1
if bwrap --ro-bind / / --unshare-all --proc /proc true 2>/dev/null; then
	ok 'failing tests ask for attention' has 'test-generation: attention' ../out2
fi

# Without bubblewrap nothing is run.
mkdir ../bin
for p in git sh cat env; do ln -s "$(command -v $p)" ../bin/; done
echo '// again' >>ios/Session.swift
git commit -q -a -m 'Again'
referee=$(command -v referee)
PATH=$work/bin $referee --config ../referee.conf run --workflow test-generation --service fake >../out3 2>&1
ok 'without bubblewrap it is skipped and says so' has 'bubblewrap (bwrap) is not installed' ../out3

# Where CI is to run them, nothing is run here.
echo 'tests = ci' >>../referee.conf
echo '// ci' >>ios/Session.swift
git commit -q -a -m 'CI'
referee --config ../referee.conf run --workflow test-generation --service fake >../out5 2>&1
ok 'tests that CI runs are skipped here, which is said' has 'tests = ci leaves them' ../out5
sed -i '/^tests = ci/d' ../referee.conf

# Without a command too.
sed -i /test_command/d ../referee.conf
echo '// still' >>ios/Session.swift
git commit -q -a -m 'Still'
referee --config ../referee.conf run --workflow test-generation --service fake >../out4 2>&1
ok 'without a command it is skipped and says so' has 'no test_command is configured' ../out4
finish
