//! The programs of a comparison: how each is asked about a place, and one answer in a laboratory.

use anyhow::Result;
use netdiag_lab::Output;
use netdiag_lab::fault::{Family, Fault, Protocol, Staged};

use super::words;
use crate::programs;

/// What stands in a cell where nothing was measured.
pub(super) const NOTHING: &str = "–";

/// With what rights a program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rights {
    /// All there are.
    Root,
    /// None, as an ordinary user.
    Ordinary,
}

/// A program and how it is asked.
pub(super) struct Column {
    /// The heading of its column.
    pub(super) title: &'static str,
    /// What it is called on a path.
    pub(super) program: &'static str,
    protocol: Protocol,
    rights: Rights,
    /// ADDRESS, PORT and PLACE (the address as it stands in a URL, with the port) are filled in.
    arguments: &'static str,
    /// What it said, from its output.
    read: fn(&Output) -> String,
}

const TCP: Protocol = Protocol::Tcp;
const UDP: Protocol = Protocol::Udp;

const COLUMNS: &[Column] = &[
    Column {
        title: "netdiag connect",
        program: "netdiag",
        protocol: TCP,
        rights: Rights::Ordinary,
        arguments: "connect --json PLACE",
        read: words::netdiag,
    },
    Column {
        title: "nmap -sS (root)",
        program: "nmap",
        protocol: TCP,
        rights: Rights::Root,
        arguments: "--privileged -sS -Pn -n --reason FAMILY -p PORT ADDRESS",
        read: words::nmap,
    },
    Column {
        title: "nmap -sT",
        program: "nmap",
        protocol: TCP,
        rights: Rights::Ordinary,
        arguments: "--unprivileged -sT -Pn -n --reason FAMILY -p PORT ADDRESS",
        read: words::nmap,
    },
    Column {
        title: "nc -vz",
        program: "nc",
        protocol: TCP,
        rights: Rights::Ordinary,
        arguments: "-n -vz -w 5 ADDRESS PORT",
        read: words::nc,
    },
    Column {
        title: "curl",
        program: "curl",
        protocol: TCP,
        rights: Rights::Ordinary,
        arguments: "-sS -o /dev/null -w %{http_code} --noproxy * --connect-timeout 5 -m 6 http://PLACE/",
        read: words::curl,
    },
    Column {
        title: "netdiag connect",
        program: "netdiag",
        protocol: UDP,
        rights: Rights::Ordinary,
        arguments: "connect --json udp://PLACE",
        read: words::netdiag,
    },
    Column {
        title: "nmap -sU (root)",
        program: "nmap",
        protocol: UDP,
        rights: Rights::Root,
        arguments: "--privileged -sU -Pn -n --reason FAMILY -p PORT ADDRESS",
        read: words::nmap,
    },
    Column {
        title: "nc -vzu",
        program: "nc",
        protocol: UDP,
        rights: Rights::Ordinary,
        arguments: "-n -vzu -w 5 ADDRESS PORT",
        read: words::nc,
    },
];

/// The columns of a table.
pub(super) fn columns(protocol: Protocol) -> impl Iterator<Item = &'static Column> {
    COLUMNS.iter().filter(move |column| column.protocol == protocol)
}

/// A peer, and how it tells its version.
const PEERS: &[(&str, &str)] = &[("nmap", "--version"), ("nc", "-h"), ("curl", "--version")];

/// The peers that are not on this machine.
pub(super) fn missing() -> Vec<&'static str> {
    PEERS.iter().map(|(program, _)| *program).filter(|program| programs::find(program).is_none()).collect()
}

/// The peers that are, with their versions in their own words, and the kernel.
pub(super) fn versions() -> Vec<String> {
    let version = |(program, option): &(&str, &str)| {
        let output = std::process::Command::new(programs::find(program)?).arg(option).output().ok()?;
        let text = [output.stdout, output.stderr].concat();
        let line = String::from_utf8_lossy(&text).lines().next()?.to_owned();
        // The libraries of curl and the address of nmap do not belong here.
        Some(
            line.split([' ', '\t'])
                .take_while(|word| !word.contains("http") && !word.contains("linux"))
                .collect::<Vec<_>>()
                .join(" "),
        )
    };
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let kernel = kernel.split('.').take(2).collect::<Vec<_>>().join(".");
    let words = |text: String| text.trim_matches([' ', '(']).to_owned();
    PEERS.iter().filter_map(version).map(words).chain([format!("Linux {kernel}")]).collect()
}

/// Stages the fault, asks once, and says in a few words what was said.
pub(super) fn ask(fault: &Fault, family: Family, column: &Column, netdiag: &str) -> Result<String> {
    let program = match column.program {
        "netdiag" => netdiag,
        other if programs::find(other).is_none() => return Ok(NOTHING.into()),
        other => other,
    };
    let staged = (fault.stage)(family)?;
    let command = staged.client.command(program).args(arguments(column, &staged));
    let command = if column.rights == Rights::Root { command } else { command.unprivileged() };
    let words = (column.read)(&command.output()?);
    Ok(people(&staged).into_iter().fold(words, |words, (address, who)| words::named(&words, &address, &who)))
}

fn arguments(column: &Column, staged: &Staged) -> Vec<String> {
    let place = std::net::SocketAddr::new(staged.target, staged.port).to_string();
    let words = column.arguments.split(' ').filter(|word| *word != "FAMILY" || staged.target.is_ipv6());
    words
        .map(|word| match word {
            "FAMILY" => "-6".to_owned(),
            "PORT" => staged.port.to_string(),
            "ADDRESS" => staged.target.to_string(),
            word => word.replace("PLACE", &place),
        })
        .collect()
}

/// Who is who in this laboratory.
fn people(staged: &Staged) -> Vec<(String, String)> {
    let routers = staged.routers.iter().zip(1..).map(|(address, number)| {
        let who = if number == 1 { "the router".to_owned() } else { format!("router {number}") };
        (address.to_string(), who)
    });
    let ends = [
        (staged.target.to_string(), "the target".to_owned()),
        (staged.source.to_string(), "this host".to_owned()),
    ];
    routers.chain(ends).collect()
}
