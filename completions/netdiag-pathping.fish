complete -c netdiag-pathping -l color -d 'Use colour' -r -f -a "auto\t'Where a person looks: on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; or `CLICOLOR_FORCE` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c netdiag-pathping -l netns -d 'Run inside this network namespace: a name, a process id or a path' -r
complete -c netdiag-pathping -l protocol -d 'What to send; icmp where that is allowed, else udp' -r -f -a "icmp\t'ICMP echo'
udp\t'UDP to a port that is hoped to be closed'"
complete -c netdiag-pathping -l port -d 'Destination port of UDP: 33434' -r
complete -c netdiag-pathping -l flow -d 'Flow to send by: probes of one flow take one path, and the same number is the same flow in every run' -r
complete -c netdiag-pathping -l first-ttl -d 'First TTL' -r
complete -c netdiag-pathping -s h -l max-ttl -d 'Last TTL' -r
complete -c netdiag-pathping -l gap-limit -d 'So many silent hops in a row end the search' -r
complete -c netdiag-pathping -s q -l queries -d 'How often each hop is asked in each of the two ways' -r
complete -c netdiag-pathping -s p -l period -d 'How much time lies between: seconds (0.25) or with a unit (250ms)' -r
complete -c netdiag-pathping -s w -l timeout -d 'How long to wait for each answer' -r
complete -c netdiag-pathping -l deadline -d 'End the run after this time, whatever is outstanding' -r
complete -c netdiag-pathping -l rate -d 'At most so many probes per second; max for as many as the kernel takes' -r
complete -c netdiag-pathping -l size -d 'Size of the packets, IP header included' -r
complete -c netdiag-pathping -l tos -d 'TOS or traffic class, decimal or 0x hexadecimal' -r
complete -c netdiag-pathping -l interface -d 'Interface (or VRF) to send by' -r
complete -c netdiag-pathping -l source -d 'Source address to send from' -r
complete -c netdiag-pathping -l mark -d 'Firewall mark (needs CAP_NET_ADMIN)' -r
complete -c netdiag-pathping -s 4 -d 'Use IPv4 only'
complete -c netdiag-pathping -s 6 -d 'Use IPv6 only'
complete -c netdiag-pathping -s n -l numeric -d 'Look up no names of addresses'
complete -c netdiag-pathping -l json -d 'Write JSON Lines'
complete -c netdiag-pathping -l quiet -d 'Only what it amounts to'
complete -c netdiag-pathping -s v -l verbose -d 'Show more of each hop and link'
complete -c netdiag-pathping -l help -d 'Print help'
complete -c netdiag-pathping -s V -l version -d 'Print version'
