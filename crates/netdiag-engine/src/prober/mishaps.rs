//! What goes wrong with a run itself rather than with a probe: counted, and said when it first happens.

use netdiag_model::Mono;
use netdiag_model::event::{Notice, NoticeCode};

use super::Prober;
use crate::strategy::Strategy;

/// How often what went wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mishaps {
    /// Messages that looked like answers and proved not to be: nobody's probe, or a wrong token.
    pub forged: u64,
    /// Arriving messages that the kernel dropped because they were not read fast enough (`SO_RXQ_OVFL`).
    pub overflowed: u64,
    /// Times that the kernel took no more to send.
    pub blocked: u64,
}

/// What the kernel is short of when it takes no more to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortage {
    /// Room in the socket's send buffer (EAGAIN).
    SendBuffer,
    /// Room in the device's queue or in the table of neighbours (ENOBUFS).
    Queue,
}

impl<S: Strategy> Prober<S> {
    /// Something looked like an answer and is none.
    pub(super) fn handle_foreign(&mut self, now: Mono) {
        self.mishaps.forged += 1;
        let message = "messages arrive that look like answers and are not (wrong token, or nobody's probe); they are \
                       not counted";
        if self.mishaps.forged == 1 {
            self.say(now, NoticeCode::Forged, message);
        }
    }

    /// The kernel dropped `count` arriving messages for want of room in the receive buffer.
    pub fn handle_overflow(&mut self, now: Mono, count: u64) {
        let is_first = self.mishaps.overflowed == 0;
        self.mishaps.overflowed += count;
        let message = "the kernel drops arriving messages for want of room in the receive buffer: loss counted here \
                       may be this host's own";
        if is_first {
            self.say(now, NoticeCode::ReceiveOverflow, message);
        }
    }

    /// The kernel took no more to send for a while.
    pub fn handle_blocked(&mut self, now: Mono, why: Shortage) {
        self.mishaps.blocked += 1;
        let message = match why {
            Shortage::SendBuffer => {
                "the kernel takes no more packets for the moment; probes go out later than planned"
            }
            Shortage::Queue => {
                "the kernel has no room for more packets (ENOBUFS: the device's queue, or the table of neighbours, \
                 gc_thresh3); probes go out later than planned"
            }
        };
        if self.mishaps.blocked == 1 {
            self.say(now, NoticeCode::SendBlocked, message);
        }
    }

    fn say(&mut self, now: Mono, code: NoticeCode, message: &str) {
        self.handle_notice(now, Notice { code, message: message.to_owned() });
    }
}
