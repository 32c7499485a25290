//! Rights: taken up to open what needs them, then given up for good, before any name or file is read.
//!
//! See capabilities(7). Rights belong to threads, so all of this happens while there is one thread.

use std::io;

use netdiag_sys::capability::{self, Capabilities};
use netdiag_tool::{Caller, Right};

/// Who runs the program.
pub fn caller() -> Caller {
    if netdiag_sys::process::real_user() == 0 { Caller::Root } else { Caller::User }
}

/// Makes every right that was given to the program effective.
pub fn raise() -> io::Result<()> {
    capability::raise()
}

/// Gives up every right but those named, for good: nothing that is started or opened later can get them back.
pub fn keep_only(rights: &[Right]) -> io::Result<()> {
    let keep = rights.iter().fold(Capabilities::NONE, |keep, right| {
        keep | match right {
            Right::NetAdmin => Capabilities::NET_ADMIN,
            Right::NetRaw => Capabilities::NET_RAW,
            Right::NetBindService => Capabilities::NET_BIND_SERVICE,
        }
    });
    capability::keep_only(keep)
}

/// Whether the right to raw sockets is held.
pub fn has_net_raw() -> bool {
    capability::held().is_ok_and(|(_, permitted)| permitted.contains(Capabilities::NET_RAW))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rights belong to threads: a thread of its own can give up all of them without harm to other tests.
    #[test]
    fn after_the_drop_nothing_is_left_but_what_was_named() {
        std::thread::spawn(|| {
            raise().expect("raise");
            keep_only(&[Right::NetAdmin]).expect("keep");
            let (effective, permitted) = capability::held().expect("held");
            assert_eq!(effective, permitted);
            assert!(permitted.intersection(Capabilities::NET_ADMIN) == permitted, "{permitted:?}");
            assert!(!has_net_raw());
            assert!(capability::has_no_new_privs().expect("prctl"));
            keep_only(&[]).expect("drop");
            assert!(capability::held().expect("held").1.is_empty());
        })
        .join()
        .expect("thread");
    }
}
