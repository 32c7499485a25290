//! The engine's ports as a seeded, simulated network with virtual time
