# shellcheck shell=sh
# $work is of tap.sh.
# shellcheck disable=SC2154
# Projects on plain git for the end-to-end tests of polling.

# new_project NAME: a clone in NAME whose remote is the bare NAME.git.
new_project()
{
	new_app "$1"
	git clone -q --bare "$1" "$1.git"
	git -C "$1" remote add origin "$work/$1.git"
	git -C "$1" fetch -q
}

# project_conf NAME [LINE]...: its section, with more lines behind.
project_conf()
{
	printf '[project "%s"]\nurl = %s\nforge = plain\npulls = topic/*\n' "$1" "$work/$1.git"
	shift
	for line; do
		echo "$line"
	done
}

# push_bad CLONE BRANCH: a change with a finding.
push_bad()
{
	git -C "$1" switch -q -c "$2" main &&
		bad_session >"$1/ios/Session.swift" &&
		echo "// of $2" >>"$1/ios/Session.swift" &&
		git -C "$1" commit -q -a -m 'Keep the token' &&
		git -C "$1" push -q origin "$2"
}

# server_note REPOSITORY REV: the note as it is there.
server_note()
{
	git -C "$1" notes --ref=referee show "$2"
}

says_line()
{
	grep -qF -- "$1" "$2" || { echo "no '$1' in:"; cat "$2"; return 1; }
}

is_sound()
{
	git -C "$1" fsck --full --strict 2>&1 | { ! grep -v '^notice\|dangling'; }
}
