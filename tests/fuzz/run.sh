#!/bin/sh
# Run every fuzz target of the build over its corpus.
count=0 failed=0
for target in "$BUILDDIR"/tests/fuzz/fuzz_*; do
	test -x "$target" && test ! -d "$target" || continue
	name=${target##*/fuzz_}
	case $name in *.*) continue ;; esac
	count=$((count + 1))
	if "$target" "$SRCDIR/tests/fuzz/corpus/$name"/* >"$name.fuzz.out" 2>&1; then
		echo "ok $count - corpus of $name"
	else
		failed=1
		echo "not ok $count - corpus of $name"
		sed 's/^/# /' "$name.fuzz.out"
	fi
	rm -f "$name.fuzz.out"
done
echo "1..$count"
exit $failed
