# fish completion for referee; the program says what fits.
function __referee_complete
    set -l words (commandline -opc) (commandline -ct)
    referee __complete -- $words[2..-1] 2>/dev/null
end
complete -c referee -f -a '(__referee_complete)'
