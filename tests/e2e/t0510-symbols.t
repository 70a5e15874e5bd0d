#!/bin/sh
# referee symbols and map: what a project declares.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

new_app app
cd app || exit 99

cat >../expected <<'END'
ios/Session.swift
          3-8  class      final class Session
          4-6  function     func signIn(token: String)
          7-7  property     private var token: String?
END
ok 'a file as it is' says ../expected referee symbols ios/Session.swift
ok 'at a revision' says ../expected referee symbols HEAD ios/Session.swift
ok 'a folder at a revision' says ../expected referee symbols HEAD ios
ok 'everything' sh -c 'referee symbols | grep -q "function     fun latest()"'
ok 'of a revision alone' sh -c 'referee symbols HEAD >../1; referee symbols >../2; cmp ../1 ../2'
echo 'struct New {}' >>ios/Session.swift
ok 'the work tree has what is not committed' sh -c 'referee symbols ios | grep -q "struct New"'
ok 'the revision has not' says ../expected referee symbols HEAD ios
ok 'from a folder' sh -c 'cd ios && referee symbols Session.swift | grep -q "^ios/Session.swift"'
ok 'json is JSON' sh -c 'referee symbols --format json | python3 -c "
import json, sys
d = json.load(sys.stdin)
f = [f for f in d[\"files\"] if f[\"path\"] == \"ios/Session.swift\"][0]
s = f[\"symbols\"][1]
assert (f[\"language\"], s[\"kind\"], s[\"path\"], s[\"start_line\"], s[\"end_line\"], s[\"parent\"]) == (\"swift\", \"function\", \"Session.signIn\", 4, 6, 0), s
"'
ok 'outside of a repository' sh -c 'cp ios/Session.swift .. && cd .. && GIT_CEILING_DIRECTORIES=$PWD referee symbols Session.swift | grep -q "class Session"'
ok 'neither file nor revision exits 4' exits 4 referee symbols nowhere
ok 'no such path at a revision exits 4' exits 4 referee symbols HEAD nowhere
ok 'no such format exits 2' exits 2 referee symbols --format sarif
git checkout -q -- .

ok 'the map names what is declared' sh -c 'referee map >../map.txt && grep -q "class Session" ../map.txt && grep -q "class Rates" ../map.txt'
ok 'and how much was read' sh -c 'head -1 ../map.txt | grep -q "^2 source files"'
ok 'the same every time' sh -c 'referee map | cmp - ../map.txt'
i=0
while [ $i -lt 200 ]; do
	printf 'public struct Thing%d {\n    public func act%d() {}\n}\n' $i $i >ios/Thing$i.swift
	i=$((i + 1))
done
git add -A && git commit -q -m Things
ok 'it keeps to its budget' sh -c 'test "$(referee map --tokens 300 | sed 1,/^$/d | wc -c)" -lt 1200'
ok 'more tokens, more of it' sh -c 'test "$(referee map --tokens 3000 | wc -c)" -gt 4000'
ok 'too many tokens exit 2' exits 2 referee map --tokens 100000000
ok 'no repository exits 4' sh -c 'cd / && ! referee map 2>/dev/null; cd / && referee map 2>/dev/null; test $? = 4'
finish
