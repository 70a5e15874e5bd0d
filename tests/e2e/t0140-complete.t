#!/bin/bash
# What the shells offer comes from the tables of commands and options.
. "$SRCDIR/tests/lib/tap.sh"

offers()
{
	wanted=$1
	shift
	referee __complete -- "$@" >out.txt
	cat out.txt
	grep -qx -- "$wanted" out.txt
}
only()
{
	offers "$@" && test "$(wc -l <out.txt)" = 1
}

ok 'commands' offers run ''
ok 'the one that fits' only doctor 'do'
ok 'none that people do not see' exits 1 offers __complete ''
ok 'behind help too' only check help ch
ok 'options of the command' offers --fail-on run --
ok 'and the common ones' offers --quiet run --q
ok 'values of an option' only sarif run --format sa
ok 'severities' offers critical run --fail-on ''
ok 'services' only offline run --service off
ok 'an unfinished configuration keeps nobody from completing' exits 0 env REFEREE_CONFIG=/nowhere referee __complete -- run --service o

bash_offers()
{
	# shellcheck source=/dev/null
	. "$SRCDIR/contrib/completions/referee.bash"
	COMP_WORDS=(referee run --format co) COMP_CWORD=3
	_referee
	test "${COMPREPLY[*]}" = codequality
	COMP_WORDS=(git referee 'do') COMP_CWORD=2
	_git_referee
	test "${COMPREPLY[*]}" = doctor
}
ok 'bash passes the words on' bash_offers
finish
