complete -c netdiag-explain -l color -d 'Use colour' -r -f -a "auto\t'Where a person looks: on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; or `CLICOLOR_FORCE` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c netdiag-explain -l list -d 'Name everything that can be explained'
complete -c netdiag-explain -l json -d 'Write JSON Lines'
complete -c netdiag-explain -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netdiag-explain -s V -l version -d 'Print version'
