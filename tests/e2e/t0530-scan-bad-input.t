#!/bin/sh
# scan and symbols on what nobody writes by hand: bounded, said, right lines.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/plant.sh"

GIT_CEILING_DIRECTORIES=$work
export GIT_CEILING_DIRECTORIES
bad='UserDefaults.standard.set(token, forKey: "access_token")'

printf 'let a = 1\n\0\0\0\n%s\n' "$bad" >nul.swift
ok 'a NUL hides nothing and moves no line' sh -c 'referee scan nul.swift | grep -q "nul.swift:3 "'
printf '// caf\351 \377\376\r\n%s\r\n' "$bad" >latin.swift
ok 'nor do bytes that are not UTF-8' sh -c 'referee scan latin.swift | grep -q "latin.swift:2 "'
ok 'a report of them is UTF-8' sh -c 'referee scan --format json | python3 -c "import json,sys; json.loads(sys.stdin.buffer.read().decode())"'
python3 -c "print('class A {' * 100000)" >nested.swift
python3 -c "print(')}]\"\'\"\"\"' * 50000)" >unbalanced.kt
python3 -c "print('let x = \"' + 'api_key token secret ' * 50000 + '\"')" >line.swift
ok '100,000 nested braces end' timeout 60 referee scan nested.swift
ok 'and so does their outline' sh -c 'timeout 60 referee symbols nested.swift >/dev/null'
ok 'what is unbalanced everywhere ends' timeout 60 referee scan unbalanced.kt
ok 'a megabyte line of names ends' timeout 60 referee scan line.swift
secret=$(token)
python3 -c "print('a=1;' * 250000 + 'k=\"$secret\";' + 'b=2;' * 250000)" >minified.js
ok 'a secret in a minified file is found' sh -c 'referee scan minified.js >out.txt && grep -q "minified.js:1  GitHub" out.txt'
ok 'its line is shown in part, without it' sh -c '! grep -qF "$1" out.txt && test "$(wc -c <out.txt)" -lt 2000' sh "$secret"
{ printf 'let k = "%s"\n' "$secret"; python3 -c "print('let filler = 1\n' * 700000)"; } >large.swift
ok 'over 8 MiB secrets only, and it says so' sh -c 'referee scan large.swift | grep -q "In part: large.swift (over 8 MiB: secrets only)"'
truncate -s 70000000 huge.swift
ok 'over 64 MiB nothing, and it says so' sh -c 'referee scan huge.swift | grep -q "Not reviewed: huge.swift (larger than 64 MiB)"'
mkfifo pipe.swift
ln -s /etc/passwd link.swift
ok 'pipes and links are left alone' sh -c 'timeout 60 referee scan --format json >out.json && ! grep -q "pipe.swift\|link.swift" out.json'
ok 'a pipe that is named is refused' sh -c 'timeout 60 referee scan pipe.swift | grep -q "pipe.swift (.*not a regular file"'

git init -q -b main hostile && cd hostile || exit 99
git config user.name Ada && git config user.email ada@example.org
mkdir -p .referee/rules
cat >.referee/rules/own.yml <<'END'
rules:
  - id: slow
    title: slow
    languages: [swift]
    pattern: '^(a+)+$'
    message: m
    fix: f
    severity: minor
    category: style
    examples:
      match: ['aaa']
      no_match: ['b']
END
python3 -c "print(('a' * 4000 + '!\n') * 300)" >a.swift
git add . && git commit -q -m 'Rules'
ok 'a hostile pattern ends' sh -c 'timeout 60 referee scan >../out.txt 2>../err.txt'
ok 'and is said to be incomplete' grep -q 'rule slow on a.swift: .*incomplete' ../err.txt
finish
