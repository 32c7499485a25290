//! Moments, stamps and round-trip times, typed so that a wrong subtraction cannot be written.
//!
//! Scheduling uses [`Mono`] (`CLOCK_MONOTONIC`). Kernel packet stamps are on [`Wall`] (`CLOCK_REALTIME`), which may be
//! stepped. A [`Moment`] carries both readings of one instant; [`Rtt::measure`] takes the kernel's stamps only when
//! the wall clock was not stepped between them. See `clock_gettime(2)` and the kernel's
//! `Documentation/networking/timestamping.rst`.

use std::fmt;
use std::ops::Add;
use std::time::Duration;

mod rfc3339;

/// A point on the monotonic clock, in nanoseconds from an arbitrary origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Mono(u64);

impl Mono {
    /// The clock's origin.
    pub const ZERO: Self = Self(0);

    /// A point `nanos` nanoseconds after the origin.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds from the origin.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Time since `earlier`; zero if `earlier` lies ahead.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Mono {
    type Output = Self;

    /// Saturates at the end of time (584 years after the origin).
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)))
    }
}

/// A point on the wall clock, in nanoseconds since 1970-01-01T00:00:00Z. It may be stepped by an administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Wall(i64);

impl Wall {
    /// The point `nanos` nanoseconds after the Unix epoch.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the Unix epoch.
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, and the microseconds beyond them.
    pub const fn as_secs_micros(self) -> (i64, u32) {
        (self.0.div_euclid(1_000_000_000), (self.0.rem_euclid(1_000_000_000) / 1000) as u32)
    }
}

/// RFC 3339 in UTC with microseconds: `2026-11-22T18:19:13.000042Z`.
impl fmt::Display for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, micros) = self.as_secs_micros();
        rfc3339::write_utc(f, seconds, micros)
    }
}

/// Both clocks, read as close together as can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The monotonic clock.
    pub mono: Mono,
    /// The wall clock.
    pub wall: Wall,
}

impl Reading {
    /// Wall clock minus monotonic clock, in nanoseconds. Slewing moves both clocks alike, so this number changes only
    /// when the wall clock is stepped (and by the few nanoseconds between the two readings).
    pub const fn offset(self) -> i64 {
        self.wall.0.wrapping_sub(self.mono.0 as i64)
    }
}

/// Which clock a stamp, or both stamps of a round-trip time, came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// The network card's own clock.
    Hardware,
    /// The kernel, at the device.
    Kernel,
    /// This process, around the system call.
    User,
}

/// A point in time and the clock it was read from. There is no way to subtract stamps of two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// Read by this process on the monotonic clock.
    User(Mono),
    /// Written by the kernel on the wall clock.
    Kernel(Wall),
    /// Written by the network card on its own clock.
    Hardware(Wall),
}

impl Stamp {
    /// The clock it was read from.
    pub const fn clock(self) -> Clock {
        match self {
            Self::User(_) => Clock::User,
            Self::Kernel(_) => Clock::Kernel,
            Self::Hardware(_) => Clock::Hardware,
        }
    }
}

/// All that is known of one moment: this process's reading of both clocks, and the kernel's own stamp if there is one.
///
/// For a packet that leaves, `read` is taken before the system call; for one that arrives, after it. So the user span
/// always encloses the kernel's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Both clocks, as this process read them.
    pub read: Reading,
    /// The kernel's (or the card's) stamp.
    pub stamp: Option<Stamp>,
}

impl Moment {
    /// A moment known only from this process's own reading.
    pub const fn user(read: Reading) -> Self {
        Self { read, stamp: None }
    }
}

/// How far the two offsets of one sample may differ before the wall clock counts as stepped: it covers the time
/// between the two readings of a [`Reading`], not any real step.
pub const STEP_TOLERANCE: Duration = Duration::from_micros(20);

/// A round-trip time, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rtt(u64);

impl Rtt {
    /// A round-trip time of `nanos` nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Milliseconds, with the nanoseconds as decimals.
    pub fn as_millis_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// The time between two stamps. `None` if they are of different clocks or in the wrong order.
    pub fn between(sent: Stamp, received: Stamp) -> Option<Self> {
        match (sent, received) {
            (Stamp::User(a), Stamp::User(b)) => b.0.checked_sub(a.0).map(Self),
            (Stamp::Kernel(a), Stamp::Kernel(b)) | (Stamp::Hardware(a), Stamp::Hardware(b)) => {
                u64::try_from(b.0.checked_sub(a.0)?).ok().map(Self)
            }
            _ => None,
        }
    }

    /// The best that two moments allow, and the clock it was measured with.
    ///
    /// The kernel's stamps are taken when both ends have one, the wall clock was not stepped between the two readings
    /// (see [`STEP_TOLERANCE`]), and the result does not exceed the user span that encloses it. Otherwise the
    /// monotonic readings of this process are taken.
    pub fn measure(sent: &Moment, received: &Moment) -> (Self, Clock) {
        let user = Self(received.read.mono.0.saturating_sub(sent.read.mono.0));
        let stepped = sent.read.offset().abs_diff(received.read.offset()) > STEP_TOLERANCE.as_nanos() as u64;
        if let (Some(a), Some(b), false) = (sent.stamp, received.stamp, stepped)
            && let Some(kernel) = Self::between(a, b)
            && kernel.0 <= user.0 + STEP_TOLERANCE.as_nanos() as u64
        {
            return (kernel, b.clock());
        }
        (user, Clock::User)
    }
}

impl From<Rtt> for Duration {
    fn from(rtt: Rtt) -> Self {
        Self::from_nanos(rtt.0)
    }
}

#[cfg(test)]
mod tests;
