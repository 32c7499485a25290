
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'netdiag-pathping' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'netdiag-pathping'
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
        'netdiag-pathping' {
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
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
