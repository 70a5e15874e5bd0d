#!/bin/sh
# Keys from everywhere, in real requests that go well, wrong and elsewhere: no
# key is in anything that is written, said or handed on.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/ai.sh"

start_ai
new_app app
cd app || exit 99
ai_workflow
git add . && git commit -q -m 'A workflow'
git switch -q -c feature
cd ..
printf '%s\n' "$AI_KEY" >key.file
chmod 600 key.file
mkdir credentials
cp key.file credentials/ai
export CREDENTIALS_DIRECTORY=$work/credentials FAKE_KEY=$AI_KEY

# conf_with KIND KEY: all that can be written is below $work/seen.
conf_with()
{
	cat >conf <<-CONF
		[referee]
		service = fake
		log_format = json
		[budget]
		daily = 100
		[service "fake"]
		kind = $1
		url = http://127.0.0.1:$ai_port$([ "$1" = openai ] && echo /v1)
		key = $2
		timeout = 2s
	CONF
}

# judge PLAY KIND KEY STATUS
judge()
{
	conf_with "$2" "$3"
	(cd app && { bad_session; echo "// play:$1 $2 $3"; } >ios/Session.swift &&
		git commit -q -a -m "Play $1" &&
		referee --verbose --config ../conf run >>../said.out 2>>../said.err)
	code=$?
	test "$code" = "$4" || { echo "exit $code"; tail -n 20 said.err; return 1; }
}

ok 'from a variable' judge answer openai env:FAKE_KEY 0
ok 'from a file' judge answer openai "file:$work/key.file" 0
ok 'from a command' judge answer openai "command:cat $work/key.file" 0
ok 'from a credential' judge answer openai credential:ai 0
ok 'with the other protocol' judge answer anthropic env:FAKE_KEY 0
ok 'a redirect to another host is an error' judge redirect anthropic env:FAKE_KEY 3
ok 'a reply that is none' judge teapot openai env:FAKE_KEY 3
ok 'an error inside of a success' judge overloaded anthropic env:FAKE_KEY 3
ok 'an answer that echoes the key' judge echo openai env:FAKE_KEY 0
ok 'a cut reply' judge cut anthropic env:FAKE_KEY 3
ok 'no money left' judge quota openai env:FAKE_KEY 3
printf 'sk-planted-of-somebody-else\n' >wrong.file
ok 'a refusal that echoes the key' judge answer anthropic "file:$work/wrong.file" 3

printf 'sk-planted-in-the-first\nand-a-second-line\n' >two.file
ok 'a key of two lines' judge answer openai "file:$work/two.file" 3
ok 'is said to be one' grep -q 'two.file: a line break or another control character is in it' said.err

# Everything that was written, unpacked.
everything()
{
	cat said.out said.err
	find app/.git/referee -type f -exec cat {} +
	(cd app && git cat-file --batch --batch-all-objects --buffer)
	test ! -e spied || cat spied
}

everything >written
ok 'there is something to look through' sh -c 'grep -aq "code-review-agent" written && grep -aq "request 1 of" said.err'
ok 'the echo is there without it' sh -c 'grep -aqF "\"of\":	\"[secret]\"" written && grep -aqF "\"summary\":	\"[secret]\"" written'
ok 'the key is nowhere' sh -c "! grep -aqF '$AI_KEY' written"
ok 'nor the one that was refused' sh -c '! grep -aqF sk-planted-of-somebody-else written'
ok 'the other host saw no header of ours' sh -c '! test -e spied || ! grep -qi "x-api-key\|authorization" spied'
ok 'the look finds what is planted' sh -c "echo 'x $AI_KEY' >planted && grep -aqF '$AI_KEY' planted"

# A program that answers is told nothing of keys.
cat >program <<'SH'
#!/bin/sh
cat >/dev/null
env >"$0.env"
echo '{"findings":[],"summary":"fine"}'
SH
chmod +x program
cat >conf <<CONF
[referee]
service = program
[service "program"]
kind = command
command = $work/program
CONF
(cd app && echo '// program' >>ios/Session.swift && git commit -q -a -m Program)
export ANTHROPIC_API_KEY=$AI_KEY OPENAI_API_KEY=$AI_KEY
ok 'a program is asked' sh -c 'cd app && referee --config ../conf run'
ok 'and has no key in its environment' sh -c "test -s program.env && ! grep -qF '$AI_KEY' program.env"

cat >>conf <<CONF
key = env:FAKE_KEY
environment = VENDOR_KEY=\${key} HOME=$work
directory = $work
CONF
cat >program <<'SH'
#!/bin/sh
cat >/dev/null
test "$VENDOR_KEY" = sk-planted-0123456789 && test "$HOME" = "$PWD" &&
	echo '{"findings":[],"summary":"it has its key"}'
SH
(cd app && echo '// its key' >>ios/Session.swift && git commit -q -a -m Key)
ok 'a program that is given its key has it, and starts where it should' sh -c 'cd app && referee --config ../conf run'
everything >written
ok 'and it is nowhere else' sh -c "grep -aqF 'it has its key' written && ! grep -aqF '$AI_KEY' written"

stop_ai
finish
