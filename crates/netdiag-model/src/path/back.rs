//! How long the way back was, by the TTL that an answer arrived with.
//!
//! Systems send with one of a few initial TTLs (RFC 1700: 64; others in use: 32, 128, 255); what is missing from the next
//! of them was counted down on the way. That is a guess, and a good one as long as the way is shorter than 32 hops.

/// The TTLs that systems send with.
const INITIAL: [u8; 4] = [32, 64, 128, 255];

/// Longer ways back than this are not believed: the next initial TTL up is taken.
const LONGEST: u8 = 40;

/// The way back, as it seems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Back {
    /// What the sender's TTL was.
    pub initial: u8,
    /// Hops from there to here, the sender counted, so that it compares with the TTL that reached it.
    pub hops: u8,
}

impl Back {
    /// How many hops the way back is longer than the way there; negative where it is shorter.
    pub const fn asymmetry(&self, ttl: u8) -> i16 {
        self.hops as i16 - ttl as i16
    }
}

/// The way back of an answer that arrived with `arrived`.
pub fn way_back(arrived: u8) -> Option<Back> {
    let initial = INITIAL.into_iter().find(|&initial| initial >= arrived)?;
    // The answer of a neighbour arrives with the TTL that it was sent with.
    let passed = initial - arrived;
    (arrived > 0 && passed <= LONGEST).then_some(Back { initial, hops: passed + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_neighbour_is_one_hop_away_and_a_far_one_as_many_as_are_missing() {
        assert_eq!(way_back(64), Some(Back { initial: 64, hops: 1 }));
        assert_eq!(way_back(250).map(|back| (back.hops, back.asymmetry(4))), Some((6, 2)));
        assert_eq!(way_back(57).map(|back| back.asymmetry(9)), Some(-1));
    }

    #[test]
    fn what_cannot_be_told_is_not_told() {
        assert_eq!(way_back(0), None);
        assert_eq!(way_back(200), None, "neither 128 nor 255 less a believable number of hops");
    }
}
