//! What the control messages of one message say, by name.

use netdiag_model::{Stamp, Wall};
use netdiag_sys::control::Control;
use netdiag_sys::error_queue::ExtendedError;
use netdiag_sys::mmsg::Received;

/// What the kernel says of a message.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) ttl: Option<u8>,
    pub(crate) tos: Option<u8>,
    pub(crate) stamp: Option<Stamp>,
    pub(crate) error: Option<ExtendedError>,
}

impl Notes {
    pub(crate) fn of(received: &Received<'_>) -> Self {
        let mut notes = Self::default();
        for control in received.controls.clone() {
            match control {
                Control::Ttl(ttl) => notes.ttl = Some(ttl),
                Control::Tos(tos) => notes.tos = Some(tos),
                Control::Stamp(at) => notes.stamp = Some(Stamp::Kernel(Wall::from_nanos(at))),
                Control::Error(error) => notes.error = Some(error),
                Control::Other { .. } => {}
            }
        }
        notes
    }
}
