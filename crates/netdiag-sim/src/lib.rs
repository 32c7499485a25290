//! The engine's ports as a seeded, simulated network with virtual time.
//!
//! A [`Network`] is read from TOML (see `tests/networks`); a [`Sim`] runs it. What a run sees depends on the file and its
//! seed alone. Days pass in the time that their packets take to compute: when all that runs waits, time jumps to the
//! next thing that happens. [`Truth`] says what really became of each probe.
//!
//! ```
//! use netdiag_engine::port::Clock;
//! use netdiag_model::Mono;
//! use netdiag_sim::{Network, Sim};
//!
//! let network = Network::from_toml(
//!     r#"
//!     [here]
//!     addresses = ["192.0.2.10/24"]
//!     [host.target]
//!     addresses = ["192.0.2.1/24"]
//!     [[link]]
//!     ends = ["here", "target"]
//!     delay = "5ms"
//!     "#,
//! )?;
//! let sim = Sim::new(&network);
//! let mut clock = sim.clock();
//! let hour = Mono::from_nanos(3_600_000_000_000);
//! sim.run(std::future::poll_fn(|cx| clock.poll_until(cx, hour)));
//! assert_eq!(sim.now(), hour);
//! # Ok::<(), netdiag_sim::SimError>(())
//! ```

mod error;
mod network;
mod packet;
mod port;
mod sim;
mod truth;
mod world;

pub use error::SimError;
pub use network::Network;
pub use port::{SimClock, SimFacts, SimNames, SimSockets, SimTables};
pub use sim::Sim;
pub use truth::{Cause, Direction, Entry, Happening, Origin, Truth};
