//! The names in `/etc/hosts`, see hosts(5).

use std::net::IpAddr;

/// The text of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hosts(String);

impl Hosts {
    /// The names in `text`, which is read only when a name is looked for.
    pub(crate) const fn new(text: String) -> Self {
        Self(text)
    }

    /// The addresses that the file has for `name`, in its order. Case does not matter, nor does a dot at the end.
    pub(crate) fn addresses(&self, name: &str) -> Vec<IpAddr> {
        let name = name.strip_suffix('.').unwrap_or(name);
        self.0.lines().filter_map(|line| address(line, name)).collect()
    }
}

fn address(line: &str, name: &str) -> Option<IpAddr> {
    let mut words = line.split('#').next()?.split_whitespace();
    let ip = words.next()?.split('%').next()?.parse().ok()?;
    words.any(|word| word.eq_ignore_ascii_case(name)).then_some(ip)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_aliases_are_found() {
        let text =
            "127.0.0.1 localhost # home\n\n192.0.2.7\tWeb.example web\n2001:db8::7 web\nfe80::1%eth0 web x\n";
        let hosts = Hosts::new(text.to_owned());
        let all: Vec<String> = hosts.addresses("WEB").iter().map(ToString::to_string).collect();
        assert_eq!(all, ["192.0.2.7", "2001:db8::7", "fe80::1"]);
        assert_eq!(hosts.addresses("web.example.").len(), 1);
        assert!(hosts.addresses("home").is_empty() && hosts.addresses("192.0.2.7").is_empty());
    }
}
