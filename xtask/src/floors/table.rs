//! The floor table as data: which crate stands where, what it may use from outside, and what is never allowed.
//!
//! ARCHITECTURE.md draws the same table for people. A change here is a change of the architecture and wants
//! its page in `docs/adr/`.

/// Where a crate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// On a floor: it may use crates of lower floors.
    Floor(u8),
    /// Beside the house: it may use the crates named here, and no floor may use it.
    Beside(&'static [&'static str]),
    /// Beside the house, and it may use everything.
    Yard,
}

/// What a crate may use from outside the workspace.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outside {
    /// These, [`EVERYWHERE`], and no others.
    Closed(&'static [&'static str]),
    /// What `deny.toml` lets through.
    Open,
}

/// One crate of the house.
#[derive(Debug, Clone, Copy)]
pub(super) struct Home {
    pub(super) name: &'static str,
    pub(super) place: Place,
    pub(super) outside: Outside,
}

const fn closed(floor: u8, name: &'static str, crates: &'static [&'static str]) -> Home {
    Home { name, place: Place::Floor(floor), outside: Outside::Closed(crates) }
}

const fn open(floor: u8, name: &'static str) -> Home {
    Home { name, place: Place::Floor(floor), outside: Outside::Open }
}

/// Every crate that may exist, bottom up. One that is not built yet may stand here already.
pub(super) const HOMES: &[Home] = &[
    closed(1, "netdiag-model", &["serde", "hdrhistogram"]),
    closed(1, "netdiag-wire", &["pnet_packet"]),
    closed(1, "netdiag-sys", &["libc", "rustix", "nix"]),
    closed(2, "netdiag-engine", &["tokio"]),
    closed(3, "netdiag-os", &["socket2", "tokio", "surge-ping", "pnet_datalink"]),
    closed(3, "netdiag-sim", &["rand", "serde", "toml"]),
    closed(
        3,
        "netdiag-resolve",
        &["hickory-proto", "hickory-net", "hickory-resolver", "maxminddb", "serde", "tokio"],
    ),
    open(4, "netdiag-tool"),
    open(4, "netdiag-tui"),
    open(5, "netdiag-ping"),
    open(5, "netdiag-trace"),
    open(5, "netdiag-mtr"),
    open(5, "netdiag-pathping"),
    open(5, "netdiag-dns"),
    open(5, "netdiag-connect"),
    open(5, "netdiag-sockets"),
    open(5, "netdiag-capture"),
    open(5, "netdiag-explain"),
    open(6, "netdiag-doctor"),
    open(7, "netdiag"),
    Home { name: "netdiag-lab", place: Place::Beside(&["netdiag-sys"]), outside: Outside::Open },
    Home {
        name: "netdiag-stage",
        place: Place::Beside(&["netdiag-model", "netdiag-engine", "netdiag-sim", "netdiag-tool"]),
        outside: Outside::Open,
    },
    Home { name: "xtask", place: Place::Yard, outside: Outside::Open },
];

/// Outside crates that every floor may use.
pub(super) const EVERYWHERE: &[&str] = &["thiserror"];

/// An arrow that goes down and is forbidden all the same.
#[derive(Debug)]
pub(super) struct Never {
    /// The floors it must not start from.
    pub(super) from: std::ops::RangeInclusive<u8>,
    pub(super) to: &'static [&'static str],
    pub(super) why: &'static str,
}

/// The arrows that go down and are forbidden all the same.
pub(super) const NEVER: &[Never] = &[
    Never { from: 2..=2, to: &["netdiag-sys"], why: "the engine does no system call" },
    Never {
        from: 4..=6,
        to: &["netdiag-sys", "netdiag-os", "netdiag-sim"],
        why: "tools reach the network only through the ports they are handed",
    },
];

/// The one crate with `unsafe` code.
pub(super) const UNSAFE_HOME: &str = "netdiag-sys";

/// Crates that may read clocks, the environment, argv and random sources wherever they like.
pub(super) const WORLDLY: &[&str] = &["netdiag-os", "netdiag-sys", "netdiag-lab", "xtask"];

/// The one file outside [`WORLDLY`] that may do so, as crate and path within it.
pub(super) const WORLDLY_FILE: (&str, &str) = ("netdiag", "src/app.rs");

/// What reads a clock, the environment, argv or a random source.
pub(super) const WORLDLY_CALLS: &[&str] = &[
    "Instant::now",
    "SystemTime::now",
    "std::env::",
    "env::args",
    "env::args_os",
    "env::var",
    "env::var_os",
    "env::vars",
    "env::vars_os",
    "env::current_dir",
    "env::current_exe",
    "env::temp_dir",
    "rand::rng",
    "rand::random",
    "thread_rng",
    "from_os_rng",
    "from_entropy",
    "getrandom::fill",
];

/// How many production lines a file may have without a reason.
pub(super) const LONGEST_FILE: usize = 400;

/// How a file gives that reason.
pub(super) const LONG_BECAUSE: &str = "//! Long because:";
