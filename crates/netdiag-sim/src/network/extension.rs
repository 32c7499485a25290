//! What a node says beside its ICMP errors: labels of MPLS, interfaces, other objects (RFC 4884, RFC 4950, RFC 5837).

use std::net::IpAddr;

use netdiag_wire::extension::{self, Interface, Label, Object, Role};
use serde::Deserialize;

/// An entry of the label stack that packets come in with. The last one is the bottom.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LabelSpec {
    pub(crate) label: u32,
    #[serde(default)]
    pub(crate) tc: u8,
    #[serde(default = "one")]
    pub(crate) ttl: u8,
}

const fn one() -> u8 {
    1
}

/// An interface that it tells of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InterfaceSpec {
    #[serde(default)]
    pub(crate) role: RoleSpec,
    pub(crate) index: Option<u32>,
    pub(crate) address: Option<IpAddr>,
    pub(crate) name: Option<String>,
    pub(crate) mtu: Option<u32>,
}

/// What an interface is to the packet that the error is about.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RoleSpec {
    /// The packet arrived at it.
    #[default]
    Incoming,
    /// A part of that.
    SubIp,
    /// The packet would have left by it.
    Outgoing,
    /// The packet would have gone to it.
    NextHop,
}

/// Any other object.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ObjectSpec {
    pub(crate) class: u8,
    pub(crate) kind: u8,
    #[serde(default)]
    pub(crate) bytes: Vec<u8>,
}

/// In what form it says all this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ExtensionForm {
    /// By RFC 4884: the message tells the length of its quote.
    #[default]
    Rfc4884,
    /// As before it: behind 128 octets of quote, and nothing tells so.
    Legacy,
    /// By RFC 4884, under a wrong checksum.
    WrongChecksum,
}

/// All of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) mpls: &'a [LabelSpec],
    pub(super) interfaces: &'a [InterfaceSpec],
    pub(super) objects: &'a [ObjectSpec],
    pub(super) form: ExtensionForm,
}

impl Said<'_> {
    /// The extension structure that says it; empty where there is nothing to say.
    pub(super) fn structure(&self) -> Vec<u8> {
        let bottom = self.mpls.len().saturating_sub(1);
        let labels = self.mpls.iter().enumerate().map(|(at, spec)| Label {
            label: spec.label,
            tc: spec.tc,
            is_bottom: at == bottom,
            ttl: spec.ttl,
        });
        let stack = (!self.mpls.is_empty()).then(|| Object::Mpls(labels.collect()));
        let interfaces = self.interfaces.iter().map(|spec| Object::Interface(spec.interface()));
        let others = self.objects.iter().map(|spec| Object::Unknown {
            class: spec.class,
            kind: spec.kind,
            bytes: spec.bytes.clone(),
        });
        let objects: Vec<Object> = stack.into_iter().chain(interfaces).chain(others).collect();
        let mut bytes = Vec::new();
        if !objects.is_empty() {
            extension::emit(&objects, &mut bytes);
            if self.form == ExtensionForm::WrongChecksum {
                bytes[2] ^= 0xff;
            }
        }
        bytes
    }
}

impl InterfaceSpec {
    fn interface(&self) -> Interface {
        let role = match self.role {
            RoleSpec::Incoming => Role::Incoming,
            RoleSpec::SubIp => Role::SubIp,
            RoleSpec::Outgoing => Role::Outgoing,
            RoleSpec::NextHop => Role::NextHop,
        };
        let name = self.name.as_ref().map(|name| name.clone().into_bytes());
        Interface { role, index: self.index, address: self.address, name, mtu: self.mtu }
    }
}
