//! Identifiers: which probe, which target.
//!
//! A [`ProbeId`] is also the key of the in-flight table: it names a slot (shard and sequence number) and the
//! generation of that slot, so looking a probe up costs one index and one comparison.

/// One probe of a run. Unique within the run.
///
/// The low 16 bits are the sequence number on the wire, the next 16 the shard (the socket it leaves by), the high 32
/// bits the generation: how often that slot has been used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProbeId(u64);

impl ProbeId {
    /// The probe that is the `generation`-th user of slot `seq` of `shard`.
    pub const fn new(generation: u32, shard: u16, seq: u16) -> Self {
        Self((generation as u64) << 32 | (shard as u64) << 16 | seq as u64)
    }

    /// The socket it leaves by.
    pub const fn shard(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// The sequence number on the wire.
    pub const fn seq(self) -> u16 {
        self.0 as u16
    }

    /// How many probes had used the slot before.
    pub const fn generation(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The whole identifier as a number.
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}

/// One target of a run: its index in the order in which targets were added, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TargetId(pub u32);

impl TargetId {
    /// The index in the run's list of targets.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A flow: probes of one flow look alike to every router that balances by flow, so they take one path. The number is that
/// of the socket (the shard) that they leave by, whose identifier or source port tells flows apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Flow(pub u16);

/// What is special about one probe: how far it is to go, by which flow, and how large it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Aim {
    /// TTL or hop limit; `None` for the socket's own.
    pub ttl: Option<u8>,
    /// Its flow, where the run keeps flows apart.
    pub flow: Flow,
    /// The data it carries, in octets; `None` for as many as the run's probes have.
    pub len: Option<u16>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_id_keeps_its_parts() {
        let id = ProbeId::new(7, 3, 65_535);
        assert_eq!((id.generation(), id.shard(), id.seq()), (7, 3, 65_535));
    }
}
