
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'netdiag' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'netdiag'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'netdiag' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'write the completions for a shell to standard output')
            [CompletionResult]::new('ping', 'ping', [CompletionResultType]::ParameterValue, 'echo one host or many, with jitter, loss and percentiles')
            [CompletionResult]::new('trace', 'trace', [CompletionResultType]::ParameterValue, 'the path to a host: every hop, every branch, what fits it, where it ends and why')
            [CompletionResult]::new('pathping', 'pathping', [CompletionResultType]::ParameterValue, 'which link on the way to a host loses packets, and which routers only seem to')
            [CompletionResult]::new('connect', 'connect', [CompletionResultType]::ParameterValue, 'is a port open, closed or blocked, by whom, and who has to act')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'what an errno, a TCP state, a flag, an ICMP code, a sysctl or an rcode means')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'netdiag;completions' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'netdiag;ping' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour')
            [CompletionResult]::new('--netns', '--netns', [CompletionResultType]::ParameterName, 'Run inside this network namespace: a name, a process id or a path')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Stop after so many probes, to each target where there are several')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Stop after so many probes, to each target where there are several')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Time between probes to a target: seconds (0.2) or with a unit (200ms)')
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'Time between probes to a target: seconds (0.2) or with a unit (200ms)')
            [CompletionResult]::new('-W', '-W ', [CompletionResultType]::ParameterName, 'How long to wait for an answer. In the text of one target as ping(8): used only while nothing has been answered; else 2 s by default')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer. In the text of one target as ping(8): used only while nothing has been answered; else 2 s by default')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'End the run after this time, whatever is outstanding')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'End the run after this time, whatever is outstanding')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'At most so many probes per second, over all targets; max for as many as the kernel takes. 1000 where there are several')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Send so many probes before waiting for answers')
            [CompletionResult]::new('--preload', '--preload', [CompletionResultType]::ParameterName, 'Send so many probes before waiting for answers')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Octets of data in each probe')
            [CompletionResult]::new('--size', '--size', [CompletionResultType]::ParameterName, 'Octets of data in each probe')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'TTL or hop limit')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'TTL or hop limit')
            [CompletionResult]::new('-Q', '-Q ', [CompletionResultType]::ParameterName, 'TOS or traffic class, decimal or 0x hexadecimal')
            [CompletionResult]::new('--tos', '--tos', [CompletionResultType]::ParameterName, 'TOS or traffic class, decimal or 0x hexadecimal')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Fill the data with these octets, up to 16, in hexadecimal')
            [CompletionResult]::new('--pattern', '--pattern', [CompletionResultType]::ParameterName, 'Fill the data with these octets, up to 16, in hexadecimal')
            [CompletionResult]::new('-M', '-M ', [CompletionResultType]::ParameterName, 'Path MTU discovery')
            [CompletionResult]::new('--pmtu', '--pmtu', [CompletionResultType]::ParameterName, 'Path MTU discovery')
            [CompletionResult]::new('-F', '-F ', [CompletionResultType]::ParameterName, 'IPv6 flow label, decimal or 0x hexadecimal; 0 lets the kernel choose')
            [CompletionResult]::new('--flow-label', '--flow-label', [CompletionResultType]::ParameterName, 'IPv6 flow label, decimal or 0x hexadecimal; 0 lets the kernel choose')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'ICMP identifier to use')
            [CompletionResult]::new('--identifier', '--identifier', [CompletionResultType]::ParameterName, 'ICMP identifier to use')
            [CompletionResult]::new('--backend', '--backend', [CompletionResultType]::ParameterName, 'What sends the echoes: netdiag''s own sockets, or the portable ones with times of this process')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'How to ask: auto, icmp, udp, tcp:PORT')
            [CompletionResult]::new('-I', '-I ', [CompletionResultType]::ParameterName, 'Interface to send by, or source address')
            [CompletionResult]::new('--interface', '--interface', [CompletionResultType]::ParameterName, 'Interface (or VRF) to send by')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Source address to send from')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'Firewall mark (needs CAP_NET_ADMIN)')
            [CompletionResult]::new('--mark', '--mark', [CompletionResultType]::ParameterName, 'Firewall mark (needs CAP_NET_ADMIN)')
            [CompletionResult]::new('-S', '-S ', [CompletionResultType]::ParameterName, 'Send buffer size in octets')
            [CompletionResult]::new('--send-buffer', '--send-buffer', [CompletionResultType]::ParameterName, 'Send buffer size in octets')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Form of the text: fping writes what fping -C does')
            [CompletionResult]::new('--report-every', '--report-every', [CompletionResultType]::ParameterName, 'Sum up every so often, over the probes sent since the last time')
            [CompletionResult]::new('-N', '-N ', [CompletionResultType]::ParameterName, 'N')
            [CompletionResult]::new('-T', '-T ', [CompletionResultType]::ParameterName, 'T')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'Use IPv4 only')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'Use IPv6 only')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Look no names up')
            [CompletionResult]::new('--numeric', '--numeric', [CompletionResultType]::ParameterName, 'Look no names up')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Look names up even if the host was given as an address')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON Lines')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show only the beginning and the summary')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show only the beginning and the summary')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show more, such as duplicates of multicast answers')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show more, such as duplicates of multicast answers')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Flood: send when an answer came, or 100 times a second')
            [CompletionResult]::new('--flood', '--flood', [CompletionResultType]::ParameterName, 'Flood: send when an answer came, or 100 times a second')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'Adapt the interval to the round-trip time')
            [CompletionResult]::new('--adaptive', '--adaptive', [CompletionResultType]::ParameterName, 'Adapt the interval to the round-trip time')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Bypass the routing table')
            [CompletionResult]::new('--direct-only', '--direct-only', [CompletionResultType]::ParameterName, 'Bypass the routing table')
            [CompletionResult]::new('-b', '-b', [CompletionResultType]::ParameterName, 'Allow a broadcast address')
            [CompletionResult]::new('--broadcast', '--broadcast', [CompletionResultType]::ParameterName, 'Allow a broadcast address')
            [CompletionResult]::new('-L', '-L ', [CompletionResultType]::ParameterName, 'Do not hear one''s own multicasts')
            [CompletionResult]::new('--no-loop', '--no-loop', [CompletionResultType]::ParameterName, 'Do not hear one''s own multicasts')
            [CompletionResult]::new('--all-addresses', '--all-addresses', [CompletionResultType]::ParameterName, 'Echo all addresses of each name rather than the first')
            [CompletionResult]::new('--alive', '--alive', [CompletionResultType]::ParameterName, 'Print only the addresses that answer, each once; asks each once unless --count says more')
            [CompletionResult]::new('--unreachable', '--unreachable', [CompletionResultType]::ParameterName, 'Print only the addresses that do not answer; asks each once unless --count says more')
            [CompletionResult]::new('--csv', '--csv', [CompletionResultType]::ParameterName, 'Write a line of comma-separated values per target')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Take more than 1048576 targets')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Begin each line with the time')
            [CompletionResult]::new('--timestamps', '--timestamps', [CompletionResultType]::ParameterName, 'Begin each line with the time')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'Say when an answer is still out as the next probe goes')
            [CompletionResult]::new('--outstanding', '--outstanding', [CompletionResultType]::ParameterName, 'Say when an answer is still out as the next probe goes')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Ring the bell with each answer')
            [CompletionResult]::new('--audible', '--audible', [CompletionResultType]::ParameterName, 'Ring the bell with each answer')
            [CompletionResult]::new('-3', '-3', [CompletionResultType]::ParameterName, 'Show round-trip times with all three decimals')
            [CompletionResult]::new('-B', '-B ', [CompletionResultType]::ParameterName, 'B')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'C')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'd')
            [CompletionResult]::new('-R', '-R ', [CompletionResultType]::ParameterName, 'R')
            [CompletionResult]::new('-U', '-U ', [CompletionResultType]::ParameterName, 'U')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'netdiag;trace' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour')
            [CompletionResult]::new('--netns', '--netns', [CompletionResultType]::ParameterName, 'Run inside this network namespace: a name, a process id or a path')
            [CompletionResult]::new('--protocol', '--protocol', [CompletionResultType]::ParameterName, 'What to send; icmp where that is allowed, else udp. With --mda udp')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Destination port: 33434 for UDP, 80 for TCP')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Destination port: 33434 for UDP, 80 for TCP')
            [CompletionResult]::new('--flow', '--flow', [CompletionResultType]::ParameterName, 'Flow to send by: probes of one flow take one path, and the same number is the same flow in every run')
            [CompletionResult]::new('--mda', '--mda', [CompletionResultType]::ParameterName, 'Find all paths, with this confidence in percent that none is missing')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'First TTL')
            [CompletionResult]::new('--first-ttl', '--first-ttl', [CompletionResultType]::ParameterName, 'First TTL')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'Last TTL')
            [CompletionResult]::new('--max-ttl', '--max-ttl', [CompletionResultType]::ParameterName, 'Last TTL')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Probes per hop')
            [CompletionResult]::new('--queries', '--queries', [CompletionResultType]::ParameterName, 'Probes per hop')
            [CompletionResult]::new('--gap-limit', '--gap-limit', [CompletionResultType]::ParameterName, 'So many silent hops in a row end the search')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'How long to wait for each answer: seconds (0.2) or with a unit (200ms)')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for each answer: seconds (0.2) or with a unit (200ms)')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'End the run after this time, whatever is outstanding')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'At most so many probes per second; max for as many as the kernel takes. 1000 where there are several targets')
            [CompletionResult]::new('-N', '-N ', [CompletionResultType]::ParameterName, 'Probes under way to one target at most')
            [CompletionResult]::new('--size', '--size', [CompletionResultType]::ParameterName, 'Size of the packets, IP header included')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'TOS or traffic class, decimal or 0x hexadecimal')
            [CompletionResult]::new('--tos', '--tos', [CompletionResultType]::ParameterName, 'TOS or traffic class, decimal or 0x hexadecimal')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Interface (or VRF) to send by')
            [CompletionResult]::new('--interface', '--interface', [CompletionResultType]::ParameterName, 'Interface (or VRF) to send by')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Source address to send from')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Source address to send from')
            [CompletionResult]::new('--mark', '--mark', [CompletionResultType]::ParameterName, 'Firewall mark (needs CAP_NET_ADMIN)')
            [CompletionResult]::new('--asn-db', '--asn-db', [CompletionResultType]::ParameterName, 'The same from a file: an MMDB, or lines of first address, last address, number, country, name with tabs between them')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Write a graph instead: dot for Graphviz, mermaid for Markdown')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'Use IPv4 only')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'Use IPv6 only')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Look up no names of addresses')
            [CompletionResult]::new('--numeric', '--numeric', [CompletionResultType]::ParameterName, 'Look up no names of addresses')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON Lines')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only how the path ends')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show more of each hop')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show more of each hop')
            [CompletionResult]::new('-I', '-I ', [CompletionResultType]::ParameterName, 'ICMP echo')
            [CompletionResult]::new('-U', '-U ', [CompletionResultType]::ParameterName, 'UDP to a port that is hoped to be closed')
            [CompletionResult]::new('-T', '-T ', [CompletionResultType]::ParameterName, 'TCP SYN')
            [CompletionResult]::new('--mtu', '--mtu', [CompletionResultType]::ParameterName, 'Find the path MTU, and where it becomes smaller')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Hear routers by a raw socket as well: it shows what they quote of a probe''s IP header (needs CAP_NET_RAW)')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'Look up which autonomous systems announce the addresses, by DNS')
            [CompletionResult]::new('--asn', '--asn', [CompletionResultType]::ParameterName, 'Look up which autonomous systems announce the addresses, by DNS')
            [CompletionResult]::new('--wide', '--wide', [CompletionResultType]::ParameterName, 'A table with loss, times and the way back')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Show the extensions that routers add to their answers, unknown ones in full')
            [CompletionResult]::new('--extensions', '--extensions', [CompletionResultType]::ParameterName, 'Show the extensions that routers add to their answers, unknown ones in full')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'netdiag;pathping' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour')
            [CompletionResult]::new('--netns', '--netns', [CompletionResultType]::ParameterName, 'Run inside this network namespace: a name, a process id or a path')
            [CompletionResult]::new('--protocol', '--protocol', [CompletionResultType]::ParameterName, 'What to send; icmp where that is allowed, else udp')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Destination port of UDP: 33434')
            [CompletionResult]::new('--flow', '--flow', [CompletionResultType]::ParameterName, 'Flow to send by: probes of one flow take one path, and the same number is the same flow in every run')
            [CompletionResult]::new('--first-ttl', '--first-ttl', [CompletionResultType]::ParameterName, 'First TTL')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Last TTL')
            [CompletionResult]::new('--max-ttl', '--max-ttl', [CompletionResultType]::ParameterName, 'Last TTL')
            [CompletionResult]::new('--gap-limit', '--gap-limit', [CompletionResultType]::ParameterName, 'So many silent hops in a row end the search')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'How often each hop is asked in each of the two ways')
            [CompletionResult]::new('--queries', '--queries', [CompletionResultType]::ParameterName, 'How often each hop is asked in each of the two ways')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'How much time lies between: seconds (0.25) or with a unit (250ms)')
            [CompletionResult]::new('--period', '--period', [CompletionResultType]::ParameterName, 'How much time lies between: seconds (0.25) or with a unit (250ms)')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'How long to wait for each answer')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for each answer')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'End the run after this time, whatever is outstanding')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'At most so many probes per second; max for as many as the kernel takes')
            [CompletionResult]::new('--size', '--size', [CompletionResultType]::ParameterName, 'Size of the packets, IP header included')
            [CompletionResult]::new('--tos', '--tos', [CompletionResultType]::ParameterName, 'TOS or traffic class, decimal or 0x hexadecimal')
            [CompletionResult]::new('--interface', '--interface', [CompletionResultType]::ParameterName, 'Interface (or VRF) to send by')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Source address to send from')
            [CompletionResult]::new('--mark', '--mark', [CompletionResultType]::ParameterName, 'Firewall mark (needs CAP_NET_ADMIN)')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'Use IPv4 only')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'Use IPv6 only')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Look up no names of addresses')
            [CompletionResult]::new('--numeric', '--numeric', [CompletionResultType]::ParameterName, 'Look up no names of addresses')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON Lines')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Only what it amounts to')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show more of each hop and link')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show more of each hop and link')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'netdiag;connect' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour')
            [CompletionResult]::new('--netns', '--netns', [CompletionResultType]::ParameterName, 'Run inside this network namespace: a name, a process id or a path')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Try so many times')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Try so many times')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Time between tries: seconds (0.2) or with a unit (200ms)')
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'Time between tries: seconds (0.2) or with a unit (200ms)')
            [CompletionResult]::new('-W', '-W ', [CompletionResultType]::ParameterName, 'How long to wait for an answer. Under a second or so silence proves nothing, and 3.1 s are needed to see that a neighbour does not answer')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait for an answer. Under a second or so silence proves nothing, and 3.1 s are needed to see that a neighbour does not answer')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'End the run after this time, whatever is outstanding')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'End the run after this time, whatever is outstanding')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Try again and again until the verdict is this one')
            [CompletionResult]::new('--rate', '--rate', [CompletionResultType]::ParameterName, 'At most so many attempts per second; max for as many as the kernel takes. 1000 where there are several')
            [CompletionResult]::new('--dwell', '--dwell', [CompletionResultType]::ParameterName, 'Watch a fresh connection so long for an early close. 200ms for one port, else 0')
            [CompletionResult]::new('--keepalive', '--keepalive', [CompletionResultType]::ParameterName, 'Stay connected and idle, and say when and how a peer that vanishes is noticed: seconds of idleness, between probes, and how many')
            [CompletionResult]::new('--heartbeat', '--heartbeat', [CompletionResultType]::ParameterName, 'Send these octets every interval, and expect these (or any) back: "ping\n,pong"')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Of many ports, show only those with these verdicts')
            [CompletionResult]::new('-I', '-I ', [CompletionResultType]::ParameterName, 'Interface to connect by, or source address')
            [CompletionResult]::new('--interface', '--interface', [CompletionResultType]::ParameterName, 'Interface (or VRF) to connect by')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Source address to connect from')
            [CompletionResult]::new('--source-port', '--source-port', [CompletionResultType]::ParameterName, 'Port to connect from')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'Firewall mark (needs CAP_NET_ADMIN)')
            [CompletionResult]::new('--mark', '--mark', [CompletionResultType]::ParameterName, 'Firewall mark (needs CAP_NET_ADMIN)')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'TTL or hop limit')
            [CompletionResult]::new('--tos', '--tos', [CompletionResultType]::ParameterName, 'TOS or traffic class, decimal or 0x hexadecimal')
            [CompletionResult]::new('--payload', '--payload', [CompletionResultType]::ParameterName, 'What to send to a UDP port: text with \n, \r, \t, \0, \\ and \xHH')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'Use IPv4 only')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'Use IPv6 only')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Look up no names of addresses')
            [CompletionResult]::new('--numeric', '--numeric', [CompletionResultType]::ParameterName, 'Look up no names of addresses')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON Lines')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'One line per service, and no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'One line per service, and no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show more: of an open port all that is known, of many ports a line each')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show more: of an open port all that is known, of many ports a line each')
            [CompletionResult]::new('--who', '--who', [CompletionResultType]::ParameterName, 'Find out who refuses: the target itself, or something nearer')
            [CompletionResult]::new('--locate', '--locate', [CompletionResultType]::ParameterName, 'Find out how far on the path SYNs to this port come')
            [CompletionResult]::new('--tls', '--tls', [CompletionResultType]::ParameterName, 'Do a TLS handshake, and look at the certificate, however bad it is')
            [CompletionResult]::new('--banner', '--banner', [CompletionResultType]::ParameterName, 'Show what the service says first')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'netdiag;explain' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'Name everything that can be explained')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON Lines')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'netdiag;help' {
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'write the completions for a shell to standard output')
            [CompletionResult]::new('ping', 'ping', [CompletionResultType]::ParameterValue, 'echo one host or many, with jitter, loss and percentiles')
            [CompletionResult]::new('trace', 'trace', [CompletionResultType]::ParameterValue, 'the path to a host: every hop, every branch, what fits it, where it ends and why')
            [CompletionResult]::new('pathping', 'pathping', [CompletionResultType]::ParameterValue, 'which link on the way to a host loses packets, and which routers only seem to')
            [CompletionResult]::new('connect', 'connect', [CompletionResultType]::ParameterValue, 'is a port open, closed or blocked, by whom, and who has to act')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'what an errno, a TCP state, a flag, an ICMP code, a sysctl or an rcode means')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'netdiag;help;completions' {
            break
        }
        'netdiag;help;ping' {
            break
        }
        'netdiag;help;trace' {
            break
        }
        'netdiag;help;pathping' {
            break
        }
        'netdiag;help;connect' {
            break
        }
        'netdiag;help;explain' {
            break
        }
        'netdiag;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
