//! What ICMP messages mean, IPv4 and IPv6 side by side: the same meaning stands once, with its numbers in both.
//!
//! RFC 792, 1122, 1812 for ICMP; RFC 4443, 8883 for ICMPv6. Which error number Linux makes of a message for a
//! connection is the kernel's table (`icmp_err_convert`, `icmpv6_err_convert`).

mod notes;
mod refusals;

use crate::address::Family;
use crate::errno::Errno;
use crate::icmp::Icmp;
use crate::knowledge::{Lesson, is_same};

/// One message on the wire that has a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Which of the two protocols.
    pub family: Family,
    /// The type field.
    pub kind: u8,
    /// The code field; absent where the type as a whole is meant.
    pub code: Option<u8>,
    /// Its name, such as `admin-prohibited`; that of [`Icmp::name`] where a code is given.
    pub name: &'static str,
    /// What a TCP connection that is being opened fails with on Linux, where it does.
    pub errno: Option<Errno>,
}

/// What is known of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IcmpFacts {
    /// The message in each protocol; at least one.
    pub forms: &'static [Form],
    /// The rest.
    pub lesson: Lesson,
}

impl IcmpFacts {
    /// The form that is named first, whose name the whole goes by.
    pub const fn name(&self) -> &'static str {
        match self.forms {
            [first, ..] => first.name,
            [] => "",
        }
    }
}

/// Every message that is explained.
pub fn all() -> impl Iterator<Item = &'static IcmpFacts> {
    [refusals::FACTS, notes::FACTS].into_iter().flatten()
}

/// What is known of this very message.
pub fn of(icmp: Icmp) -> Option<&'static IcmpFacts> {
    by_number(icmp.family, icmp.kind, Some(icmp.code))
}

/// What is known of a type (`code` absent), or of a type and code.
pub fn by_number(family: Family, kind: u8, code: Option<u8>) -> Option<&'static IcmpFacts> {
    all().find(|facts| {
        facts.forms.iter().any(|form| form.family == family && form.kind == kind && form.code == code)
    })
}

/// The message of this name, in either protocol.
pub fn find(term: &str) -> Option<&'static IcmpFacts> {
    all().find(|facts| facts.forms.iter().any(|form| is_same(form.name, term)))
}

const fn v4(kind: u8, code: u8, name: &'static str, errno: Option<Errno>) -> Form {
    Form { family: Family::V4, kind, code: Some(code), name, errno }
}

const fn v6(kind: u8, code: u8, name: &'static str, errno: Option<Errno>) -> Form {
    Form { family: Family::V6, kind, code: Some(code), name, errno }
}

const fn whole(family: Family, kind: u8, name: &'static str) -> Form {
    Form { family, kind, code: None, name, errno: None }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_message_with_a_name_is_explained_under_that_name() {
        for family in [Family::V4, Family::V6] {
            for (kind, code) in (0..=255).flat_map(|kind| (0..=16).map(move |code| (kind, code))) {
                let icmp = Icmp { family, kind, code, info: 0 };
                // Every code of "packet too big" has the name, and only 0 is sent.
                let Some(name) = icmp.name().filter(|_| (family, kind) != (Family::V6, 2) || code == 0)
                else {
                    continue;
                };
                let facts = of(icmp).unwrap_or_else(|| panic!("{icmp:?} ({name}) is not explained"));
                assert!(
                    facts.forms.iter().any(|form| form.name == name && form.code == Some(code)),
                    "{icmp:?}"
                );
            }
        }
    }

    #[test]
    fn forms_stand_once_and_bear_the_names_of_the_vocabulary() {
        let forms: Vec<&Form> = all().flat_map(|facts| facts.forms).collect();
        let numbers: BTreeSet<_> = forms.iter().map(|form| (form.family, form.kind, form.code)).collect();
        assert_eq!(numbers.len(), forms.len());
        for form in forms {
            let Some(code) = form.code else { continue };
            let icmp = Icmp { family: form.family, kind: form.kind, code, info: 0 };
            assert_eq!(icmp.name(), Some(form.name));
        }
    }

    #[test]
    fn each_name_leads_to_one_message() {
        for facts in all() {
            for form in facts.forms {
                assert_eq!(find(form.name), Some(facts), "{}", form.name);
            }
        }
        assert_eq!(find("port unreachable"), find("PORT_UNREACHABLE"));
    }

    #[test]
    fn a_refusal_by_policy_differs_between_the_families() {
        let facts = find("admin-prohibited").expect("facts");
        let errnos: Vec<_> = facts.forms.iter().map(|form| form.errno).collect();
        assert_eq!(errnos, [Some(Errno::EHOSTUNREACH), Some(Errno::EACCES)]);
    }
}
