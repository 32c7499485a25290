//! Well-known ports by the names that people type (IANA's Service Name and Transport Protocol Port Number Registry).
//!
//! A choice of what is met in practice, the same on every system; /etc/services is missing from many containers.

/// Names and their ports, ordered by port.
const SERVICES: &[(&str, u16)] = &[
    ("echo", 7),
    ("discard", 9),
    ("daytime", 13),
    ("ftp", 21),
    ("ssh", 22),
    ("telnet", 23),
    ("smtp", 25),
    ("time", 37),
    ("whois", 43),
    ("domain", 53),
    ("dns", 53),
    ("tftp", 69),
    ("gopher", 70),
    ("finger", 79),
    ("http", 80),
    ("kerberos", 88),
    ("pop3", 110),
    ("sunrpc", 111),
    ("rpcbind", 111),
    ("ident", 113),
    ("nntp", 119),
    ("ntp", 123),
    ("netbios-ns", 137),
    ("netbios-ssn", 139),
    ("imap", 143),
    ("imap2", 143),
    ("snmp", 161),
    ("snmp-trap", 162),
    ("bgp", 179),
    ("ldap", 389),
    ("https", 443),
    ("microsoft-ds", 445),
    ("smb", 445),
    ("kpasswd", 464),
    ("submissions", 465),
    ("smtps", 465),
    ("isakmp", 500),
    ("syslog", 514),
    ("printer", 515),
    ("rtsp", 554),
    ("submission", 587),
    ("ipp", 631),
    ("ldaps", 636),
    ("domain-s", 853),
    ("rsync", 873),
    ("ftps", 990),
    ("imaps", 993),
    ("pop3s", 995),
    ("socks", 1080),
    ("openvpn", 1194),
    ("ms-sql-s", 1433),
    ("mqtt", 1883),
    ("radius", 1812),
    ("nfs", 2049),
    ("docker", 2375),
    ("etcd-client", 2379),
    ("mysql", 3306),
    ("rdp", 3389),
    ("ms-wbt-server", 3389),
    ("stun", 3478),
    ("svn", 3690),
    ("ipsec-nat-t", 4500),
    ("sip", 5060),
    ("sips", 5061),
    ("xmpp-client", 5222),
    ("postgresql", 5432),
    ("amqp", 5672),
    ("vnc", 5900),
    ("x11", 6000),
    ("redis", 6379),
    ("ircd", 6667),
    ("bittorrent", 6881),
    ("http-alt", 8080),
    ("mqtts", 8883),
    ("secure-mqtt", 8883),
    ("kafka", 9092),
    ("git", 9418),
    ("elasticsearch", 9200),
    ("memcached", 11211),
    ("mongodb", 27017),
    ("wireguard", 51820),
];

/// The port of a service, in any case.
pub fn port(name: &str) -> Option<u16> {
    SERVICES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, port)| *port)
}

/// The name that a port is best known by.
pub fn name(port: u16) -> Option<&'static str> {
    SERVICES.iter().find(|(_, known)| *known == port).map(|(name, _)| *name)
}

/// The names that begin as this one does, or as its first two letters do: what may have been meant.
pub fn nearest(name: &str) -> Vec<&'static str> {
    let begins = |known: &str, len: usize| {
        len > 0 && name.get(..len).zip(known.get(..len)).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
    };
    let with = |len: usize| SERVICES.iter().map(|(known, _)| *known).filter(move |known| begins(known, len));
    (2..=name.len())
        .rev()
        .map(|len| with(len).take(3).collect::<Vec<_>>())
        .find(|some| !some.is_empty())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ports_are_found_both_ways() {
        assert_eq!((port("https"), port("HTTPS"), port("nonsense")), (Some(443), Some(443), None));
        assert_eq!((name(443), name(2)), (Some("https"), None));
    }

    #[test]
    fn what_may_have_been_meant_is_named() {
        assert!(nearest("htps").contains(&"http"), "{:?}", nearest("htps"));
        assert!(nearest("postgres").contains(&"postgresql"));
        assert!(nearest("ö").is_empty() && nearest("").is_empty());
    }
}
