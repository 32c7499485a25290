complete -c netdiag-trace -l color -d 'Use colour' -r -f -a "auto\t'Where a person looks: on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; or `CLICOLOR_FORCE` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c netdiag-trace -l netns -d 'Run inside this network namespace: a name, a process id or a path' -r
complete -c netdiag-trace -l protocol -d 'What to send; icmp where that is allowed, else udp. With --mda udp' -r -f -a "icmp\t'ICMP echo'
udp\t'UDP'
tcp\t'TCP SYN'"
complete -c netdiag-trace -s p -l port -d 'Destination port: 33434 for UDP, 80 for TCP' -r
complete -c netdiag-trace -l flow -d 'Flow to send by: probes of one flow take one path, and the same number is the same flow in every run' -r
complete -c netdiag-trace -l mda -d 'Find all paths, with this confidence in percent that none is missing' -r -f -a "95\t'95 in a hundred'
99\t'99 in a hundred'"
complete -c netdiag-trace -s f -l first-ttl -d 'First TTL' -r
complete -c netdiag-trace -s m -l max-ttl -d 'Last TTL' -r
complete -c netdiag-trace -s q -l queries -d 'Probes per hop' -r
complete -c netdiag-trace -l gap-limit -d 'So many silent hops in a row end the search' -r
complete -c netdiag-trace -s w -l timeout -d 'How long to wait for each answer: seconds (0.2) or with a unit (200ms)' -r
complete -c netdiag-trace -l deadline -d 'End the run after this time, whatever is outstanding' -r
complete -c netdiag-trace -l rate -d 'At most so many probes per second; max for as many as the kernel takes. 1000 where there are several targets' -r
complete -c netdiag-trace -s N -d 'Probes under way to one target at most' -r
complete -c netdiag-trace -l size -d 'Size of the packets, IP header included' -r
complete -c netdiag-trace -s t -l tos -d 'TOS or traffic class, decimal or 0x hexadecimal' -r
complete -c netdiag-trace -s i -l interface -d 'Interface (or VRF) to send by' -r
complete -c netdiag-trace -s s -l source -d 'Source address to send from' -r
complete -c netdiag-trace -l mark -d 'Firewall mark (needs CAP_NET_ADMIN)' -r
complete -c netdiag-trace -l asn-db -d 'The same from a file: an MMDB, or lines of first address, last address, number, country, name with tabs between them' -r -F
complete -c netdiag-trace -l format -d 'Write a graph instead: dot for Graphviz, mermaid for Markdown' -r -f -a "text\t'Lines'
dot\t'Graphviz'
mermaid\t'Mermaid'"
complete -c netdiag-trace -s 4 -d 'Use IPv4 only'
complete -c netdiag-trace -s 6 -d 'Use IPv6 only'
complete -c netdiag-trace -s n -l numeric -d 'Look up no names of addresses'
complete -c netdiag-trace -l json -d 'Write JSON Lines'
complete -c netdiag-trace -l quiet -d 'Only how the path ends'
complete -c netdiag-trace -s v -l verbose -d 'Show more of each hop'
complete -c netdiag-trace -s I -d 'ICMP echo'
complete -c netdiag-trace -s U -d 'UDP to a port that is hoped to be closed'
complete -c netdiag-trace -s T -d 'TCP SYN'
complete -c netdiag-trace -l mtu -d 'Find the path MTU, and where it becomes smaller'
complete -c netdiag-trace -l raw -d 'Hear routers by a raw socket as well: it shows what they quote of a probe\'s IP header (needs CAP_NET_RAW)'
complete -c netdiag-trace -s A -l asn -d 'Look up which autonomous systems announce the addresses, by DNS'
complete -c netdiag-trace -l wide -d 'A table with loss, times and the way back'
complete -c netdiag-trace -s e -l extensions -d 'Show the extensions that routers add to their answers, unknown ones in full'
complete -c netdiag-trace -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netdiag-trace -s V -l version -d 'Print version'
