
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'netdiag-connect' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'netdiag-connect'
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
        'netdiag-connect' {
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
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
