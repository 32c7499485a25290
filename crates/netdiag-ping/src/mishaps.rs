//! What went wrong with a run itself, summed up at its end.

use netdiag_engine::prober::Mishaps;
use netdiag_model::event::{Notice, NoticeCode};

/// What is to be said of it. `left_out` lines were left out because their reader did not keep up.
pub(crate) fn mishaps(mishaps: &Mishaps, left_out: u64) -> Vec<Notice> {
    let forged = (mishaps.forged > 1).then(|| {
        let count = mishaps.forged;
        (NoticeCode::Forged, format!("messages that looked like answers and were not: {count} in all"))
    });
    let overflowed = (mishaps.overflowed > 0).then(|| {
        let count = mishaps.overflowed;
        let message = format!("arriving messages that the kernel dropped for want of room: {count} in all");
        (NoticeCode::ReceiveOverflow, message)
    });
    let left_out = (left_out > 0).then(|| {
        let message = format!("lines left out because their reader did not keep up: {left_out} in all");
        (NoticeCode::OutputDropped, message)
    });
    let all = [forged, overflowed, left_out];
    all.into_iter().flatten().map(|(code, message)| Notice { code, message }).collect()
}
