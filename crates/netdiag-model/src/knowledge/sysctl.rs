//! The kernel's settings that decide how connections open, live and end: what each does, and its default.
//!
//! Defaults are those of Linux 6.18 (Documentation/networking/ip-sysctl.rst), as a freshly made network namespace has
//! them where the setting is per namespace.

mod closing;
mod hosts;
mod living;
mod memory;
mod opening;
mod path;

use super::{Lesson, is_same};

/// What is known of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SysctlFacts {
    /// Its name, with dots.
    pub name: &'static str,
    /// Its default, as sysctl(8) prints it; a word where it depends on the host.
    pub default: &'static str,
    /// What the number counts, where it counts something.
    pub unit: Option<&'static str>,
    /// Since which kernel it has been there, or is as described, where that is recent.
    pub since: Option<&'static str>,
    /// With which kernel it went.
    pub removed: Option<&'static str>,
    /// The rest.
    pub lesson: Lesson,
}

impl SysctlFacts {
    /// The last part of its name, which people say.
    pub fn short_name(&self) -> &'static str {
        self.name.rsplit('.').next().unwrap_or(self.name)
    }
}

/// Every setting that is explained.
pub fn all() -> impl Iterator<Item = &'static SysctlFacts> {
    [opening::FACTS, closing::FACTS, living::FACTS, path::FACTS, memory::FACTS, hosts::FACTS]
        .into_iter()
        .flatten()
}

/// The setting of this name: whole, as a path (`net/ipv4/…`), or its last part alone.
pub fn find(term: &str) -> Option<&'static SysctlFacts> {
    let name = term.strip_prefix("/proc/sys/").unwrap_or(term);
    all().find(|facts| is_same(facts.name, name) || is_same(facts.short_name(), name))
}

const fn setting(
    name: &'static str,
    default: &'static str,
    unit: Option<&'static str>,
    lesson: Lesson,
) -> SysctlFacts {
    SysctlFacts { name, default, unit, since: None, removed: None, lesson }
}

/// What is counted.
const SECONDS: Option<&str> = Some("seconds");
const MILLISECONDS: Option<&str> = Some("milliseconds");
const TIMES: Option<&str> = Some("retransmissions");
const OCTETS: Option<&str> = Some("octets");
const PAGES: Option<&str> = Some("pages");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn settings_stand_once_and_are_found_by_each_spelling() {
        let names: BTreeSet<&str> = all().map(SysctlFacts::short_name).collect();
        assert_eq!(names.len(), all().count());
        for facts in all() {
            for spelling in [
                facts.name.to_owned(),
                facts.name.replace('.', "/"),
                format!("/proc/sys/{}", facts.name.replace('.', "/")),
                facts.short_name().to_owned(),
                facts.short_name().replace('_', "-"),
            ] {
                assert_eq!(find(&spelling), Some(facts), "{spelling}");
            }
        }
    }

    #[test]
    fn the_removed_one_says_so() {
        let facts = find("tcp_tw_recycle").expect("facts");
        assert_eq!(facts.removed, Some("4.12"));
    }
}
