#!/bin/sh
# The manual and --help say the same: commands, their options, their arguments.
. "$SRCDIR/tests/lib/tap.sh"

commands()
{
	referee help | sed -n 's/^  \([a-z]*\)  .*/\1/p'
}

# The options of one command as its --help has them, common ones left out.
helped()
{
	referee "$1" --help | sed -n '/^common options:/q; s/^  [- ][a-z ][, ]*--\([a-z-]*\).*/\1/p; s/^      *--\([a-z-]*\).*/\1/p' | sort -u
}

# The same from the manual's entry of the command, up to its text.
written()
{
	awk -v name="$1" '
		/^\.It / { on = 0 }
		$0 ~ "^\\.It .*Nm referee " name "( |$)" { on = 1; long = / Xo / }
		on && /^\.Xc/ { on = 0; print; next }
		on && long && /^\.Fl/ { print; next }
		on && /^(\.It|\.Op|\.Oo|\\&|\.Ns)/ { print }' "$SRCDIR/doc/referee.1" |
		grep -o 'Fl \\-[a-z-]*' | sed 's/Fl \\-//' | sort -u
}

same_options()
{
	helped "$1" >helped.txt
	written "$1" >written.txt
	diff helped.txt written.txt
}

for command in $(commands); do
	ok "the manual has the options of $command" same_options "$command"
	ok "$command --help exits 0" exits 0 referee "$command" --help
	ok "$command refuses an option it does not have" exits 2 referee "$command" --nonsense
done
ok 'there are commands' test -n "$(commands)"
finish
