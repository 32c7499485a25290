//! The engine's ports on Linux
