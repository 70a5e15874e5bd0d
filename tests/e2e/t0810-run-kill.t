#!/bin/sh
# A run of four phases, killed before every side effect it has, and started again: one record, one note, nothing half.
. "$SRCDIR/tests/lib/tap.sh"
. "$SRCDIR/tests/lib/mobile.sh"

new_app app
git clone -q app clone
cd clone || exit 99
git config user.name Ada
git config user.email ada@example.org
git switch -q -c feature
bad_session >ios/Session.swift
git commit -q -a -m 'Keep the token'
cat >"$work/service" <<'EOF2'
#!/bin/sh
cat >/dev/null
printf '{"title": "Of %s", "markdown": "# Decision\\nKept by %s.", "path": "docs/%s.md"}' "$REFEREE_AGENT" "$REFEREE_AGENT" "$REFEREE_AGENT"
EOF2
chmod +x "$work/service"
printf '[service "fake"]\nkind = command\ncommand = %s\n' "$work/service" >"$work/conf"
cd .. || exit 99

run()
{
	referee --config "$work/conf" run --repo "$1" --workflow architecture-migration --service fake
}

# What there is after a run, without times, ids and cost: what was answered before the kill is in the cache.
state()
{
	git -C "$1" notes --ref=referee show HEAD | sed '/^  Reviewed /s/ with .*//; s/^Referee-Run: [0-9A-Z]* \(.*\) [0-9.]* USD/Referee-Run: ID \1/'
	git -C "$1" ls-tree -r --name-only refs/referee/runs
	git -C "$1" for-each-ref --format='%(refname) %(tree)' refs/heads/referee
	for ref in $(git -C "$1" for-each-ref --format='%(refname)' refs/heads/referee); do
		git -C "$1" ls-tree -r "$ref"
	done
}

cp -r clone whole
run whole >out 2>err
ok 'the whole run passes' grep -q '^architecture-migration: pass' out
ok 'the documents are shown' grep -q 'Kept by migration-planning-agent' out
ok 'the note has them' sh -c 'git -C whole notes --ref=referee show HEAD | grep -q "Kept by impact-analysis-agent"'
ok 'show has them' sh -c 'referee show --help >/dev/null; cd whole && referee show | grep -q "Kept by architecture-analysis-agent"'
ok 'markdown has them' sh -c 'cd whole && referee show --format markdown | grep -q "#### Decision"'
ok 'they are on a branch' sh -c 'git -C whole for-each-ref refs/heads/referee | grep -q architecture-migration'
state whole >expected

if ! sh -c 'cp -r clone one && REFEREE_FAULT=judge.notes:1 referee --config conf run --repo one --workflow architecture-migration --service fake >/dev/null 2>&1; test $? -ge 128'; then
	ok 'killed in between # SKIP built without --enable-faults' true
	finish
fi

# The places of the run itself, and some of those between.
killed=0
for at in judge.findings:1 judge.records:1 app.generated:1 judge.notes:1 any:3 any:8 any:21 any:55; do
	rm -rf one
	cp -r clone one
	REFEREE_FAULT=$at run one >out 2>err
	test $? -ge 128 && killed=$((killed + 1))
	run one >out 2>err
	state one >actual 2>&1
	ok "killed at $at and started again, all is as if it had not been" diff expected actual
	ok "killed at $at, the repository is sound" sh -c 'git -C one fsck --full --strict 2>&1 | { ! grep -v "^notice\|dangling"; }'
done
ok 'it was killed there' test "$killed" -ge 5
finish
