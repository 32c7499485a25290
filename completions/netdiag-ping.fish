complete -c netdiag-ping -l color -d 'Use colour' -r -f -a "auto\t'Where a person looks: on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; or `CLICOLOR_FORCE` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c netdiag-ping -l netns -d 'Run inside this network namespace: a name, a process id or a path' -r
complete -c netdiag-ping -s c -l count -d 'Stop after so many probes, to each target where there are several' -r
complete -c netdiag-ping -s i -l interval -d 'Time between probes to a target: seconds (0.2) or with a unit (200ms)' -r
complete -c netdiag-ping -s W -l timeout -d 'How long to wait for an answer. In the text of one target as ping(8): used only while nothing has been answered; else 2 s by default' -r
complete -c netdiag-ping -s w -l deadline -d 'End the run after this time, whatever is outstanding' -r
complete -c netdiag-ping -l rate -d 'At most so many probes per second, over all targets; max for as many as the kernel takes. 1000 where there are several' -r
complete -c netdiag-ping -s l -l preload -d 'Send so many probes before waiting for answers' -r
complete -c netdiag-ping -s s -l size -d 'Octets of data in each probe' -r
complete -c netdiag-ping -s t -l ttl -d 'TTL or hop limit' -r
complete -c netdiag-ping -s Q -l tos -d 'TOS or traffic class, decimal or 0x hexadecimal' -r
complete -c netdiag-ping -s p -l pattern -d 'Fill the data with these octets, up to 16, in hexadecimal' -r
complete -c netdiag-ping -s M -l pmtu -d 'Path MTU discovery' -r -f -a "do\t'Set DF, never fragment'
want\t'Discover the path MTU, fragment locally'
dont\t'Do not set DF'
probe\t'Set DF, ignore the path MTU that is known'"
complete -c netdiag-ping -s F -l flow-label -d 'IPv6 flow label, decimal or 0x hexadecimal; 0 lets the kernel choose' -r
complete -c netdiag-ping -s e -l identifier -d 'ICMP identifier to use' -r
complete -c netdiag-ping -l backend -d 'What sends the echoes: netdiag\'s own sockets, or the portable ones with times of this process' -r -f -a "native\t'This system\'s sockets, with the kernel\'s times'
portable\t'Sockets that every system has, with the times of this process'"
complete -c netdiag-ping -l via -d 'How to ask: auto, icmp, udp, tcp:PORT' -r
complete -c netdiag-ping -s I -d 'Interface to send by, or source address' -r
complete -c netdiag-ping -l interface -d 'Interface (or VRF) to send by' -r
complete -c netdiag-ping -l source -d 'Source address to send from' -r
complete -c netdiag-ping -s m -l mark -d 'Firewall mark (needs CAP_NET_ADMIN)' -r
complete -c netdiag-ping -s S -l send-buffer -d 'Send buffer size in octets' -r
complete -c netdiag-ping -l format -d 'Form of the text: fping writes what fping -C does' -r -f -a "text\t'Lines for people'
fping\t'What fping writes with -C'"
complete -c netdiag-ping -l report-every -d 'Sum up every so often, over the probes sent since the last time' -r
complete -c netdiag-ping -s N -r
complete -c netdiag-ping -s T -r
complete -c netdiag-ping -s 4 -d 'Use IPv4 only'
complete -c netdiag-ping -s 6 -d 'Use IPv6 only'
complete -c netdiag-ping -s n -l numeric -d 'Look no names up'
complete -c netdiag-ping -s H -d 'Look names up even if the host was given as an address'
complete -c netdiag-ping -l json -d 'Write JSON Lines'
complete -c netdiag-ping -s q -l quiet -d 'Show only the beginning and the summary'
complete -c netdiag-ping -s v -l verbose -d 'Show more, such as duplicates of multicast answers'
complete -c netdiag-ping -s f -l flood -d 'Flood: send when an answer came, or 100 times a second'
complete -c netdiag-ping -s A -l adaptive -d 'Adapt the interval to the round-trip time'
complete -c netdiag-ping -s r -l direct-only -d 'Bypass the routing table'
complete -c netdiag-ping -s b -l broadcast -d 'Allow a broadcast address'
complete -c netdiag-ping -s L -l no-loop -d 'Do not hear one\'s own multicasts'
complete -c netdiag-ping -l all-addresses -d 'Echo all addresses of each name rather than the first'
complete -c netdiag-ping -l alive -d 'Print only the addresses that answer, each once; asks each once unless --count says more'
complete -c netdiag-ping -l unreachable -d 'Print only the addresses that do not answer; asks each once unless --count says more'
complete -c netdiag-ping -l csv -d 'Write a line of comma-separated values per target'
complete -c netdiag-ping -l force -d 'Take more than 1048576 targets'
complete -c netdiag-ping -s D -l timestamps -d 'Begin each line with the time'
complete -c netdiag-ping -s O -l outstanding -d 'Say when an answer is still out as the next probe goes'
complete -c netdiag-ping -s a -l audible -d 'Ring the bell with each answer'
complete -c netdiag-ping -s 3 -d 'Show round-trip times with all three decimals'
complete -c netdiag-ping -s B
complete -c netdiag-ping -s C
complete -c netdiag-ping -s d
complete -c netdiag-ping -s R
complete -c netdiag-ping -s U
complete -c netdiag-ping -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netdiag-ping -s V -l version -d 'Print version'
