//! The wire's account of what it did, frame by frame.

use serde::{Deserialize, Serialize};

use crate::frame::{Echo, EchoKind, FrameKind};

/// A direction of a wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Way {
    /// From the first node given to `Lab::wire` to the second.
    Forth,
    /// From the second to the first.
    Back,
}

impl Way {
    /// Both directions.
    pub const BOTH: [Self; 2] = [Self::Forth, Self::Back];

    pub(crate) fn index(self) -> usize {
        match self {
            Self::Forth => 0,
            Self::Back => 1,
        }
    }
}

/// How a frame ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// It left at the other side.
    Sent,
    /// It was lost, as ordered.
    Dropped,
    /// It still waited for its time when the log was read.
    Waiting,
    /// The interface at the other side refused it; nobody ordered that (it may be down).
    Refused,
}

/// What was done to a frame on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    /// This is the second copy.
    Duplicate,
    /// It was held back behind others, or delayed so that others might overtake it.
    HeldBack,
    /// Its payload was changed.
    Corrupted,
}

/// One frame (or one copy of it) on its way through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// When it came in: the kernel's stamp, nanoseconds since 1970.
    pub arrived_ns: u64,
    /// When it was handed to the other side, nanoseconds since 1970.
    pub left_ns: Option<u64>,
    /// Its direction.
    pub way: Way,
    /// What it is.
    pub frame: FrameKind,
    /// How it ended.
    pub fate: Fate,
    /// What was done to it.
    pub marks: Vec<Mark>,
}

impl Passage {
    /// Whether this was done to it.
    pub fn has(&self, mark: Mark) -> bool {
        self.marks.contains(&mark)
    }
}

/// Everything that passed a wire.
#[derive(Clone, Debug, Default)]
pub struct WireLog {
    /// In the order in which frames met their fate.
    pub passages: Vec<Passage>,
}

impl WireLog {
    pub(super) fn new(passages: Vec<Passage>) -> Self {
        Self { passages }
    }

    /// The echo messages of a direction, copies included.
    pub fn echoes(&self, way: Way, kind: EchoKind) -> impl Iterator<Item = (&Passage, &Echo)> {
        self.passages
            .iter()
            .filter(move |passage| passage.way == way)
            .filter_map(|passage| Some((passage, passage.frame.echo()?)))
            .filter(move |(_, echo)| echo.kind == kind)
    }

    /// How many echo messages came in.
    pub fn arrived(&self, way: Way, kind: EchoKind) -> usize {
        self.echoes(way, kind).filter(|(passage, _)| !passage.has(Mark::Duplicate)).count()
    }

    /// How many left, copies included.
    pub fn sent(&self, way: Way, kind: EchoKind) -> usize {
        self.echoes(way, kind).filter(|(passage, _)| passage.fate == Fate::Sent).count()
    }

    /// How many were lost.
    pub fn dropped(&self, way: Way, kind: EchoKind) -> usize {
        self.echoes(way, kind).filter(|(passage, _)| passage.fate == Fate::Dropped).count()
    }

    /// How many left with this mark.
    pub fn marked(&self, way: Way, kind: EchoKind, mark: Mark) -> usize {
        self.echoes(way, kind).filter(|(passage, _)| passage.fate == Fate::Sent && passage.has(mark)).count()
    }
}
