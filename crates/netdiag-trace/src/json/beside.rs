//! The records of what stands beside an answer: its extensions, and what it quotes.

use std::fmt::Write;

use netdiag_model::event::Quote;
use netdiag_model::extension::Extension;
use netdiag_tool::targets::{Interfaces, shown};

use super::{ExtensionRecord, InterfaceRecord, LabelRecord, NatRecord, RewriteRecord};
use crate::fold::{Departed, Field, Rewrite, translation};

/// What the extensions of an answer say.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) mpls: Vec<LabelRecord>,
    pub(super) interfaces: Vec<InterfaceRecord>,
    pub(super) unknown: Vec<ExtensionRecord>,
}

/// Sorts extensions by what they are.
pub(super) fn read(extensions: &[Extension]) -> Said {
    let mut said = Said::default();
    for extension in extensions {
        match extension {
            Extension::Mpls(labels) => said.mpls.extend(labels.iter().map(|entry| LabelRecord {
                label: entry.label,
                tc: entry.tc,
                bottom: entry.is_bottom,
                ttl: entry.ttl,
            })),
            Extension::Interface(interface) => said.interfaces.push(InterfaceRecord {
                role: interface.role.as_str(),
                index: interface.index,
                address: interface.address.map(|address| address.to_string()),
                name: interface.name.clone(),
                mtu: interface.mtu,
            }),
            Extension::Unknown { class, kind, bytes } => {
                said.unknown.push(ExtensionRecord { class: *class, r#type: *kind, data: hex(bytes) });
            }
        }
    }
    said
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, octet| {
        let _ = write!(hex, "{octet:02x}");
        hex
    })
}

/// What was translated of a probe; `None` where nothing was.
pub(super) fn nat(quote: &Quote, departed: &Departed) -> Option<NatRecord> {
    let fields = translation(quote, departed);
    if fields.is_empty() {
        return None;
    }
    let mut record = NatRecord::default();
    for field in fields {
        match field {
            Field::Source(seen) => record.source = Some(seen.to_string()),
            Field::Destination(seen) => record.destination = Some(seen.to_string()),
            Field::Port(seen) => record.port = Some(seen),
            Field::Checksum => record.checksum = true,
            Field::Tos { .. } => {}
        }
    }
    Some(record)
}

/// The records of a rewrite: DSCP and ECN, which are rewritten apart, have one each.
pub(super) fn rewrite(rewrite: &Rewrite, interfaces: &Interfaces) -> Vec<RewriteRecord> {
    let record = |field, before, after| RewriteRecord {
        ttl: rewrite.ttl,
        from: shown(&rewrite.from, interfaces),
        field,
        before,
        after,
    };
    match rewrite.field {
        Field::Tos { before, after } => {
            let parts = [("dscp", before >> 2, after >> 2), ("ecn", before & 3, after & 3)];
            let changed = parts.into_iter().filter(|(_, before, after)| before != after);
            changed
                .map(|(field, before, after)| {
                    record(field, Some(before.to_string()), Some(after.to_string()))
                })
                .collect()
        }
        Field::Source(seen) => vec![record("source", None, Some(seen.to_string()))],
        Field::Destination(seen) => vec![record("destination", None, Some(seen.to_string()))],
        Field::Port(seen) => vec![record("port", None, Some(seen.to_string()))],
        Field::Checksum => vec![record("checksum", None, None)],
    }
}
