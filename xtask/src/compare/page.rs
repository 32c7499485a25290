//! The page: what was measured and how, and a table for each protocol and family.

use std::fmt::Write as _;

use netdiag_lab::fault::{Family, Protocol};

use super::{Cell, ask};

const HEADING: &str = "\
# Verdicts

What netdiag and other programs say about the same faults. Each cell was measured in a network of its own, made of network
namespaces: this host (the client), a router, the target, on real kernels and without any traffic outside. Everybody runs as an
ordinary user but where a heading says root. The names of the faults are those of the tests; how each is staged is written down
in [`crates/netdiag-lab/src/fault`](../crates/netdiag-lab/src/fault).

`cargo xtask compare connect` measures all of it again and writes this page; `--fault WORD` measures some and prints them. Where
a program is not installed, its cells have a dash.

netdiag's cells: the verdict, the sign and who gave it, and in brackets the side that has to act. \"ttl\" is what nmap prints of
the answer, from which its user may conclude. Times are left out.
";

/// The whole page.
pub(super) fn write(said: &[(Cell, String)]) -> String {
    let mut page = HEADING.to_owned();
    // Writing to a string cannot fail, here and below.
    let _ = write!(page, "\nMeasured with {}.\n", ask::versions().join(", "));
    let missing = ask::missing();
    if !missing.is_empty() {
        let _ = write!(page, "\nNot installed when this was measured: {}.\n", missing.join(", "));
    }
    for (protocol, title) in [(Protocol::Tcp, "TCP"), (Protocol::Udp, "UDP")] {
        for family in Family::ALL {
            let of_table =
                |(cell, _): &&(Cell, String)| cell.fault.protocol == protocol && cell.family == family;
            let table: Vec<_> = said.iter().filter(of_table).collect();
            if !table.is_empty() {
                let _ = write!(page, "\n## {title} over {family}\n\n{}", rows(protocol, &table));
            }
        }
    }
    page
}

fn rows(protocol: Protocol, said: &[&(Cell, String)]) -> String {
    let titles: Vec<&str> = ask::columns(protocol).map(|column| column.title).collect();
    let mut text = format!("| fault | {} |\n|---|{}\n", titles.join(" | "), "---|".repeat(titles.len()));
    for row in said.chunks(titles.len()) {
        if let Some((cell, _)) = row.first() {
            let cells: Vec<String> = row.iter().map(|(_, words)| words.replace('|', "\\|")).collect();
            let _ =
                writeln!(text, "| `{}`: {} | {} |", cell.fault.name, cell.fault.sentence, cells.join(" | "));
        }
    }
    text
}
