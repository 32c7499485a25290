complete -c netdiag -s h -l help -d 'Print help'
complete -c netdiag -s V -l version -d 'Print version'
