//! What a wire does to frames: an impairment for each direction, and a seed.
//!
//! Plain values with builder methods. Percentages are of frames other than the link's own talk.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::frame::EchoKind;

/// Both directions of a wire.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WireSpec {
    pub(super) seed: u64,
    pub(super) forth: Impairment,
    pub(super) back: Impairment,
}

impl WireSpec {
    /// A wire that only forwards.
    pub fn new() -> Self {
        Self::default()
    }

    /// Chance is drawn from this seed (0 unless set).
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// What befalls frames from the first node to the second.
    #[must_use]
    pub fn forth(mut self, impairment: Impairment) -> Self {
        self.forth = impairment;
        self
    }

    /// What befalls frames from the second node to the first.
    #[must_use]
    pub fn back(mut self, impairment: Impairment) -> Self {
        self.back = impairment;
        self
    }

    /// The same for both directions, each with its own draw of chance.
    #[must_use]
    pub fn both(self, impairment: Impairment) -> Self {
        self.forth(impairment.clone()).back(impairment)
    }
}

/// How delays differ from frame to frame. The order of frames is kept all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Jitter {
    /// Not at all.
    #[default]
    None,
    /// Evenly, up to this much less or more.
    Uniform(Duration),
    /// By a normal distribution of this standard deviation; the sum is never below zero.
    Normal(Duration),
}

/// Which share of frames is lost by chance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Loss {
    /// Nothing.
    #[default]
    None,
    /// Each frame by itself, this percentage.
    Random(f64),
    /// In bursts, by the model of Gilbert and Elliott: two states, of which the first loses nothing.
    Bursts {
        /// Percentage of frames after which the good state turns bad.
        begin: f64,
        /// Percentage of frames after which the bad state turns good.
        end: f64,
        /// Percentage lost while it is bad.
        within: f64,
    },
}

/// What is spoilt in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Corruption {
    /// The last payload byte of an echo, its checksum left as it was: the receiving kernel
    /// drops it.
    ChecksumLeft,
    /// The same byte, and the checksum made right: only a look at the payload shows it.
    ChecksumFixed,
}

/// What happens to a chosen frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// It is lost.
    Drop,
    /// It arrives twice.
    Duplicate,
    /// It takes this much longer than otherwise, and others may overtake it.
    Delay(Duration),
    /// It leaves right behind the next so many frames of its direction.
    HoldBehind(u32),
    /// Its payload changes.
    Corrupt(Corruption),
}

/// Which echo messages a fault means; counted in its direction from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Which {
    /// The one of this number.
    Nth(u64),
    /// Each whose number is divisible by this.
    Every(u64),
    /// Each with this sequence number.
    Seq(u16),
    /// Those of the numbers from the first to the second, both included.
    Span(u64, u64),
    /// All.
    All,
}

/// Something that happens to chosen echo messages, for certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub(super) kind: EchoKind,
    pub(super) which: Which,
    pub(super) action: Action,
}

impl Fault {
    /// For echo requests.
    pub fn requests(which: Which, action: Action) -> Self {
        Self { kind: EchoKind::Request, which, action }
    }

    /// For echo replies.
    pub fn replies(which: Which, action: Action) -> Self {
        Self { kind: EchoKind::Reply, which, action }
    }

    /// For the nth echo request of the direction, from 1.
    pub fn nth_echo_request(number: u64, action: Action) -> Self {
        Self::requests(Which::Nth(number), action)
    }

    /// For the nth echo reply of the direction, from 1.
    pub fn nth_echo_reply(number: u64, action: Action) -> Self {
        Self::replies(Which::Nth(number), action)
    }
}

/// What one direction of a wire does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Impairment {
    pub(super) delay: Duration,
    pub(super) jitter: Jitter,
    pub(super) loss: Loss,
    pub(super) duplicate: f64,
    /// Percentage, and behind how many frames.
    pub(super) reorder: (f64, u32),
    pub(super) corrupt: (f64, Corruption),
    pub(super) hold_limit: Duration,
    pub(super) faults: Vec<Fault>,
}

impl Default for Impairment {
    fn default() -> Self {
        Self::new()
    }
}

impl Impairment {
    /// None at all.
    pub fn new() -> Self {
        Self {
            delay: Duration::ZERO,
            jitter: Jitter::None,
            loss: Loss::None,
            duplicate: 0.0,
            reorder: (0.0, 0),
            corrupt: (0.0, Corruption::ChecksumLeft),
            hold_limit: Duration::from_secs(3),
            faults: Vec::new(),
        }
    }

    /// Frames take this long.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Frames take unequally long.
    #[must_use]
    pub fn jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// Frames get lost by chance.
    #[must_use]
    pub fn loss(mut self, loss: Loss) -> Self {
        self.loss = loss;
        self
    }

    /// This percentage of frames arrives twice.
    #[must_use]
    pub fn duplicate(mut self, percent: f64) -> Self {
        self.duplicate = percent;
        self
    }

    /// This percentage of frames is held back behind the next `behind` frames.
    #[must_use]
    pub fn reorder(mut self, percent: f64, behind: u32) -> Self {
        self.reorder = (percent, behind);
        self
    }

    /// This percentage of echo messages with a payload is spoilt.
    #[must_use]
    pub fn corrupt(mut self, percent: f64, corruption: Corruption) -> Self {
        self.corrupt = (percent, corruption);
        self
    }

    /// A frame that is held back behind others leaves after this time even when none come (3 s
    /// unless set).
    #[must_use]
    pub fn hold_limit(mut self, limit: Duration) -> Self {
        self.hold_limit = limit;
        self
    }

    /// Something happens to chosen echo messages for certain.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }
}
