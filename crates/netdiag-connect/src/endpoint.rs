//! The words that name what to connect with: `HOST:PORTS`, `[v6]:PORTS`, `udp://HOST:PORTS`, a block before the colon.

use netdiag_tool::Escaped;
use netdiag_tool::lists::List;
use netdiag_tool::targets::{LineError, Listable, Word};

use crate::ports::{PortError, Ports};

/// By which protocol a port is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// TCP: a handshake.
    Tcp,
    /// UDP: a datagram, and what comes of it.
    Udp,
}

impl Transport {
    /// The word for machines.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// Whom and which ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// By which protocol.
    pub transport: Transport,
    /// A host or a block.
    pub host: Word,
    /// The host as typed.
    pub label: String,
    /// Its ports.
    pub ports: Ports,
}

/// What a word of the command line means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// This.
    Endpoint(Endpoint),
    /// What is listed there, one a line.
    List(List),
}

/// Why a word names nothing to connect with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// No colon, or nothing behind it.
    #[error("{word:?} names no port: write HOST:PORT, such as {example}")]
    NoPort {
        /// The word.
        word: String,
        /// How to write it.
        example: String,
    },
    /// An IPv6 address whose last colon may begin a port.
    #[error("{word:?} is ambiguous: write the IPv6 address in brackets, such as {example}")]
    BareV6 {
        /// The word.
        word: String,
        /// How to write it.
        example: String,
    },
    /// What stands behind the colon.
    #[error("{word:?}: {error}")]
    Port {
        /// The word.
        word: String,
        /// What is wrong with it.
        error: PortError,
    },
    /// What stands before the colon.
    #[error("{0}")]
    Host(String),
    /// A scheme that is not known.
    #[error("{word:?}: {scheme}:// is not known here: write HOST:PORT for TCP, or udp://HOST:PORT")]
    Scheme {
        /// The word.
        word: String,
        /// The scheme.
        scheme: String,
    },
}

impl Wanted {
    /// Understands a word.
    pub fn parse(word: &str) -> Result<Self, EndpointError> {
        match (word, word.strip_prefix('@')) {
            ("-", _) => return Ok(Self::List(List::Stdin)),
            (_, Some(file)) if !file.is_empty() => return Ok(Self::List(List::File(file.into()))),
            _ => {}
        }
        Endpoint::parse(word).map(Self::Endpoint)
    }
}

impl Endpoint {
    /// Understands `HOST:PORTS`.
    pub fn parse(word: &str) -> Result<Self, EndpointError> {
        let (transport, rest) = scheme(word)?;
        let (host, ports) = split(word, rest)?;
        let ports =
            Ports::parse(ports).map_err(|error| EndpointError::Port { word: word.to_owned(), error })?;
        let host_word = Word::parse(host).map_err(|error| EndpointError::Host(error.to_string()))?;
        if matches!(host_word, Word::File(_) | Word::Stdin) {
            return Err(EndpointError::Host(format!("{host:?} names no host before the port")));
        }
        let host_word = match host_word {
            Word::Host(host) => Word::Host(unmapped(host)),
            other => other,
        };
        let label = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(host);
        Ok(Self { transport, host: host_word, label: label.to_owned(), ports })
    }

    /// How many attempts it comes to, as far as it is known: names count as one address.
    pub fn count(&self) -> u128 {
        let hosts = match &self.host {
            Word::Block(block) => block.len(),
            _ => 1,
        };
        hosts.saturating_mul(u128::from(self.ports.count()))
    }
}

impl Listable for Endpoint {
    fn understand(text: &str) -> Result<Self, LineError> {
        Self::parse(text).map_err(|error| LineError::Word(Escaped(&error.to_string()).to_string()))
    }
}

/// `::ffff:192.0.2.7` is 192.0.2.7: IPv4 is what leaves.
fn unmapped(host: String) -> String {
    let mapped = host.parse::<std::net::Ipv6Addr>().ok().and_then(|ip| ip.to_ipv4_mapped());
    mapped.map_or(host, |ip| ip.to_string())
}

/// The protocol, and what stands behind it. A URL is what people have at hand: its scheme says the port.
fn scheme(word: &str) -> Result<(Transport, &str), EndpointError> {
    match word.split_once("://") {
        None => Ok((Transport::Tcp, word)),
        Some(("tcp", rest)) => Ok((Transport::Tcp, rest)),
        Some(("udp", rest)) => Ok((Transport::Udp, rest)),
        Some((scheme, _)) => Err(EndpointError::Scheme { word: word.to_owned(), scheme: scheme.to_owned() }),
    }
}

