
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'netdiag-trace' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'netdiag-trace'
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
        'netdiag-trace' {
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
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
