//! What the kernel counts for a network namespace: `snmp`, `netstat` and `snmp6` of proc(5), by nstat(8)'s names, and of
//! each device the packets that it was given to send (`dev`), as `eth0:TxPackets`.
//!
//! `/proc/net` is that of the process, and so of its first thread: a thread that has entered another namespace finds
//! its own by `/proc/thread-self`. RFC 4293 and RFC 4022 say what most of the counters mean.

use std::collections::BTreeMap;
use std::{fs, io};

use netdiag_engine::port::Counters;
use netdiag_model::Errno;

use crate::convert;

/// What has been counted in the network namespace of this thread.
pub(crate) fn read() -> Result<Counters, Errno> {
    let mut all = BTreeMap::new();
    if let Some(text) = file("snmp")? {
        take_pairs(&text, &mut all);
    }
    if let Some(text) = file("netstat")? {
        take_pairs(&text, &mut all);
    }
    if let Some(text) = file("snmp6")? {
        take_list(&text, &mut all);
    }
    if let Some(text) = file("dev")? {
        take_devices(&text, &mut all);
    }
    if all.is_empty() { Err(Errno::ENOENT) } else { Ok(Counters(all)) }
}

/// A file's text; `None` where there is none, as without IPv6.
fn file(name: &str) -> Result<Option<String>, Errno> {
    match fs::read(format!("/proc/thread-self/net/{name}")) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(convert::errno(&error)),
    }
}

/// Reads pairs of lines, names above and values below: `Tcp: InSegs OutSegs` and `Tcp: 1 2` are `TcpInSegs` and
/// `TcpOutSegs`. What is no count, such as a limit of -1 for none, is left out.
fn take_pairs(text: &str, all: &mut BTreeMap<String, u64>) {
    let mut above: Option<(&str, &str)> = None;
    for (prefix, line) in text.lines().filter_map(|line| line.split_once(':')) {
        let Some((_, names)) = above.take_if(|(of, _)| *of == prefix) else {
            above = Some((prefix, line));
            continue;
        };
        let pairs = names.split_whitespace().zip(line.split_whitespace());
        all.extend(pairs.filter_map(|(name, value)| Some((format!("{prefix}{name}"), value.parse().ok()?))));
    }
}

/// Reads a line for each counter, a whole name and a value: `Ip6InReceives 1`.
fn take_list(text: &str, all: &mut BTreeMap<String, u64>) {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.parse().ok()?))
    };
    all.extend(text.lines().filter_map(line));
}

/// Reads a line for each device: its name, eight numbers of what came in, the second of what went out.
fn take_devices(text: &str, all: &mut BTreeMap<String, u64>) {
    let line = |line: &str| {
        let (name, numbers) = line.split_once(':')?;
        let sent = numbers.split_whitespace().nth(9)?.parse().ok()?;
        Some((format!("{}:TxPackets", name.trim()), sent))
    };
    all.extend(text.lines().filter_map(line));
}

#[cfg(test)]
mod tests;