/// Host and ports.
fn split<'a>(word: &str, rest: &'a str) -> Result<(&'a str, &'a str), EndpointError> {
    let no_port = |host: &str| {
        let example = format!("{host}:443");
        Err(EndpointError::NoPort { word: word.to_owned(), example })
    };
    if rest.starts_with('[') {
        // In a block the length stands behind the bracket: [2001:db8::]/120:80.
        return match rest.rsplit_once(':') {
            Some((host, ports)) if host.contains(']') && !ports.contains(']') => {
                if ports.is_empty() {
                    no_port(host)
                } else {
                    Ok((host, ports))
                }
            }
            // A bracket that is not closed is closed in the example.
            _ if !rest.contains(']') => no_port(&format!("{rest}]")),
            _ => no_port(rest),
        };
    }
    let (host, ports) = match rest.rsplit_once(':') {
        None if rest.is_empty() => return no_port("example.com"),
        None => return no_port(rest),
        Some(parts) => parts,
    };
    if host.contains(':') {
        let is_whole = rest.split('%').next().is_some_and(|ip| ip.parse::<std::net::Ipv6Addr>().is_ok());
        let example = if is_whole { format!("[{rest}]:443") } else { format!("[{host}]:{ports}") };
        return Err(EndpointError::BareV6 { word: word.to_owned(), example });
    }
    match (host.is_empty(), ports.is_empty()) {
        (true, _) => no_port("example.com"),
        (_, true) => no_port(host),
        _ => Ok((host, ports)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(word: &str) -> (Transport, String, String) {
        let endpoint = Endpoint::parse(word).expect(word);
        (endpoint.transport, endpoint.label, endpoint.ports.to_string())
    }

    #[test]
    fn an_ipv4_address_within_an_ipv6_one_is_ipv4() {
        let endpoint = Endpoint::parse("[::ffff:192.0.2.7]:22").expect("an endpoint");
        assert_eq!(
            (endpoint.host, endpoint.label.as_str()),
            (Word::Host("192.0.2.7".into()), "::ffff:192.0.2.7")
        );
    }

    #[test]
    fn hosts_and_ports_of_every_form() {
        let tcp = |host: &str, ports: &str| (Transport::Tcp, host.to_owned(), ports.to_owned());
        assert_eq!(parts("example.com:https"), tcp("example.com", "443"));
        assert_eq!(parts("192.0.2.7:22,80"), tcp("192.0.2.7", "22,80"));
        assert_eq!(parts("[2001:db8::1]:8000-8010"), tcp("2001:db8::1", "8000-8010"));
        assert_eq!(parts("[fe80::1%eth0]:22"), tcp("fe80::1%eth0", "22"));
        assert_eq!(parts("192.0.2.0/24:22"), tcp("192.0.2.0/24", "22"));
        assert_eq!(parts("[2001:db8::]/120:22"), tcp("[2001:db8::]/120", "22"));
        assert_eq!(parts("tcp://example.com:1"), tcp("example.com", "1"));
        assert_eq!(parts("udp://example.com:53").0, Transport::Udp);
        assert_eq!(Wanted::parse("-"), Ok(Wanted::List(List::Stdin)));
        assert_eq!(Wanted::parse("@hosts"), Ok(Wanted::List(List::File("hosts".into()))));
    }

    #[test]
    fn what_is_missing_or_wrong_is_named_with_the_way_out() {
        let said = |word: &str| Wanted::parse(word).expect_err(word).to_string();
        assert_eq!(
            said("example.com"),
            "\"example.com\" names no port: write HOST:PORT, such as example.com:443"
        );
        assert_eq!(
            said("example.com:"),
            "\"example.com:\" names no port: write HOST:PORT, such as example.com:443"
        );
        assert!(said("").contains("write HOST:PORT") && said(":80").contains("write HOST:PORT"));
        assert_eq!(
            said("2001:db8::1"),
            "\"2001:db8::1\" is ambiguous: write the IPv6 address in brackets, such as [2001:db8::1]:443"
        );
        assert!(said("fe80::1:80").contains("[fe80::1:80]:443"));
        assert!(said("[2001:db8::1]").contains("such as [2001:db8::1]:443"));
        assert!(said("[2001:db8::1:80").contains("such as [2001:db8::1:80]:443"));
        assert!(said("example.com:0").contains("0 is no port"));
        assert!(said("example.com:70000").contains("70000 is no port"));
        assert!(said("https://example.com").contains("https:// is not known"));
        assert!(said("exa mple:80").contains("cannot stand in a name"));
        assert!(said("192.0.2.0/33:80").contains("0 to 32"));
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_panics(word in "\\PC{0,24}") {
            let _ = Wanted::parse(&word);
        }
    }
}
