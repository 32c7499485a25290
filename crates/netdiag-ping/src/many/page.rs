//! Where renderers write, and what all of them need to know of the run.

use std::collections::BTreeMap;

use netdiag_engine::prober::Method;
use netdiag_model::{Address, Family};
use netdiag_tool::targets::shown;
use netdiag_tool::{Escaped, Streams, json};

use crate::fold::fleet::Member;
use crate::plan::{Look, Plan};

/// The prefix of what goes to standard error.
const PROGRAM: &str = "netdiag ping";

/// The page.
pub(super) struct Page<'a> {
    streams: &'a mut Streams,
    interfaces: &'a BTreeMap<u32, String>,
    /// What is shown, and how.
    pub(super) look: Look,
    /// How targets are asked: `icmp`, `udp`, `tcp:PORT`.
    pub(super) via: String,
}

impl<'a> Page<'a> {
    pub(super) fn new(
        streams: &'a mut Streams,
        interfaces: &'a BTreeMap<u32, String>,
        (plan, method): (&Plan, Method),
    ) -> Self {
        let via = match method {
            Method::Icmp => "icmp".to_owned(),
            Method::Udp { .. } => "udp".to_owned(),
            Method::Tcp { port } => format!("tcp:{port}"),
        };
        Self { streams, interfaces, look: plan.look, via }
    }

    /// Writes data.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        self.streams.out.write(bytes);
    }

    /// Writes data about a single probe or moment: it may be left out when the reader does not keep up.
    pub(super) fn offer(&mut self, bytes: &[u8]) {
        self.streams.out.offer(bytes);
    }

    /// Writes a record.
    pub(super) fn record(&mut self, record: &impl serde::Serialize) {
        self.write(&json::line(record));
    }

    /// Writes a line of standard error as it is.
    pub(super) fn remark(&mut self, line: &str) {
        self.streams.err.write(line.as_bytes());
    }

    /// Says something on standard error.
    pub(super) fn say(&mut self, message: &str) {
        self.remark(&format!("{PROGRAM}: {message}\n"));
    }

    /// The address of a target as shown: the interface's name rather than its index.
    pub(super) fn address(&self, address: &Address) -> String {
        shown(address, self.interfaces)
    }

    /// What a target is called: as typed, or its address.
    pub(super) fn name(&self, member: &Member) -> String {
        match &member.label {
            Some(label) => Escaped(label).to_string(),
            None => self.address(&member.address),
        }
    }

    /// The same with the address behind a name.
    pub(super) fn full_name(&self, member: &Member) -> String {
        let address = self.address(&member.address);
        match &member.label {
            Some(label) if **label != *address => format!("{} ({address})", Escaped(label)),
            _ => address,
        }
    }

    /// What link-layer resolution is called for a family.
    pub(super) const fn resolution(family: Family) -> &'static str {
        match family {
            Family::V4 => "ARP",
            Family::V6 => "ND",
        }
    }

    /// Whether the reader is so far behind that the sums should wait for it.
    pub(super) fn is_behind(&self) -> bool {
        self.streams.is_behind()
    }

    /// Ready when it has caught up, or has gone.
    pub(super) async fn room(&mut self) {
        self.streams.room().await;
    }

    /// Hands what has gathered to the reader.
    pub(super) fn flush(&mut self) {
        self.streams.flush();
    }

    /// Whether nobody reads any more.
    pub(super) fn is_gone(&self) -> bool {
        self.streams.out.is_gone()
    }

    /// Lines that were left out because their reader did not keep up.
    pub(super) fn left_out(&self) -> u64 {
        self.streams.dropped()
    }
}
