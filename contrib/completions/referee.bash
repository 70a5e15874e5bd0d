# bash completion for referee and git referee; the program says what fits.
_referee()
{
	local IFS=$'\n'
	# shellcheck disable=SC2207 # a line each
	COMPREPLY=($(referee __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _referee referee git-referee

# git's own completion calls this for `git referee`.
_git_referee()
{
	local IFS=$'\n'
	# shellcheck disable=SC2207
	COMPREPLY=($(referee __complete -- "${COMP_WORDS[@]:2:COMP_CWORD-1}" 2>/dev/null))
}
