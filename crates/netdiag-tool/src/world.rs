//! What surrounds a program beyond the network: whom the system trusts, and which proxies its environment names.

/// The certificates that this system trusts, as they could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roots {
    /// Root certificates in DER.
    pub certificates: Vec<Vec<u8>>,
    /// What could not be read, one line each.
    pub problems: Vec<String>,
}

/// Whom this system trusts to name hosts.
pub trait Trust {
    /// Reads the certificates. It takes a while: ask only where they are needed.
    fn roots(&self) -> Roots;
}

/// A system that trusts the given certificates, for tests.
impl Trust for Roots {
    fn roots(&self) -> Roots {
        self.clone()
    }
}

/// A proxy that the environment names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// The variable, such as `https_proxy`.
    pub variable: String,
    /// Its value.
    pub value: String,
}
