//! The system's clocks: CLOCK_MONOTONIC for scheduling, CLOCK_REALTIME for the kernel's packet stamps.
//!
//! See clock_gettime(2). Both are read through the vDSO, without a system call.

use std::mem::MaybeUninit;

/// Both clocks at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// CLOCK_MONOTONIC, in nanoseconds since some point in the past.
    pub monotonic: u64,
    /// CLOCK_REALTIME, in nanoseconds since 1970.
    pub realtime: i64,
}

/// A bracket wider than this was interrupted.
const WIDE_NS: u64 = 1_000;
const TRIES: usize = 8;

/// Reads the realtime clock between two readings of the monotonic one, and again when these are far apart (an
/// interrupt came between). The monotonic value is the middle of the narrowest bracket.
pub fn read() -> Reading {
    let mut best = bracket();
    for _ in 1..TRIES {
        if best.1 <= WIDE_NS {
            break;
        }
        let next = bracket();
        if next.1 < best.1 {
            best = next;
        }
    }
    best.0
}

fn bracket() -> (Reading, u64) {
    let before = monotonic();
    let realtime = nanos(libc::CLOCK_REALTIME);
    let width = monotonic().saturating_sub(before);
    (Reading { monotonic: before + width / 2, realtime }, width)
}

/// CLOCK_MONOTONIC, in nanoseconds.
pub fn monotonic() -> u64 {
    nanos(libc::CLOCK_MONOTONIC) as u64
}

fn nanos(clock: libc::clockid_t) -> i64 {
    let mut time = MaybeUninit::<libc::timespec>::zeroed();
    // SAFETY: `time` is valid for writing a timespec. The call cannot fail for these clocks, and the zeroes below it
    // are a valid value anyway.
    let time = unsafe {
        libc::clock_gettime(clock, time.as_mut_ptr());
        time.assume_init()
    };
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_and_a_reading_lies_within_its_surroundings() {
        let before = monotonic();
        let reading = read();
        assert!(before <= reading.monotonic && reading.monotonic <= monotonic());
        assert!(reading.realtime > 1_600_000_000_000_000_000);
    }
}
