//! Writes MMDB files: a tree of nodes with records of 24 bits, the data they lead to, and what describes both.

use std::net::IpAddr;

use netdiag_model::Prefix;

/// A value in the data section.
#[derive(Clone)]
pub(super) enum Data {
    Number(u32),
    /// 16 bits: what describes a file wants them.
    Short(u16),
    /// 64 bits, likewise.
    Long(u64),
    Text(&'static str),
    Map(Vec<(&'static str, Data)>),
    /// Always empty: what describes a file wants one.
    List,
}

/// What a record leads to.
#[derive(Clone, Copy)]
enum Next {
    Nothing,
    Node(usize),
    /// A place in the data section.
    Data(usize),
}

/// The file that knows `blocks`, of which none lies in another. IPv4 stands in `::/96`.
pub(super) fn write(blocks: &[(Prefix, Data)], kind: &'static str) -> Vec<u8> {
    let mut nodes = vec![[Next::Nothing; 2]];
    let mut data = Vec::new();
    for (prefix, value) in blocks {
        let place = data.len();
        emit(value, &mut data);
        hang(&mut nodes, *prefix, Next::Data(place));
    }
    let count = nodes.len();
    let mut file = Vec::new();
    for record in nodes.iter().flatten() {
        let number = match record {
            Next::Nothing => count,
            Next::Node(node) => *node,
            Next::Data(place) => count + 16 + place,
        };
        file.extend(&(number as u32).to_be_bytes()[1..]);
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    let metadata = Data::Map(vec![
        ("binary_format_major_version", Data::Short(2)),
        ("binary_format_minor_version", Data::Short(0)),
        ("build_epoch", Data::Long(1_767_225_600)),
        ("database_type", Data::Text(kind)),
        ("description", Data::Map(vec![])),
        ("ip_version", Data::Short(6)),
        ("languages", Data::List),
        ("node_count", Data::Number(count as u32)),
        ("record_size", Data::Short(24)),
    ]);
    emit(&metadata, &mut file);
    file
}

fn hang(nodes: &mut Vec<[Next; 2]>, prefix: Prefix, leaf: Next) {
    let (bits, len) = match prefix.first() {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), usize::from(prefix.len()) + 96),
        IpAddr::V6(v6) => (v6.to_bits(), usize::from(prefix.len())),
    };
    let mut node = 0;
    for at in 0..len {
        let side = (bits >> (127 - at) & 1) as usize;
        if at + 1 == len {
            nodes[node][side] = leaf;
        } else if let Next::Node(next) = nodes[node][side] {
            node = next;
        } else {
            nodes.push([Next::Nothing; 2]);
            let next = nodes.len() - 1;
            nodes[node][side] = Next::Node(next);
            node = next;
        }
    }
}

/// A control octet (type and length), and the value.
fn emit(value: &Data, out: &mut Vec<u8>) {
    match value {
        Data::Number(number) => {
            out.push(6 << 5 | 4);
            out.extend(number.to_be_bytes());
        }
        Data::Short(number) => {
            out.push(5 << 5 | 2);
            out.extend(number.to_be_bytes());
        }
        Data::Long(number) => {
            out.extend([8, 9 - 7]);
            out.extend(number.to_be_bytes());
        }
        Data::Text(text) => emit_text(text, out),
        Data::List => out.extend([0, 11 - 7]),
        Data::Map(pairs) => {
            out.push(7 << 5 | pairs.len() as u8);
            for (key, value) in pairs {
                emit_text(key, out);
                emit(value, out);
            }
        }
    }
}

fn emit_text(text: &str, out: &mut Vec<u8>) {
    let len = text.len();
    if len < 29 {
        out.push(2 << 5 | len as u8);
    } else {
        out.extend([(2 << 5) + 29, (len - 29) as u8]);
    }
    out.extend(text.as_bytes());
}
