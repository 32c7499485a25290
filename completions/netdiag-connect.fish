complete -c netdiag-connect -l color -d 'Use colour' -r -f -a "auto\t'Where a person looks: on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; or `CLICOLOR_FORCE` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c netdiag-connect -l netns -d 'Run inside this network namespace: a name, a process id or a path' -r
complete -c netdiag-connect -s c -l count -d 'Try so many times' -r
complete -c netdiag-connect -s i -l interval -d 'Time between tries: seconds (0.2) or with a unit (200ms)' -r
complete -c netdiag-connect -s W -l timeout -d 'How long to wait for an answer. Under a second or so silence proves nothing, and 3.1 s are needed to see that a neighbour does not answer' -r
complete -c netdiag-connect -s w -l deadline -d 'End the run after this time, whatever is outstanding' -r
complete -c netdiag-connect -l until -d 'Try again and again until the verdict is this one' -r
complete -c netdiag-connect -l rate -d 'At most so many attempts per second; max for as many as the kernel takes. 1000 where there are several' -r
complete -c netdiag-connect -l dwell -d 'Watch a fresh connection so long for an early close. 200ms for one port, else 0' -r
complete -c netdiag-connect -l keepalive -d 'Stay connected and idle, and say when and how a peer that vanishes is noticed: seconds of idleness, between probes, and how many' -r
complete -c netdiag-connect -l heartbeat -d 'Send these octets every interval, and expect these (or any) back: "ping\\n,pong"' -r
complete -c netdiag-connect -l only -d 'Of many ports, show only those with these verdicts' -r
complete -c netdiag-connect -s I -d 'Interface to connect by, or source address' -r
complete -c netdiag-connect -l interface -d 'Interface (or VRF) to connect by' -r
complete -c netdiag-connect -l source -d 'Source address to connect from' -r
complete -c netdiag-connect -l source-port -d 'Port to connect from' -r
complete -c netdiag-connect -s m -l mark -d 'Firewall mark (needs CAP_NET_ADMIN)' -r
complete -c netdiag-connect -l ttl -d 'TTL or hop limit' -r
complete -c netdiag-connect -l tos -d 'TOS or traffic class, decimal or 0x hexadecimal' -r
complete -c netdiag-connect -l payload -d 'What to send to a UDP port: text with \\n, \\r, \\t, \\0, \\\\ and \\xHH' -r
complete -c netdiag-connect -s 4 -d 'Use IPv4 only'
complete -c netdiag-connect -s 6 -d 'Use IPv6 only'
complete -c netdiag-connect -s n -l numeric -d 'Look up no names of addresses'
complete -c netdiag-connect -l json -d 'Write JSON Lines'
complete -c netdiag-connect -s q -l quiet -d 'One line per service, and no progress'
complete -c netdiag-connect -s v -l verbose -d 'Show more: of an open port all that is known, of many ports a line each'
complete -c netdiag-connect -l who -d 'Find out who refuses: the target itself, or something nearer'
complete -c netdiag-connect -l locate -d 'Find out how far on the path SYNs to this port come'
complete -c netdiag-connect -l tls -d 'Do a TLS handshake, and look at the certificate, however bad it is'
complete -c netdiag-connect -l banner -d 'Show what the service says first'
complete -c netdiag-connect -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netdiag-connect -s V -l version -d 'Print version'
