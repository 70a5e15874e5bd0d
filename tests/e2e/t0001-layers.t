#!/bin/sh
# Which folder may include which: src/layers is obeyed.
. "$SRCDIR/tests/lib/tap.sh"

check_layers()
{
	(cd "$SRCDIR" && find src -name '*.[ch]' \
		-exec awk -f scripts/check-layers src/layers {} +)
}

ok 'every include is one that src/layers allows' check_layers
finish
