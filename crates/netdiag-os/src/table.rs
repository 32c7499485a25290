//! This host's own TCP sockets, asked of the kernel by `sock_diag(7)`.
//!
//! It needs no right, and tells the sockets of all users.

use std::cell::RefCell;
use std::io;

use netdiag_engine::port::{Listener, SocketTable};
use netdiag_model::{Address, Errno};
use netdiag_sys::address::Family;
use netdiag_sys::netlink::{ListenerRecord, SockDiag};

use crate::convert;

/// The sockets in the network namespace of the thread that opened it.
#[derive(Debug)]
pub struct LinuxTable {
    questions: RefCell<SockDiag>,
}

impl LinuxTable {
    /// Opens the socket that it asks by.
    ///
    /// # Errors
    /// EMFILE, ENFILE, or EPROTONOSUPPORT where the kernel has no `sock_diag(7)`.
    pub fn open() -> io::Result<Self> {
        Ok(Self { questions: RefCell::new(SockDiag::open()?) })
    }
}

impl SocketTable for LinuxTable {
    fn listeners(&self, port: u16) -> Result<Vec<Listener>, Errno> {
        let mut listeners = Vec::new();
        for family in [Family::V4, Family::V6] {
            let found = self.questions.borrow_mut().listeners(family, port);
            listeners.extend(found.map_err(|error| convert::errno(&error))?.into_iter().map(listener));
        }
        Ok(listeners)
    }
}

fn listener(record: ListenerRecord) -> Listener {
    let ListenerRecord { address, port, interface, queue, backlog, is_v6_only } = record;
    Listener { address: Address::scoped(address, interface), port, is_v6_only, queue, backlog }
}

#[cfg(test)]
mod tests;
