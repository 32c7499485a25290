//! Whether an address can be asked, and what it means when it is not quite one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use netdiag_engine::port::{LookupError, LookupFailure};
use netdiag_model::{Address, Family};

use crate::error::ToolError;

/// Names of interfaces by index.
pub type Interfaces = std::collections::BTreeMap<u32, String>;

/// An address with the interface's name rather than its index.
pub fn shown(address: &Address, interfaces: &Interfaces) -> String {
    match interfaces.get(&address.scope) {
        Some(name) if address.scope != 0 => format!("{}%{name}", address.ip),
        _ => address.to_string(),
    }
}

/// Which addresses of a name to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Addresses {
    /// The one that a program would try first.
    #[default]
    First,
    /// All of them.
    All,
}

/// What is wished for beyond the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wishes {
    /// Only this family; `None` for both.
    pub family: Option<Family>,
    /// Which addresses of a name.
    pub addresses: Addresses,
    /// How many targets at most. Never more than `u32::MAX - 1`.
    pub limit: u64,
    /// The index of the interface to ask by, for link-local addresses that name none.
    pub scope: Option<u32>,
    /// The address to send from: what "any address" of its family means then.
    pub source: Option<IpAddr>,
    /// Names of this host's interfaces, to be named in hints.
    pub interfaces: Vec<String>,
}

/// Everything, by every way.
impl Default for Wishes {
    fn default() -> Self {
        Self {
            family: None,
            addresses: Addresses::First,
            limit: u64::MAX,
            scope: None,
            source: None,
            interfaces: Vec::new(),
        }
    }
}

/// The address to ask when `address` was given: of the family wished for, on an interface if it needs one.
///
/// As ping(8), "any address" (`0.0.0.0`, `::`) means this host. The error says what is missing and how to write it.
pub fn usable(address: Address, wishes: &Wishes) -> Result<Address, ToolError> {
    if let Some(family) = wishes.family.filter(|&family| family != address.family()) {
        return Err(other_family(address, family));
    }
    if address.ip.is_unspecified() {
        let source = wishes.source.filter(|source| source.is_ipv4() == address.ip.is_ipv4());
        return Ok(Address::from(source.unwrap_or(match address.ip {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        })));
    }
    if address.scope != 0 || !address.needs_scope() {
        return Ok(address);
    }
    match wishes.scope {
        Some(scope) => Ok(Address::scoped(address.ip, scope)),
        None => Err(no_interface(address, &wishes.interfaces)),
    }
}

/// Why a look-up gave no address, and what to do.
#[cold]
pub fn unresolved(error: &LookupError) -> ToolError {
    let text = ToolError::new(error.to_string());
    match error.failure {
        LookupFailure::NoAnswer => text.with_hint("try again later, or ask by address"),
        _ => text,
    }
}

/// The error of a name that resolved to nothing.
#[cold]
pub fn no_address(name: &str) -> ToolError {
    ToolError::new(format!("{name}: the name has no address"))
}

#[cold]
fn other_family(address: Address, wished: Family) -> ToolError {
    let message = format!("{address} is an {} address, and {wished} was asked for", address.family());
    ToolError::new(message).with_hint(format!("write an {wished} address, or leave the family open"))
}

#[cold]
fn no_interface(address: Address, interfaces: &[String]) -> ToolError {
    let names: Vec<&str> = interfaces.iter().map(String::as_str).filter(|name| *name != "lo").collect();
    let example = names.first().copied().unwrap_or("eth0");
    let here =
        if names.is_empty() { String::new() } else { format!(" (interfaces here: {})", names.join(", ")) };
    let hint = format!("write {}%{example}{here}", address.ip);
    ToolError::new(format!("{address} is a link-local address: it needs an interface")).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::new(text.parse().expect("an address"))
    }

    #[test]
    fn any_address_means_this_host() {
        let wishes = Wishes::default();
        assert_eq!(usable(address("0.0.0.0"), &wishes), Ok(address("127.0.0.1")));
        assert_eq!(usable(address("::"), &wishes), Ok(address("::1")));
        let wishes = Wishes { source: Some([192, 0, 2, 7].into()), ..wishes };
        assert_eq!(usable(address("0.0.0.0"), &wishes), Ok(address("192.0.2.7")));
        assert_eq!(usable(address("::"), &wishes), Ok(address("::1")));
    }

    #[test]
    fn the_family_wished_for_is_kept() {
        let wishes = Wishes { family: Some(Family::V6), ..Wishes::default() };
        assert_eq!(usable(address("2001:db8::1"), &wishes), Ok(address("2001:db8::1")));
        let error = usable(address("192.0.2.1"), &wishes).expect_err("the other family");
        assert_eq!(error.message, "192.0.2.1 is an IPv4 address, and IPv6 was asked for");
        assert!(usable(address("0.0.0.0"), &wishes).is_err());
    }

    #[test]
    fn a_link_local_address_needs_an_interface() {
        let wishes =
            Wishes { interfaces: ["lo", "wlan0", "eth1"].map(str::to_owned).into(), ..Wishes::default() };
        for text in ["fe80::1", "ff02::1"] {
            let error = usable(address(text), &wishes).expect_err("no interface");
            let hint = format!("write {text}%wlan0 (interfaces here: wlan0, eth1)");
            assert_eq!(error.hint, Some(hint));
        }
        let hint = usable(address("fe80::1"), &Wishes::default()).expect_err("no interface").hint;
        assert_eq!(hint.as_deref(), Some("write fe80::1%eth0"));
        let own = Address::scoped(address("fe80::1").ip, 3);
        assert_eq!(usable(own, &wishes), Ok(own));
        let wishes = Wishes { scope: Some(7), ..wishes };
        assert_eq!(usable(own, &wishes), Ok(own), "an interface that was typed stays");
        assert_eq!(usable(address("fe80::1"), &wishes).expect("usable").scope, 7);
        assert_eq!(usable(address("192.0.2.1"), &wishes), Ok(address("192.0.2.1")));
    }

    #[test]
    fn a_scope_is_shown_by_name_where_there_is_one() {
        let interfaces = Interfaces::from([(2, "eth0".to_owned())]);
        let link_local = |scope| Address::scoped(address("fe80::1").ip, scope);
        assert_eq!(shown(&link_local(2), &interfaces), "fe80::1%eth0");
        assert_eq!(shown(&link_local(3), &interfaces), "fe80::1%3");
        assert_eq!(shown(&Address::scoped(address("192.0.2.1").ip, 2), &interfaces), "192.0.2.1");
    }
}
