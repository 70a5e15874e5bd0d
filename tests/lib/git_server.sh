# shellcheck shell=sh
# $work is of tap.sh, $git_port for those who source this.
# shellcheck disable=SC2034,SC2154
# git over http for the end-to-end tests: tests/fake/git_server.py.

# start_git_server ROOT: sets $git_port; its log is http.log.
start_git_server()
{
	mkfifo "$work/git.in"
	python3 "$SRCDIR/tests/fake/git_server.py" "$1" "$work/http.log" \
		<"$work/git.in" >"$work/git.ready" 9>&- &
	git_pid=$!
	exec 8>"$work/git.in"
	until_true grep -q ready "$work/git.ready" || { echo 'Bail out! no git server'; exit 99; }
	git_port=$(cut -d' ' -f2 "$work/git.ready")
}

stop_git_server()
{
	exec 8>&-
	wait "$git_pid"
}
