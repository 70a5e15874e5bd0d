#!/bin/sh
# A run failed, and referee was killed before it had said so: the next poll says
# it, once, and asks nobody for that.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"
. "$SRCDIR/tests/lib/github.sh"
. "$SRCDIR/tests/lib/poll.sh"

new_project app
start_github "$work/app.git"
write_config
cat >service <<'SH'
#!/bin/sh
cat >/dev/null
echo "$REFEREE_AGENT" >>"$0.asked"
exit 77
SH
chmod +x service
cat >>referee.conf <<CONF
adopt = all
[service "one"]
kind = command
command = $work/service
CONF
sed -i 's/^\[referee\]/&\nservice = one/' referee.conf
REFEREE_CONFIG=$work/referee.conf
export REFEREE_CONFIG
referee poll >/dev/null 2>&1

# state EXPRESSION: of what is remembered of the workflow on pull $number, w; what
# it was after the kill is `was`.
state()
{
	git -C state/mirrors/app.git cat-file -p "refs/referee/pulls:pulls/1/$number.json" >now.json
	python3 -c 'import json, sys
w, was = (json.load(open(f))["workflows"][0] for f in ("now.json", sys.argv[2]))
assert eval("(" + sys.argv[1] + ")"), (was, w)' "$1" "${2:-was.json}"
}

# is_told: the pull has it all, once, and nobody was asked again for it.
is_told()
{
	head=$(git -C app rev-parse "topic/$number")
	is_there "[s['state'] for s in statuses if s['sha'] == '$head'][-1:] == ['error'] and
		[c['body'][:4] for c in comments if c['pull'] == $number] == ['<!--'] and
		sum(r['pull'] == $number for r in reviews) == 1" &&
		test "$(wc -l <service.asked)" = "$before" &&
		state 'w["progress"] == "failed" and w["attempts"] == 1 and "is_untold" not in w and
			w["retry_at_ms"] == was["retry_at_ms"] > 0'
}

number=100
# killed_at POINT: on a new pull, once the run was settled.
killed_at()
{
	number=$((number + 1))
	open_bad_pull $number
	REFEREE_FAULT=$1 referee poll >/dev/null 2>&1
	test $? -ge 128 || { echo 'not killed'; return 1; }
	before=$(wc -l <service.asked)
	state 'w["progress"] == "failed" and w["is_untold"]' now.json || return 1
	cp now.json was.json
	referee poll >out.txt 2>&1
	is_told || { cat out.txt; return 1; }
}

# is_quiet: there is nothing left to do for it.
is_quiet()
{
	writes=$(asked '^(POST|PATCH|PUT) /repos')
	referee poll >out.txt 2>&1
	test "$(asked '^(POST|PATCH|PUT) /repos')" = "$writes" && is_told
}

if REFEREE_FAULT=any:1 referee poll >/dev/null 2>&1 || test $? -lt 128; then
	stop_github
	echo '1..0 # SKIP built without --enable-faults'
	exit 0
fi
for point in deliver.save:1 forge.write:1 forge.write:2 poll.told:1; do
	ok "killed at $point: the next poll says it" killed_at $point
	ok 'and that is it' is_quiet
done
stop_github
finish
