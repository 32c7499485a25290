//! What a program said, in the few words of a cell. Times are left out: they differ from run to run.

use netdiag_lab::Output;
use serde_json::Value;

use super::ask::NOTHING;

/// netdiag: the verdict, on whose word, and who has to act.
pub(super) fn netdiag(output: &Output) -> String {
    let records = output.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let Some(attempt) = records.into_iter().find(|record| record["type"] == "attempt") else {
        return NOTHING.into();
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let verdict = text(&attempt["verdict"]).unwrap_or_default();
    // These two are the kernel's words for a RST, where no ICMP message explains them.
    let errno = text(&attempt["errno"]["name"]).map(|name| match &*name {
        "ECONNREFUSED" | "ECONNRESET" => "RST".to_owned(),
        _ => name,
    });
    let sign = text(&attempt["icmp"]["name"]).or(errno);
    let words = match (sign, text(&attempt["from"])) {
        (Some(sign), Some(from)) => format!("{verdict}: {sign} from {from}"),
        (Some(sign), None) => format!("{verdict}: {sign}"),
        (None, Some(from)) => format!("{verdict} by {from}"),
        (None, None) => verdict,
    };
    format!("**{words}** ({})", text(&attempt["side"]).unwrap_or_default())
}

/// nmap: the state and the reason of the one port, or why there is none.
pub(super) fn nmap(output: &Output) -> String {
    let is_port = |line: &&str| line.split_once('/').is_some_and(|(port, _)| port.parse::<u16>().is_ok());
    let all = || output.stdout.lines().chain(output.stderr.lines());
    let troubles = ["failed", "Strange", "seems down", "not permitted", "unreachable", "rror"];
    let mut trouble = all().filter(|line| !is_port(line) && troubles.iter().any(|word| line.contains(word)));
    match all().find(is_port) {
        Some(line) => {
            // PORT STATE SERVICE REASON
            let words: Vec<&str> = line.split_whitespace().collect();
            let reason = words.get(3..).unwrap_or_default().join(" ");
            let aside = trouble.next().map(|line| format!("; {}", short(line))).unwrap_or_default();
            format!("{}: {reason}{aside}", words.get(1).copied().unwrap_or_default())
        }
        None => trouble.next().map_or_else(|| down(output), short),
    }
}

/// What nmap leaves unsaid about a host without a port.
fn down(output: &Output) -> String {
    if output.stdout.contains("(0 hosts up)") { "0 hosts up".into() } else { ended(output) }
}

/// nc: what it says after "failed:", or that it succeeded.
pub(super) fn nc(output: &Output) -> String {
    let Some(line) = output.stderr.lines().last() else { return ended(output) };
    match line.split_once(") failed: ").or_else(|| line.split_once(") timed out: ")) {
        Some((_, reason)) if line.contains(") timed out: ") => format!("timed out: {reason}"),
        Some((_, reason)) => reason.to_owned(),
        None if line.ends_with("succeeded!") => "succeeded".to_owned(),
        None => short(line),
    }
}

/// curl: the number and text of its error, or the code of the answer.
pub(super) fn curl(output: &Output) -> String {
    let Some(line) = output.stderr.lines().last() else { return format!("HTTP {}", output.stdout.trim()) };
    let line = line.trim_start_matches("curl: ");
    let (number, text) = line.split_once(' ').unwrap_or(("", line));
    let text = if text.starts_with("Failed to connect") {
        text.rsplit_once(": ").map_or(text, |(_, why)| why)
    } else {
        text
    };
    format!("{number} {}", timeless(text))
}

/// A line without `after N ms` (or milliseconds).
fn timeless(text: &str) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    if let Some(at) = words.iter().position(|word| *word == "after") {
        words.drain(at..words.len().min(at + 3));
    }
    words.join(" ")
}

/// A line of trouble, cut to what fits into a cell: of a failed call its name and its error.
fn short(line: &str) -> String {
    const LONGEST: usize = 90;
    let line = line.trim();
    if let Some((call, error)) = line.split_once(" => ") {
        return format!("{}: {error}", call.split(' ').next().unwrap_or(call));
    }
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{} …", &line[..at]),
        None => line.to_owned(),
    }
}

