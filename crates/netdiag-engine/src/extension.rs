//! From the octets of an extension structure to what a user is told of it.
//!
//! The structure is read by `netdiag-wire`, and the words are `netdiag-model`'s, which do not know of each other. What
//! cannot be read says nothing: the error that carried it counts all the same.

use netdiag_model::extension::{Extension, InterfaceInfo, Label, Role};
use netdiag_wire::extension::{self as wire, Object};

/// What the extension structure that `structure` consists of says, in its order; nothing where it is not sound.
pub fn read(structure: &[u8]) -> Box<[Extension]> {
    wire::parse(structure).unwrap_or_default().into_iter().map(extension).collect()
}

fn extension(object: Object) -> Extension {
    match object {
        Object::Mpls(labels) => Extension::Mpls(labels.into_iter().map(label).collect()),
        Object::Interface(interface) => Extension::Interface(InterfaceInfo {
            role: role(interface.role),
            index: interface.index,
            address: interface.address,
            name: interface.name.map(|name| String::from_utf8_lossy(&name).into_owned()),
            mtu: interface.mtu,
        }),
        Object::Unknown { class, kind, bytes } => Extension::Unknown { class, kind, bytes: bytes.into() },
    }
}

const fn label(wire::Label { label, tc, is_bottom, ttl }: wire::Label) -> Label {
    Label { label, tc, is_bottom, ttl }
}

const fn role(role: wire::Role) -> Role {
    match role {
        wire::Role::Incoming => Role::Incoming,
        wire::Role::SubIp => Role::SubIp,
        wire::Role::Outgoing => Role::Outgoing,
        wire::Role::NextHop => Role::NextHop,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_keeps_what_it_says() {
        let interface = wire::Interface {
            role: wire::Role::NextHop,
            index: Some(3),
            address: Some([192, 0, 2, 1].into()),
            name: Some(b"ge\xff".to_vec()),
            mtu: Some(9000),
        };
        let entry = wire::Label { label: 16_001, tc: 5, is_bottom: true, ttl: 1 };
        let unknown = Object::Unknown { class: 9, kind: 2, bytes: vec![7] };
        let mut bytes = Vec::new();
        wire::emit(&[Object::Mpls(vec![entry]), Object::Interface(interface), unknown], &mut bytes);
        let [
            Extension::Mpls(labels),
            Extension::Interface(told),
            Extension::Unknown { class: 9, kind: 2, bytes: data },
        ] = &*read(&bytes)
        else {
            panic!("three objects")
        };
        assert_eq!(labels[..], [Label { label: 16_001, tc: 5, is_bottom: true, ttl: 1 }]);
        assert_eq!((told.role, told.index, told.mtu), (Role::NextHop, Some(3), Some(9000)));
        assert_eq!(told.name.as_deref(), Some("ge\u{fffd}"));
        assert_eq!(told.address, Some([192, 0, 2, 1].into()));
        assert_eq!(data[..], [7]);
    }

    #[test]
    fn what_is_not_sound_says_nothing() {
        assert!(read(&[]).is_empty());
        assert!(read(&[0x20, 0, 0, 0, 0, 9, 1, 1]).is_empty());
    }
}
