//! One direction of a link at work: what becomes of a packet that enters it.

use std::time::Duration;

use netdiag_model::Mono;

use super::dice::Dice;
use crate::network::{LinkState, NodeId, Order, WaySpec};
use crate::truth::Cause;

/// One direction of a link.
#[derive(Debug)]
pub(super) struct Way {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) addresses: Vec<std::net::IpAddr>,
    pub(super) spec: WaySpec,
    pub(super) dice: Dice,
    is_in_burst: bool,
    last_arrival: Mono,
    busy_until: Mono,
}

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passage {
    /// It is lost.
    Lost(Cause),
    /// It arrives.
    Arrives {
        at: Mono,
        /// When a second copy of it arrives.
        again: Option<Mono>,
        /// By how much it was held back.
        held_back: Option<Duration>,
        /// Which bit is flipped, as a random number.
        flip: Option<u64>,
    },
}

impl Way {
    pub(super) fn new(
        from: NodeId,
        to: NodeId,
        (addresses, spec): (Vec<std::net::IpAddr>, WaySpec),
        dice: Dice,
    ) -> Self {
        Self {
            from,
            to,
            addresses,
            spec,
            dice,
            is_in_burst: false,
            last_arrival: Mono::ZERO,
            busy_until: Mono::ZERO,
        }
    }

    /// Takes a packet of `len` octets.
    pub(super) fn carry(&mut self, now: Mono, len: usize, state: LinkState) -> Passage {
        if let Some(cause) = self.loss(len, state) {
            return Passage::Lost(cause);
        }
        let Some(left) = self.leave(now, len) else { return Passage::Lost(Cause::Queue) };
        let held_back = self.dice.hits(self.spec.reorder.0).then_some(self.spec.reorder_by.0);
        let at = self.arrival(left, held_back);
        let again = self.dice.hits(self.spec.duplicate.0).then(|| self.arrival(left, held_back));
        let flip = self.dice.hits(self.spec.corrupt.0).then(|| self.dice.bits());
        Passage::Arrives { at, again, held_back, flip }
    }

    fn loss(&mut self, len: usize, state: LinkState) -> Option<Cause> {
        if state != LinkState::Up {
            return Some(Cause::Down);
        }
        if len > self.spec.mtu as usize {
            return Some(Cause::Size);
        }
        if let Some(bursts) = self.spec.bursts {
            let turn = if self.is_in_burst { bursts.leave } else { bursts.enter };
            self.is_in_burst ^= self.dice.hits(turn.0);
            if self.is_in_burst && self.dice.hits(bursts.loss.0) {
                return Some(Cause::Burst);
            }
        }
        self.dice.hits(self.spec.loss.0).then_some(Cause::Loss)
    }

    /// When its last bit is on the line; `None` if the queue is full.
    fn leave(&mut self, now: Mono, len: usize) -> Option<Mono> {
        let Some(rate) = self.spec.rate else { return Some(now) };
        let takes = Duration::from_nanos(len as u64 * 8_000_000_000 / rate);
        let start = now.max(self.busy_until);
        if start.since(now) > takes.saturating_mul(self.spec.queue) {
            return None;
        }
        self.busy_until = start + takes;
        Some(self.busy_until)
    }

    fn arrival(&mut self, left: Mono, held_back: Option<Duration>) -> Mono {
        let at = left + Duration::from_nanos(self.dice.delay(&self.spec));
        match (held_back, self.spec.order) {
            (Some(by), _) => at + by,
            (None, Order::Free) => at,
            (None, Order::Keep) => {
                self.last_arrival = self.last_arrival.max(at);
                self.last_arrival
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(keys: &str) -> Way {
        let spec = WaySpec::read("test", toml::from_str(keys).expect("table")).expect("spec");
        Way::new(NodeId(0), NodeId(1), (Vec::new(), spec), Dice::new(1, "test", 0))
    }

    fn run(way: &mut Way, packets: u64) -> Vec<Passage> {
        (0..packets).map(|n| way.carry(Mono::from_nanos(n * 1_000_000), 84, LinkState::Up)).collect()
    }

    fn arrivals(passages: &[Passage]) -> Vec<Mono> {
        passages
            .iter()
            .filter_map(|p| if let Passage::Arrives { at, .. } = p { Some(*at) } else { None })
            .collect()
    }

    #[test]
    fn loss_has_the_share_that_was_asked_for() {
        let lost =
            run(&mut way("loss = 0.1"), 20_000).iter().filter(|p| **p == Passage::Lost(Cause::Loss)).count();
        assert!((1_850..2_150).contains(&lost), "{lost}");
    }

    #[test]
    fn bursts_are_as_long_as_the_chance_to_leave_them_says() {
        let passages = run(&mut way("bursts = { enter = 0.01, leave = 0.25 }"), 50_000);
        let lost: Vec<bool> = passages.iter().map(|p| matches!(p, Passage::Lost(_))).collect();
        let bursts = lost.windows(2).filter(|pair| !pair[0] && pair[1]).count();
        let mean = lost.iter().filter(|lost| **lost).count() as f64 / bursts as f64;
        assert!((3.6..4.4).contains(&mean), "{mean}");
    }

    #[test]
    fn jitter_keeps_the_order_unless_told_otherwise() {
        let kept = arrivals(&run(&mut way("delay = \"20ms\"\njitter = \"10ms\""), 1000));
        assert!(kept.is_sorted());
        let free = arrivals(&run(&mut way("delay = \"20ms\"\njitter = \"10ms\"\norder = \"free\""), 1000));
        assert!(!free.is_sorted());
    }

    #[test]
    fn a_full_queue_drops_what_comes_next() {
        // 84 octets at 672 kbit/s take 1 ms; ten packets at once, three may wait.
        let mut way = way("rate = 672000\nqueue = 3\ndelay = \"0ms\"");
        let passages: Vec<Passage> = (0..10).map(|_| way.carry(Mono::ZERO, 84, LinkState::Up)).collect();
        let millis: Vec<u64> = arrivals(&passages).iter().map(|at| at.as_nanos() / 1_000_000).collect();
        assert_eq!(millis, [1, 2, 3, 4]);
    }
}
