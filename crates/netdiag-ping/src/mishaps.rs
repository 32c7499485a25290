//! What went wrong with a run itself, summed up at its end.

use netdiag_engine::prober::Mishaps;
use netdiag_model::event::{Notice, NoticeCode};

/// What is to be said of it. `left_out` lines were left out because their reader did not keep up.
pub(crate) fn mishaps(mishaps: &Mishaps, left_out: u64) -> Vec<Notice> {
    let forged = (mishaps.forged > 1).then(|| {
        let count = mishaps.forged;
        (
            NoticeCode::Forged,
            format!("{count} messages looked like answers and were not; they are not counted"),
        )
    });
    let overflowed = (mishaps.overflowed > 0).then(|| {
        let count = mishaps.overflowed;
        let message = format!(
            "the kernel dropped {count} arriving messages for want of room in the receive buffer: loss counted here may \
             be this host's own"
        );
        (NoticeCode::ReceiveOverflow, message)
    });
    let left_out = (left_out > 0).then(|| {
        (NoticeCode::OutputDropped, format!("{left_out} lines were left out: their reader did not keep up"))
    });
    let all = [forged, overflowed, left_out];
    all.into_iter().flatten().map(|(code, message)| Notice { code, message }).collect()
}
