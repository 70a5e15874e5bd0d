#!/bin/sh
# What doctor says of an installation, good and bad.
. "$SRCDIR/tests/lib/tap.sh"

GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.org
export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
git init -q -b main app && git -C app commit -q --allow-empty -m start
line=
says_line()
{
	referee "$@" doctor --repo app >out.txt
	cat out.txt
	grep -q "$line" out.txt
}

cat >good.conf <<EOF
[referee]
state_dir = $PWD/state
[service "claude-api"]
kind = anthropic
key = env:REVIEW_KEY
[project "app"]
url = $PWD/app
EOF
sed 's/REVIEW_KEY/NO_SUCH_KEY/; s|/app$|/gone|' good.conf >bad.conf
REVIEW_KEY='planted-value-5f1c'
export REVIEW_KEY

ok 'all is fine' exits 0 referee --config good.conf doctor --repo app
line='^fine  service claude-api: key from env:REVIEW_KEY$' ok 'it says where a key is from' says_line --config good.conf
ok 'and never shows it' exits 1 grep planted-value out.txt
line="^fine  project app: $PWD/app answers, HEAD is" ok 'a remote answers' says_line --config good.conf
line='^note  notes: .*referee init' ok 'it says what is not set up' says_line --config good.conf

ok 'what is bad is told by the exit status' exits 3 referee --config bad.conf doctor --repo app
line='^bad   service claude-api: .*NO_SUCH_KEY' ok 'a missing key is named' says_line --config bad.conf
line='^bad   project app: .*gone' ok 'a missing remote is named' says_line --config bad.conf
referee --quiet --config bad.conf doctor --repo app >quiet.txt
ok 'quiet: only what is bad' test "$(grep -vc ^bad quiet.txt)" = 0

echo 'wrong = 1' >broken.conf
ok 'a broken configuration comes first' exits 2 referee --config broken.conf doctor
finish
