//! The certificates that this system trusts, from where the system keeps them.

use netdiag_tool::{Roots, Trust};

/// The system's own trust store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemTrust;

impl Trust for SystemTrust {
    fn roots(&self) -> Roots {
        let found = rustls_native_certs::load_native_certs();
        Roots {
            certificates: found.certs.iter().map(|certificate| certificate.to_vec()).collect(),
            problems: found.errors.iter().map(ToString::to_string).collect(),
        }
    }
}