fn ended(output: &Output) -> String {
    match output.code() {
        Some(code) => format!("says nothing, exit code {code}"),
        None => "ended by a signal".into(),
    }
}

/// The words with a name instead of an address, where the address stands alone.
pub(super) fn named(words: &str, address: &str, who: &str) -> String {
    let is_part = |near: Option<char>| {
        near.is_some_and(|near| near.is_ascii_alphanumeric() || matches!(near, '.' | ':'))
    };
    let mut text = String::new();
    let mut rest = words;
    while let Some(at) = rest.find(address) {
        let (before, after) = (&rest[..at], &rest[at + address.len()..]);
        // A colon or a stop behind an address may end a clause.
        let mut behind = after.chars();
        let next = behind.next().filter(|next| !matches!(next, '.' | ':') || is_part(behind.next()));
        let is_alone = !is_part(before.chars().next_back()) && !is_part(next);
        text = text + before + if is_alone { who } else { address };
        rest = after;
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::*;

    fn output(stdout: &str, stderr: &str) -> Output {
        Output { status: ExitStatus::from_raw(1 << 8), stdout: stdout.into(), stderr: stderr.into() }
    }

    #[test]
    fn nmap_is_its_state_and_reason() {
        let text = "PORT     STATE    SERVICE    REASON\n8080/tcp filtered http-proxy port-unreach from 10.77.0.2 ttl 64\n";
        assert_eq!(nmap(&output(text, "")), "filtered: port-unreach from 10.77.0.2 ttl 64");
        let text =
            "setup_target: failed to determine route to 10.9.9.9\nWARNING: No targets were specified\n";
        assert_eq!(nmap(&output("", text)), "setup_target: failed to determine route to 10.9.9.9");
    }

    #[test]
    fn nc_is_its_reason() {
        let text = "nc: connect to 10.77.1.2 port 8080 (tcp) failed: Connection refused\n";
        assert_eq!(nc(&output("", text)), "Connection refused");
        assert_eq!(nc(&output("", "Connection to 10.77.1.2 8080 port [tcp/*] succeeded!\n")), "succeeded");
        let text = "nc: connect to 10.77.1.2 port 8080 (tcp) timed out: Operation now in progress\n";
        assert_eq!(nc(&output("", text)), "timed out: Operation now in progress");
        assert_eq!(nc(&output("", "")), "says nothing, exit code 1");
    }

    #[test]
    fn curl_is_its_number_and_text() {
        let text =
            "curl: (7) Failed to connect to 10.77.1.2 port 8080 after 0 ms: Couldn't connect to server\n";
        assert_eq!(curl(&output("000", text)), "(7) Couldn't connect to server");
        let text = "curl: (28) Operation timed out after 6001 milliseconds with 0 bytes received\n";
        assert_eq!(curl(&output("000", text)), "(28) Operation timed out with 0 bytes received");
        assert_eq!(curl(&output("200", "")), "HTTP 200");
    }

    #[test]
    fn netdiag_is_its_verdict_on_whose_word() {
        let line = r#"{"type":"attempt","verdict":"rejected","side":"path","from":"10.77.0.2","icmp":{"name":"admin-prohibited"}}"#;
        assert_eq!(netdiag(&output(line, "")), "**rejected: admin-prohibited from 10.77.0.2** (path)");
        assert_eq!(netdiag(&output("", "error: no such tool")), NOTHING);
    }

    #[test]
    fn addresses_become_people_where_they_stand_alone() {
        assert_eq!(named("from 10.77.0.2 ttl 64", "10.77.0.2", "the router"), "from the router ttl 64");
        assert_eq!(named("10.77.0.200: 10.77.0.2: x", "10.77.0.2", "R"), "10.77.0.200: R: x");
        assert_eq!(named("from fd77::2", "fd77::2", "the target"), "from the target");
        assert_eq!(named("from fd77::2:1", "fd77::2", "the target"), "from fd77::2:1");
    }
}
