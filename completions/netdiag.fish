# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_netdiag_global_optspecs
    string join \n h/help V/version
end

function __fish_netdiag_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_netdiag_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_netdiag_using_subcommand
    set -l cmd (__fish_netdiag_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c netdiag -n "__fish_netdiag_needs_command" -s h -l help -d 'Print help'
complete -c netdiag -n "__fish_netdiag_needs_command" -s V -l version -d 'Print version'
complete -c netdiag -n "__fish_netdiag_needs_command" -f -a "completions" -d 'write the completions for a shell to standard output'
complete -c netdiag -n "__fish_netdiag_needs_command" -f -a "ping" -d 'echo one host or many, with jitter, loss and percentiles'
complete -c netdiag -n "__fish_netdiag_needs_command" -f -a "trace" -d 'the path to a host: every hop, every branch, what fits it, where it ends and why'
complete -c netdiag -n "__fish_netdiag_needs_command" -f -a "pathping" -d 'which link on the way to a host loses packets, and which routers only seem to'
complete -c netdiag -n "__fish_netdiag_needs_command" -f -a "connect" -d 'is a port open, closed or blocked, by whom, and who has to act'
complete -c netdiag -n "__fish_netdiag_needs_command" -f -a "explain" -d 'what an errno, a TCP state, a flag, an ICMP code, a sysctl or an rcode means'
complete -c netdiag -n "__fish_netdiag_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c netdiag -n "__fish_netdiag_using_subcommand completions" -s h -l help -d 'Print help'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -l color -d 'Use colour' -r -f -a "auto\t'Where a person looks: on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; or `CLICOLOR_FORCE` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -l netns -d 'Run inside this network namespace: a name, a process id or a path' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s c -l count -d 'Stop after so many probes, to each target where there are several' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s i -l interval -d 'Time between probes to a target: seconds (0.2) or with a unit (200ms)' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s W -l timeout -d 'How long to wait for an answer. In the text of one target as ping(8): used only while nothing has been answered; else 2 s by default' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s w -l deadline -d 'End the run after this time, whatever is outstanding' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -l rate -d 'At most so many probes per second, over all targets; max for as many as the kernel takes. 1000 where there are several' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s l -l preload -d 'Send so many probes before waiting for answers' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s s -l size -d 'Octets of data in each probe' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s t -l ttl -d 'TTL or hop limit' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s Q -l tos -d 'TOS or traffic class, decimal or 0x hexadecimal' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s p -l pattern -d 'Fill the data with these octets, up to 16, in hexadecimal' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s M -l pmtu -d 'Path MTU discovery' -r -f -a "do\t'Set DF, never fragment'
want\t'Discover the path MTU, fragment locally'
dont\t'Do not set DF'
probe\t'Set DF, ignore the path MTU that is known'"
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s F -l flow-label -d 'IPv6 flow label, decimal or 0x hexadecimal; 0 lets the kernel choose' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s e -l identifier -d 'ICMP identifier to use' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -l backend -d 'What sends the echoes: netdiag\'s own sockets, or the portable ones with times of this process' -r -f -a "native\t'This system\'s sockets, with the kernel\'s times'
portable\t'Sockets that every system has, with the times of this process'"
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -l via -d 'How to ask: auto, icmp, udp, tcp:PORT' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s I -d 'Interface to send by, or source address' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -l interface -d 'Interface (or VRF) to send by' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -l source -d 'Source address to send from' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s m -l mark -d 'Firewall mark (needs CAP_NET_ADMIN)' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s S -l send-buffer -d 'Send buffer size in octets' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -l format -d 'Form of the text: fping writes what fping -C does' -r -f -a "text\t'Lines for people'
fping\t'What fping writes with -C'"
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -l report-every -d 'Sum up every so often, over the probes sent since the last time' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s N -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s T -r
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s 4 -d 'Use IPv4 only'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s 6 -d 'Use IPv6 only'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s n -l numeric -d 'Look no names up'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s H -d 'Look names up even if the host was given as an address'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -l json -d 'Write JSON Lines'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s q -l quiet -d 'Show only the beginning and the summary'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s v -l verbose -d 'Show more, such as duplicates of multicast answers'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s f -l flood -d 'Flood: send when an answer came, or 100 times a second'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s A -l adaptive -d 'Adapt the interval to the round-trip time'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s r -l direct-only -d 'Bypass the routing table'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s b -l broadcast -d 'Allow a broadcast address'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s L -l no-loop -d 'Do not hear one\'s own multicasts'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -l all-addresses -d 'Echo all addresses of each name rather than the first'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -l alive -d 'Print only the addresses that answer, each once; asks each once unless --count says more'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -l unreachable -d 'Print only the addresses that do not answer; asks each once unless --count says more'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -l csv -d 'Write a line of comma-separated values per target'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -l force -d 'Take more than 1048576 targets'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s D -l timestamps -d 'Begin each line with the time'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s O -l outstanding -d 'Say when an answer is still out as the next probe goes'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s a -l audible -d 'Ring the bell with each answer'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s 3 -d 'Show round-trip times with all three decimals'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s B
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s C
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s d
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s R
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s U
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netdiag -n "__fish_netdiag_using_subcommand ping" -s V -l version -d 'Print version'
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l color -d 'Use colour' -r -f -a "auto\t'Where a person looks: on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; or `CLICOLOR_FORCE` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l netns -d 'Run inside this network namespace: a name, a process id or a path' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l protocol -d 'What to send; icmp where that is allowed, else udp. With --mda udp' -r -f -a "icmp\t'ICMP echo'
udp\t'UDP'
tcp\t'TCP SYN'"
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s p -l port -d 'Destination port: 33434 for UDP, 80 for TCP' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l flow -d 'Flow to send by: probes of one flow take one path, and the same number is the same flow in every run' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l mda -d 'Find all paths, with this confidence in percent that none is missing' -r -f -a "95\t'95 in a hundred'
99\t'99 in a hundred'"
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s f -l first-ttl -d 'First TTL' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s m -l max-ttl -d 'Last TTL' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s q -l queries -d 'Probes per hop' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l gap-limit -d 'So many silent hops in a row end the search' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s w -l timeout -d 'How long to wait for each answer: seconds (0.2) or with a unit (200ms)' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l deadline -d 'End the run after this time, whatever is outstanding' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l rate -d 'At most so many probes per second; max for as many as the kernel takes. 1000 where there are several targets' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s N -d 'Probes under way to one target at most' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l size -d 'Size of the packets, IP header included' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s t -l tos -d 'TOS or traffic class, decimal or 0x hexadecimal' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s i -l interface -d 'Interface (or VRF) to send by' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s s -l source -d 'Source address to send from' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l mark -d 'Firewall mark (needs CAP_NET_ADMIN)' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l asn-db -d 'The same from a file: an MMDB, or lines of first address, last address, number, country, name with tabs between them' -r -F
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l format -d 'Write a graph instead: dot for Graphviz, mermaid for Markdown' -r -f -a "text\t'Lines'
dot\t'Graphviz'
mermaid\t'Mermaid'"
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s 4 -d 'Use IPv4 only'
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s 6 -d 'Use IPv6 only'
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s n -l numeric -d 'Look up no names of addresses'
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l json -d 'Write JSON Lines'
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l quiet -d 'Only how the path ends'
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s v -l verbose -d 'Show more of each hop'
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s I -d 'ICMP echo'
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s U -d 'UDP to a port that is hoped to be closed'
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s T -d 'TCP SYN'
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l mtu -d 'Find the path MTU, and where it becomes smaller'
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l raw -d 'Hear routers by a raw socket as well: it shows what they quote of a probe\'s IP header (needs CAP_NET_RAW)'
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s A -l asn -d 'Look up which autonomous systems announce the addresses, by DNS'
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -l wide -d 'A table with loss, times and the way back'
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s e -l extensions -d 'Show the extensions that routers add to their answers, unknown ones in full'
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netdiag -n "__fish_netdiag_using_subcommand trace" -s V -l version -d 'Print version'
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l color -d 'Use colour' -r -f -a "auto\t'Where a person looks: on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; or `CLICOLOR_FORCE` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l netns -d 'Run inside this network namespace: a name, a process id or a path' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l protocol -d 'What to send; icmp where that is allowed, else udp' -r -f -a "icmp\t'ICMP echo'
udp\t'UDP to a port that is hoped to be closed'"
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l port -d 'Destination port of UDP: 33434' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l flow -d 'Flow to send by: probes of one flow take one path, and the same number is the same flow in every run' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l first-ttl -d 'First TTL' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -s h -l max-ttl -d 'Last TTL' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l gap-limit -d 'So many silent hops in a row end the search' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -s q -l queries -d 'How often each hop is asked in each of the two ways' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -s p -l period -d 'How much time lies between: seconds (0.25) or with a unit (250ms)' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -s w -l timeout -d 'How long to wait for each answer' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l deadline -d 'End the run after this time, whatever is outstanding' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l rate -d 'At most so many probes per second; max for as many as the kernel takes' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l size -d 'Size of the packets, IP header included' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l tos -d 'TOS or traffic class, decimal or 0x hexadecimal' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l interface -d 'Interface (or VRF) to send by' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l source -d 'Source address to send from' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l mark -d 'Firewall mark (needs CAP_NET_ADMIN)' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -s 4 -d 'Use IPv4 only'
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -s 6 -d 'Use IPv6 only'
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -s n -l numeric -d 'Look up no names of addresses'
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l json -d 'Write JSON Lines'
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l quiet -d 'Only what it amounts to'
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -s v -l verbose -d 'Show more of each hop and link'
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -l help -d 'Print help'
complete -c netdiag -n "__fish_netdiag_using_subcommand pathping" -s V -l version -d 'Print version'
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l color -d 'Use colour' -r -f -a "auto\t'Where a person looks: on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; or `CLICOLOR_FORCE` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l netns -d 'Run inside this network namespace: a name, a process id or a path' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -s c -l count -d 'Try so many times' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -s i -l interval -d 'Time between tries: seconds (0.2) or with a unit (200ms)' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -s W -l timeout -d 'How long to wait for an answer. Under a second or so silence proves nothing, and 3.1 s are needed to see that a neighbour does not answer' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -s w -l deadline -d 'End the run after this time, whatever is outstanding' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l until -d 'Try again and again until the verdict is this one' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l rate -d 'At most so many attempts per second; max for as many as the kernel takes. 1000 where there are several' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l dwell -d 'Watch a fresh connection so long for an early close. 200ms for one port, else 0' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l keepalive -d 'Stay connected and idle, and say when and how a peer that vanishes is noticed: seconds of idleness, between probes, and how many' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l heartbeat -d 'Send these octets every interval, and expect these (or any) back: "ping\\n,pong"' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l only -d 'Of many ports, show only those with these verdicts' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -s I -d 'Interface to connect by, or source address' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l interface -d 'Interface (or VRF) to connect by' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l source -d 'Source address to connect from' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l source-port -d 'Port to connect from' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -s m -l mark -d 'Firewall mark (needs CAP_NET_ADMIN)' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l ttl -d 'TTL or hop limit' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l tos -d 'TOS or traffic class, decimal or 0x hexadecimal' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l payload -d 'What to send to a UDP port: text with \\n, \\r, \\t, \\0, \\\\ and \\xHH' -r
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -s 4 -d 'Use IPv4 only'
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -s 6 -d 'Use IPv6 only'
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -s n -l numeric -d 'Look up no names of addresses'
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l json -d 'Write JSON Lines'
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -s q -l quiet -d 'One line per service, and no progress'
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -s v -l verbose -d 'Show more: of an open port all that is known, of many ports a line each'
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l who -d 'Find out who refuses: the target itself, or something nearer'
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l locate -d 'Find out how far on the path SYNs to this port come'
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l tls -d 'Do a TLS handshake, and look at the certificate, however bad it is'
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -l banner -d 'Show what the service says first'
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netdiag -n "__fish_netdiag_using_subcommand connect" -s V -l version -d 'Print version'
complete -c netdiag -n "__fish_netdiag_using_subcommand explain" -l color -d 'Use colour' -r -f -a "auto\t'Where a person looks: on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; or `CLICOLOR_FORCE` is set'
always\t'Everywhere'
never\t'Nowhere'"
complete -c netdiag -n "__fish_netdiag_using_subcommand explain" -l list -d 'Name everything that can be explained'
complete -c netdiag -n "__fish_netdiag_using_subcommand explain" -l json -d 'Write JSON Lines'
complete -c netdiag -n "__fish_netdiag_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netdiag -n "__fish_netdiag_using_subcommand explain" -s V -l version -d 'Print version'
complete -c netdiag -n "__fish_netdiag_using_subcommand help; and not __fish_seen_subcommand_from completions ping trace pathping connect explain help" -f -a "completions" -d 'write the completions for a shell to standard output'
complete -c netdiag -n "__fish_netdiag_using_subcommand help; and not __fish_seen_subcommand_from completions ping trace pathping connect explain help" -f -a "ping" -d 'echo one host or many, with jitter, loss and percentiles'
complete -c netdiag -n "__fish_netdiag_using_subcommand help; and not __fish_seen_subcommand_from completions ping trace pathping connect explain help" -f -a "trace" -d 'the path to a host: every hop, every branch, what fits it, where it ends and why'
complete -c netdiag -n "__fish_netdiag_using_subcommand help; and not __fish_seen_subcommand_from completions ping trace pathping connect explain help" -f -a "pathping" -d 'which link on the way to a host loses packets, and which routers only seem to'
complete -c netdiag -n "__fish_netdiag_using_subcommand help; and not __fish_seen_subcommand_from completions ping trace pathping connect explain help" -f -a "connect" -d 'is a port open, closed or blocked, by whom, and who has to act'
complete -c netdiag -n "__fish_netdiag_using_subcommand help; and not __fish_seen_subcommand_from completions ping trace pathping connect explain help" -f -a "explain" -d 'what an errno, a TCP state, a flag, an ICMP code, a sysctl or an rcode means'
complete -c netdiag -n "__fish_netdiag_using_subcommand help; and not __fish_seen_subcommand_from completions ping trace pathping connect explain help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
