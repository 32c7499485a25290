//! What a sweep amounts to: per address, the ports of each verdict, and who said what about them.

use std::collections::{BTreeMap, HashMap};

use netdiag_model::{Address, Icmp, Verdict};

use crate::endpoint::Transport;
use crate::fold::{Report, Try};

/// An address, and by which protocol it is asked.
pub(super) type Asked = (Address, Transport);

/// One address.
pub(super) struct Member {
    /// The host, as typed.
    pub(super) label: String,
    pub(super) address: Address,
    /// By which protocol: of a port each has its own verdict.
    pub(super) transport: Transport,
    /// The port, where one was asked for.
    pub(super) single_port: Option<u16>,
    /// The ports of each verdict.
    pub(super) ports: BTreeMap<Verdict, Vec<u16>>,
    /// Who said what about which ports.
    pub(super) said: BTreeMap<(Verdict, String), Vec<u16>>,
    pub(super) report: Report,
}

impl Member {
    fn new(label: String, (address, transport): Asked, single_port: Option<u16>) -> Self {
        Self {
            label,
            address,
            transport,
            single_port,
            ports: BTreeMap::new(),
            said: BTreeMap::new(),
            report: Report::default(),
        }
    }

    /// The ports by the verdicts' words, in order.
    pub(super) fn ports_by_word(&self) -> BTreeMap<&'static str, Vec<u16>> {
        let sorted = |ports: &Vec<u16>| {
            let mut ports = ports.clone();
            ports.sort_unstable();
            ports
        };
        self.ports.iter().map(|(verdict, ports)| (word(*verdict), sorted(ports))).collect()
    }
}

/// The verdict as a field's name.
const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::BlockedLocally => "blocked_locally",
        Verdict::ClosedEarly => "closed_early",
        Verdict::LocalError => "local_error",
        other => other.as_str(),
    }
}

/// All addresses.
#[derive(Default)]
pub(super) struct Fleet {
    pub(super) members: Vec<Member>,
    by_address: HashMap<Asked, usize>,
    /// Services asked, and answered in whatever way.
    pub(super) done: u64,
    /// Of these, open.
    pub(super) open: u64,
}

impl Fleet {
    /// The member of an address, new or known.
    pub(super) fn enlist(&mut self, label: &str, asked: Asked, single_port: Option<u16>) -> usize {
        if let Some(&index) = self.by_address.get(&asked) {
            self.members[index].single_port = None;
            return index;
        }
        self.members.push(Member::new(label.to_owned(), asked, single_port));
        self.by_address.insert(asked, self.members.len() - 1);
        self.members.len() - 1
    }

    pub(super) fn find(&self, asked: Asked) -> Option<usize> {
        self.by_address.get(&asked).copied()
    }

    /// Takes note of a verdict on a port.
    pub(super) fn apply(&mut self, index: usize, (port, one): (u16, &Try), said: Option<(Icmp, String)>) {
        let Some(member) = self.members.get_mut(index) else { return };
        self.done += 1;
        self.open += u64::from(one.verdict == Verdict::Open);
        member.report.apply(one);
        member.ports.entry(one.verdict).or_default().push(port);
        if let Some((icmp, from)) = said {
            let text = format!("{} from {from}", crate::evidence::message(icmp));
            member.said.entry((one.verdict, text)).or_default().push(port);
        }
    }

    /// Whether every service is open.
    pub(super) fn is_all_open(&self) -> bool {
        self.done > 0 && self.open == self.done
    }
}
