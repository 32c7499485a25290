//! Ready-made laboratories: the shapes that most tests need.

use crate::error::Result;
use crate::lab::Lab;
use crate::topology::Paths;

impl Lab {
    /// Two nodes on one cable: `client` and `server`.
    ///
    /// # Errors
    /// As [`Lab::new`] and [`Lab::link`].
    pub fn pair() -> Result<Self> {
        let lab = Self::new("pair")?;
        lab.link(&lab.node("client")?, &lab.node("server")?)?;
        Ok(lab)
    }

    /// `client`, then `routers` nodes `r1`, `r2`, …, then `server`, each with the next on a cable,
    /// with routes.
    ///
    /// # Errors
    /// As [`Lab::new`] and [`Lab::link`].
    pub fn chain(routers: usize) -> Result<Self> {
        let lab = Self::new("chain")?;
        let mut last = lab.node("client")?;
        for number in 1..=routers {
            let next = lab.node(&format!("r{number}"))?;
            lab.link(&last, &next)?;
            last = next;
        }
        lab.link(&last, &lab.node("server")?)?;
        lab.routes()?;
        Ok(lab)
    }

    /// Two equally long ways: `client` – `fork` – `left` or `right` – `join` – `server`.
    ///
    /// `fork` and `join` spread flows over both ways. By what, the setting
    /// `net.ipv4.fib_multipath_hash_policy` (and its IPv6 twin) says; here it is 1, ports included.
    ///
    /// # Errors
    /// As [`Lab::new`] and [`Lab::link`].
    pub fn diamond() -> Result<Self> {
        let lab = Self::new("diamond")?;
        let pairs = [
            ("client", "fork"),
            ("fork", "left"),
            ("fork", "right"),
            ("left", "join"),
            ("right", "join"),
            ("join", "server"),
        ];
        for (a, b) in pairs {
            lab.link(&lab.node(a)?, &lab.node(b)?)?;
        }
        for node in lab.nodes() {
            node.sysctl("net.ipv4.fib_multipath_hash_policy", "1")?;
            node.sysctl("net.ipv6.fib_multipath_hash_policy", "1")?;
        }
        lab.route_over(Paths::All)?;
        Ok(lab)
    }
}
