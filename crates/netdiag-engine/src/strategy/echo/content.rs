//! Which targets have answered and need no further probe: two bits per target.

use netdiag_model::TargetId;

/// Who has answered, and who waits for another turn.
#[derive(Debug, Default)]
pub(super) struct Content {
    answered: Bits,
    queued: Bits,
    /// How many are queued and have not answered.
    waiting: usize,
}

impl Content {
    /// A target takes its place in a queue.
    pub(super) fn join(&mut self, target: TargetId) {
        self.queued.set(target);
        self.waiting += 1;
    }

    /// A target has had its last turn.
    pub(super) fn leave(&mut self, target: TargetId) {
        if self.queued.unset(target) && !self.answered.has(target) {
            self.waiting -= 1;
        }
    }

    /// A target has answered.
    pub(super) fn answer(&mut self, target: TargetId) {
        if self.answered.set(target) && self.queued.has(target) {
            self.waiting -= 1;
        }
    }

    /// Whether a target has answered.
    pub(super) fn has_answered(&self, target: TargetId) -> bool {
        self.answered.has(target)
    }

    /// Whether a turn is left of a target that has not answered.
    pub(super) const fn has_waiting(&self) -> bool {
        self.waiting > 0
    }
}

/// One bit per target.
#[derive(Debug, Default)]
struct Bits(Vec<u64>);

impl Bits {
    const fn place(target: TargetId) -> (usize, u64) {
        (target.index() / 64, 1 << (target.index() % 64))
    }

    fn has(&self, target: TargetId) -> bool {
        let (word, bit) = Self::place(target);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Sets a bit; whether that changed it.
    fn set(&mut self, target: TargetId) -> bool {
        let (word, bit) = Self::place(target);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let was_set = self.0[word] & bit != 0;
        self.0[word] |= bit;
        !was_set
    }

    /// Clears a bit; whether that changed it.
    fn unset(&mut self, target: TargetId) -> bool {
        let was_set = self.has(target);
        let (word, bit) = Self::place(target);
        if was_set {
            self.0[word] &= !bit;
        }
        was_set
    }
}
