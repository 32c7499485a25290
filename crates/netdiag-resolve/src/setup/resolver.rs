//! The name servers of resolv.conf(5) and the names they are asked for.
//!
//! hickory-resolver reads the file. What it reads otherwise than the C library is put right here: a server's zone
//! (RFC 4007), at most three servers, and 127.0.0.1 where no server is named.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use hickory_resolver::proto::rr::Name;
use hickory_resolver::system_conf::parse_resolv_conf;
use netdiag_model::Address;

const PORT: u16 = 53;
/// `MAXNS` of resolv.h: servers named beyond these are not asked.
const MOST_SERVERS: usize = 3;
/// `RES_MAXNDOTS` of resolv.h.
const MOST_DOTS: usize = 15;
/// How many forms of a name an explanation goes into.
const MOST_FORMS: usize = 8;

/// The name servers, and how a name is put to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolver {
    /// The servers in the order in which they are asked.
    pub(crate) servers: Vec<SocketAddr>,
    /// Why the servers are not ones that the file names.
    pub(crate) fallback: Option<String>,
    /// The domains that are put behind a name.
    search: Vec<String>,
    /// From how many dots on a name is asked for as it is first.
    dots: usize,
}

impl Resolver {
    /// Reads the text of the file. `interface` gives the index of the interface that is the zone of a server's address.
    pub(crate) fn parse(text: &str, interface: impl Fn(Ipv6Addr, &str) -> Option<u32>) -> Self {
        let (text, zones) = split_zones(text);
        // Without a server hickory-resolver gives up on the rest of the file too, so it is read again with one.
        let (parsed, fallback) = match parse_resolv_conf(&text) {
            Ok(parsed) => (Ok(parsed), None),
            Err(_) => (
                parse_resolv_conf(format!("nameserver {}\n{text}", Ipv4Addr::LOCALHOST)),
                Some("names no server".to_owned()),
            ),
        };
        let (config, options) = match parsed {
            Ok(parsed) => parsed,
            Err(error) => return Self::unread(error.to_string()),
        };
        let zone = |ip| zones.get(&ip).and_then(|zone| interface(ip, zone)).unwrap_or(0);
        let servers = config.name_servers().iter().take(MOST_SERVERS).map(|server| match server.ip {
            IpAddr::V6(v6) => SocketAddrV6::new(v6, PORT, 0, zone(v6)).into(),
            v4 @ IpAddr::V4(_) => SocketAddr::new(v4, PORT),
        });
        let listed = config.search();
        let search =
            if listed.is_empty() { config.domain().into_iter().collect() } else { listed.iter().collect() };
        Self {
            servers: servers.collect(),
            fallback,
            search: Vec::into_iter(search).map(text_of).collect(),
            dots: options.ndots.min(MOST_DOTS),
        }
    }

    /// The set-up where the file cannot be read, for the reason given.
    pub(crate) fn unread(reason: String) -> Self {
        let server = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), PORT);
        Self { servers: vec![server], fallback: Some(reason), search: Vec::new(), dots: 1 }
    }

    /// The names that the servers are asked for when `name` is looked up and none of them exists, in that order.
    pub(crate) fn forms(&self, name: &str) -> Vec<String> {
        if let Some(bare) = name.strip_suffix('.') {
            return vec![bare.to_owned()];
        }
        let is_first = name.matches('.').count() >= self.dots;
        let searched = self.search.iter().map(|domain| match domain.as_str() {
            "" => name.to_owned(),
            domain => format!("{name}.{domain}"),
        });
        let mut forms = Vec::new();
        for form in is_first.then(|| name.to_owned()).into_iter().chain(searched).chain([name.to_owned()]) {
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        forms.truncate(MOST_FORMS);
        forms
    }

    /// The set-up that a test wants.
    #[cfg(test)]
    pub(crate) fn of(servers: Vec<SocketAddr>, search: &[&str]) -> Self {
        Self { servers, fallback: None, search: search.iter().map(ToString::to_string).collect(), dots: 1 }
    }
}

fn text_of(domain: &Name) -> String {
    domain.to_ascii().trim_end_matches('.').to_owned()
}

/// The text without the zones of its servers, which hickory-resolver drops or takes offence at; and the zones.
fn split_zones(text: &str) -> (String, HashMap<Ipv6Addr, String>) {
    let mut zones = HashMap::new();
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            let mut words = line.split_whitespace();
            if words.next() == Some("nameserver")
                && let Some((ip, zone)) = words.next().and_then(|server| server.split_once('%'))
                && let Ok(v6) = ip.parse::<Ipv6Addr>()
                && Address::new(v6.into()).needs_scope()
            {
                zones.insert(v6, zone.to_owned());
                return format!("nameserver {ip}");
            }
            line.to_owned()
        })
        .collect();
    (lines.join("\n"), zones)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Resolver {
        Resolver::parse(text, |_, zone| (zone == "br-lan").then_some(5))
    }

    fn servers(text: &str) -> Vec<String> {
        parse(text).servers.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn three_servers_count_and_zones_become_scopes() {
        let text = "nameserver 192.0.2.1\nnameserver fe80::1%br-lan # x\nnameserver 2001:db8::1\nnameserver 192.0.2.4";
        assert_eq!(servers(text), ["192.0.2.1:53", "[fe80::1%5]:53", "[2001:db8::1]:53"]);
    }

    #[test]
    fn without_a_server_it_is_this_host() {
        let resolver = parse("search example.com\n");
        assert_eq!(resolver.servers, ["127.0.0.1:53".parse().expect("address")]);
        assert_eq!(resolver.fallback.as_deref(), Some("names no server"));
        assert_eq!(resolver.forms("host"), ["host.example.com", "host"]);
        assert_eq!(Resolver::unread("no such file".to_owned()).fallback.as_deref(), Some("no such file"));
    }

    #[test]
    fn the_search_list_goes_behind_names_as_in_the_c_library() {
        let resolver = parse("nameserver 192.0.2.1\nsearch corp.example example.\n");
        assert_eq!(resolver.forms("www"), ["www.corp.example", "www.example", "www"]);
        assert_eq!(resolver.forms("a.b"), ["a.b", "a.b.corp.example", "a.b.example"]);
        assert_eq!(resolver.forms("a.b."), ["a.b"]);
        let many = parse("nameserver 192.0.2.1\nsearch corp.example\noptions ndots:2\n");
        assert_eq!(many.forms("a.b"), ["a.b.corp.example", "a.b"]);
        assert_eq!(parse("nameserver 192.0.2.1\nsearch .\n").forms("a.b"), ["a.b"]);
    }

    proptest! {
        #[test]
        fn any_file_leaves_a_server_to_ask(text in any::<String>(), name in "[a-z.]{0,30}") {
            let resolver = parse(&text);
            prop_assert!((1..=MOST_SERVERS).contains(&resolver.servers.len()));
            prop_assert!(!resolver.forms(&name).is_empty());
        }

        #[test]
        fn lines_of_the_right_kind_never_panic(text in "((nameserver|search|options|domain) [0-9a-z:.%-]{0,12}\n){0,6}") {
            prop_assert!(!parse(&text).servers.is_empty());
        }
    }
}
