#!/bin/sh
# Listing and fetching over http against git itself, on a repository with many
# refs. Usage: remote.sh BENCH_REMOTE SERVER [REFS]; prints ratios.
# shellcheck disable=SC2046 # three numbers at a time, wanted as words

bench=$1 server=$2 refs=${3:-10000} times=5
work=$(mktemp -d) || exit 1
HOME=$work GIT_CONFIG_NOSYSTEM=1
export HOME GIT_CONFIG_NOSYSTEM
cd "$work" || exit 1

cleanup()
{
	exec 3>&-
	wait
	rm -rf "$work"
}
trap cleanup EXIT

milliseconds()
{
	date +%s%3N
}

git init -q --bare many.git && git -C many.git config user.name x &&
	git -C many.git config user.email x@example.org || exit 1
tree=$(git -C many.git mktree </dev/null)
tip=$(git -C many.git commit-tree -m base "$tree")
new=$(git -C many.git commit-tree -p "$tip" -m new "$tree")
{
	echo "create refs/heads/main $tip"
	i=0
	while test "$i" -lt "$refs"; do
		i=$((i + 1))
		echo "create refs/pull/$i/head $tip"
	done
} | git -C many.git update-ref --stdin
git -C many.git pack-refs --all

mkfifo input ready
python3 "$server" "$work" <input >ready &
exec 3>input
read -r _ port _ <ready
url=http://127.0.0.1:$port/plain/many.git

start=$(milliseconds)
i=0
while test "$i" -lt "$times"; do
	i=$((i + 1))
	git ls-remote -q "$url" 'refs/pull/*' >/dev/null || exit 1
done
theirs=$((($(milliseconds) - start) / times))
set -- $("$bench" list "$url" refs/pull/ "$times")
awk -v us="$1" -v them="$theirs" -v cpu="$2" -v kib="$3" -v n="$refs" 'BEGIN {
	printf "list %d refs: %.1f ms, git ls-remote %d ms, ratio %.2f ", n, us,
		them, us / them
	printf "(%.1f ms CPU, %.1f MB)\n", cpu, kib / 1024 }'
set -- $("$bench" list "$url" refs/heads/ 20)
awk -v us="$1" -v them="$theirs" -v cpu="$2" -v n="$refs" 'BEGIN {
	printf "list 1 branch beside %d refs: %.1f ms, ratio %.2f ", n, us,
		us / them
	printf "(%.2f ms CPU)\n", cpu }'

# Milliseconds of the processor that children of this shell took so far.
child_cpu()
{
	times >"$work/times"
	awk 'NR == 2 { for (i = 1; i <= 2; i++) {
		split($i, t, /[ms]/); sum += (t[1] * 60 + t[2]) * 1000 }
		print int(sum) }' "$work/times"
}

# What is there is fetched; then one pull is new.
cp -R many.git theirs.git
"$bench" fetch "$url" "$work/ours.git" '+refs/heads/*:refs/heads/*' >/dev/null
git -C many.git update-ref refs/pull/7/head "$new"
child_cpu >before
start=$(milliseconds)
git -C theirs.git fetch -q "$url" '+refs/pull/*/head:refs/pull/*/head' || exit 1
theirs=$(($(milliseconds) - start))
child_cpu >after
their_cpu=$(($(cat after) - $(cat before)))
set -- $("$bench" fetch "$url" "$work/ours.git" \
	'+refs/pull/7/head:refs/pull/7/head')
awk -v us="$1" -v them="$theirs" -v cpu="$2" -v their_cpu="$their_cpu" \
	-v n="$refs" 'BEGIN {
	printf "fetch 1 pull of %d: %.1f ms, git fetch of all %d ms, ", n, us,
		them
	printf "ratio %.2f; %.1f ms CPU (at most 5), git %d ms, %.0f times " \
		"less (at least 20)\n", us / them, cpu, their_cpu, their_cpu / cpu }'
