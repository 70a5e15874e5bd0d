#!/bin/sh
# A delivery killed at any point, and done again: everything is there once.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/github.sh"

open_judged_pull 1
REFEREE_FAULT=any:1 deliver 1 "$head" >/dev/null 2>&1
if test $? -lt 128; then
	stop_github
	echo '1..0 # SKIP built without --enable-faults'
	exit 0
fi

number=100 kills=0
while test $kills -lt 60; do
	kills=$((kills + 1)) number=$((number + 1))
	git -C app update-ref "refs/pull/$number/head" HEAD
	hub pull "{\"number\": $number}" >/dev/null
	REFEREE_FAULT=any:$kills deliver $number "$head" >/dev/null 2>&1
	status=$?
	deliver $number "$head" >out.txt 2>&1
	ok "killed at $kills, done again: one review, one comment, a status" is_there \
		"sum(r['pull'] == $number for r in reviews) == 1 and
		 sum(c['pull'] == $number for c in comments) == 1 and
		 len([l for l in lines if l['pull'] == $number]) ==
		 len(set(l['body'] for l in lines if l['pull'] == $number)) and statuses"
	test $status -ge 128 || break
done
ok 'it was killed at several points' test $kills -gt 5
ok 'the last one was not killed any more' test $status -lt 128
stop_github
finish
