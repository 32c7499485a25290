//! The engine as a whole on simulated networks: driver, prober and echo strategy over the simulator's ports. What the
//! run reports is held against what really happened (`Sim::truth`), probe by probe.

mod clocks;
mod copies;
mod damage;
mod endings;
mod errors;
mod harness;
mod host;
mod loss;
mod rate;
mod shards;
mod strangers;
mod tcp;
mod truth;
mod udp;
