//! Arguments that only connect takes, read from how they are typed: octets, heartbeats, keepalive settings.

use std::time::Duration;

use netdiag_engine::port::Keepalive;

/// Octets as they are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Octets(pub Vec<u8>);

/// A question that a service is asked again and again, and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heartbeat {
    /// What is sent.
    pub send: Vec<u8>,
    /// What has to be in what comes back; empty for anything.
    pub expect: Vec<u8>,
}

/// `IDLE,INTERVAL,COUNT`: whole seconds, whole seconds, a number (tcp(7)).
pub(crate) fn parse_keepalive(text: &str) -> Result<Keepalive, String> {
    let wrong = || {
        format!(
            "{text:?}: write IDLE,INTERVAL,COUNT, such as 60,10,3: whole seconds of idleness before the first probe \
             (1 to 32767), between probes (1 to 32767), and how many probes (1 to 127)"
        )
    };
    let numbers: Vec<u32> = text
        .split(',')
        .map(|part| part.trim().trim_end_matches('s').parse())
        .collect::<Result<_, _>>()
        .map_err(|_| wrong())?;
    match numbers[..] {
        [idle @ 1..=32_767, interval @ 1..=32_767, count @ 1..=127] => Ok(Keepalive {
            idle: Duration::from_secs(idle.into()),
            interval: Duration::from_secs(interval.into()),
            count,
        }),
        _ => Err(wrong()),
    }
}

/// `BYTES[,EXPECT]`. A comma that is meant is written `\x2c`.
pub(crate) fn parse_heartbeat(text: &str) -> Result<Heartbeat, String> {
    let (send, expect) = text.split_once(',').unwrap_or((text, ""));
    let heartbeat = Heartbeat { send: octets(send)?, expect: octets(expect)? };
    if heartbeat.send.is_empty() {
        return Err("a heartbeat has something to send: write BYTES or BYTES,EXPECT".to_owned());
    }
    Ok(heartbeat)
}

pub(crate) fn parse_octets(text: &str) -> Result<Octets, String> {
    octets(text).map(Octets)
}

/// Text with `\n`, `\r`, `\t`, `\0`, `\\` and `\xHH`.
fn octets(text: &str) -> Result<Vec<u8>, String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first != b'\\' {
            octets.push(first);
            rest = after;
            continue;
        }
        let (octet, len) = match after {
            [b'n', ..] => (b'\n', 1),
            [b'r', ..] => (b'\r', 1),
            [b't', ..] => (b'\t', 1),
            [b'0', ..] => (0, 1),
            [b'\\', ..] => (b'\\', 1),
            [b'x', high, low, ..] => (hex(*high, *low).ok_or_else(|| escape(text))?, 3),
            _ => return Err(escape(text)),
        };
        octets.push(octet);
        rest = &after[len..];
    }
    Ok(octets)
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    Some((digit(high)? * 16 + digit(low)?) as u8)
}

fn escape(text: &str) -> String {
    format!("{text:?}: after a backslash stands n, r, t, 0, a backslash, or x and two hexadecimal digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keepalive_is_three_numbers_and_a_heartbeat_octets() {
        let keepalive = parse_keepalive("60,10,3").expect("numbers");
        assert_eq!((keepalive.idle.as_secs(), keepalive.interval.as_secs(), keepalive.count), (60, 10, 3));
        for text in ["", "60", "0,1,1", "1,1,128", "1,1,1,1", "a,b,c", "1.5,1,1"] {
            assert!(
                parse_keepalive(text).is_err_and(|error| error.contains("IDLE,INTERVAL,COUNT")),
                "{text}"
            );
        }
        let heartbeat = parse_heartbeat("PING\\r\\n,+PONG").expect("octets");
        assert_eq!((&heartbeat.send[..], &heartbeat.expect[..]), (&b"PING\r\n"[..], &b"+PONG"[..]));
        assert_eq!(octets("a\\x2c\\\\\\0").expect("octets"), b"a,\\\0");
        for text in ["\\", "\\q", "\\x1", "\\xzz"] {
            assert!(octets(text).is_err(), "{text}");
        }
        assert!(parse_heartbeat(",x").is_err());
    }
}
