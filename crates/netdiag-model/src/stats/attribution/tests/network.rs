//! A path in a few numbers: links that lose, routers that limit, and a run of probes over it, seeded.

use crate::stats::attribution::{End, Hop, Outcome};

/// Small and good enough: `SplitMix64` (G. L. Steele, D. Lea, C. H. Flood, 2014).
#[derive(Debug, Clone)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }

    /// Evenly between two values.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(super) fn falls(&mut self, probability: f64) -> bool {
        self.between(0.0, 1.0) < probability
    }

    pub(super) fn pick(&mut self, low: usize, high: usize) -> usize {
        low + (self.next() % (high - low + 1) as u64) as usize
    }
}

/// How a link loses.
#[derive(Debug, Clone, Copy)]
pub(super) enum Loss {
    /// Each crossing by itself: out, back.
    Chance(f64, f64),
    /// A share of crossings, in bursts of a mean length in seconds during which nine of ten are lost.
    Bursts(f64, f64),
}

impl Loss {
    /// The share of round trips that it takes.
    pub(super) fn share(self) -> f64 {
        match self {
            Self::Chance(out, back) => 1.0 - (1.0 - out) * (1.0 - back),
            Self::Bursts(share, _) => share,
        }
    }
}

/// How a router limits one kind of answers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Limit {
    None,
    /// Tokens, tokens a second.
    Bucket(f64, f64),
    /// The share that it answers.
    Share(f64),
    /// Answers nothing of this kind.
    Silent,
}

impl Limit {
    /// Limits as they are met with on the answers to TTLs that ran out.
    pub(super) fn through(dice: &mut Dice) -> Self {
        match dice.pick(0, 99) {
            0..45 => Self::None,
            45..63 => Self::Bucket(6.0, 1.0),
            63..73 => Self::Bucket(dice.between(1.0, 5.0), dice.between(0.2, 0.8)),
            73..83 => Self::Bucket(dice.between(5.0, 50.0), dice.between(1.0, 3.9)),
            83..93 => Self::Share(dice.between(0.1, 0.95)),
            _ => Self::Silent,
        }
    }

    /// Limits on answers to echoes, which a `share` of routers has: most buckets, percentages, silence.
    pub(super) fn direct(share: f64, dice: &mut Dice) -> Self {
        if !dice.falls(share) {
            return Self::None;
        }
        match dice.pick(0, 2) {
            0 => Self::Bucket(dice.between(1.0, 20.0), dice.between(0.5, 3.5)),
            1 => Self::Share(dice.between(0.1, 0.95)),
            _ => Self::Silent,
        }
    }

    const fn is_none(self) -> bool {
        matches!(self, Self::None)
    }
}

/// A path: `hops[0]` is the first router, the last the target, `links[0]` leads to the first router.
#[derive(Debug, Clone)]
pub(super) struct Network {
    pub(super) links: Vec<Loss>,
    pub(super) hops: Vec<[Limit; 2]>,
}

impl Network {
    /// A path of `length` hops without loss and limits.
    pub(super) fn plain(length: usize) -> Self {
        Self { links: vec![Loss::Chance(0.0, 0.0); length], hops: vec![[Limit::None; 2]; length] }
    }

    /// A path of 3 to 15 hops without loss. Routers limit at random, a `share` of them answers to echoes as well.
    pub(super) fn random(share: f64, dice: &mut Dice) -> Self {
        let mut network = Self::plain(dice.pick(3, 15));
        let routers = network.hops.len() - 1;
        for hop in &mut network.hops[..routers] {
            *hop = [Limit::through(dice), Limit::direct(share, dice)];
        }
        network
    }

    /// Whether this hop can bear witness: one of its kinds of answers is not limited.
    pub(super) fn can_tell(&self, hop: usize) -> bool {
        self.hops[hop].iter().any(|limit| limit.is_none())
    }

    /// Sends one probe of each kind to each hop in each round, 0.25 s apart.
    pub(super) fn run(&self, rounds: u32, dice: &mut Dice) -> Vec<Hop> {
        let mut hops: Vec<Hop> =
            (1..).take(self.hops.len()).map(|ttl| Hop { ttl, ..Hop::default() }).collect();
        let mut links: Vec<LinkState> = self.links.iter().map(|&loss| LinkState::new(loss, dice)).collect();
        let mut limits: Vec<[LimitState; 2]> =
            self.hops.iter().map(|limits| limits.map(LimitState::new)).collect();
        let spacing = 0.25 / (2 * self.hops.len()) as f64;
        for round in 0..rounds {
            for (place, hop) in hops.iter_mut().enumerate() {
                for (kind, outcomes) in [&mut hop.through, &mut hop.direct].into_iter().enumerate() {
                    let now = f64::from(round) * 0.25 + (2 * place + kind) as f64 * spacing;
                    let comes = links[..=place].iter_mut().all(|link| link.passes(now, Way::Out, dice));
                    let is_answered = comes && limits[place][kind].answers(now, dice);
                    let returns = links[..=place].iter_mut().all(|link| link.passes(now, Way::Back, dice));
                    let outcome = if is_answered && returns { Outcome::Answered } else { Outcome::Lost };
                    outcomes.apply(round, outcome);
                }
            }
        }
        hops
    }

    pub(super) const END: End = End::Target;
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Out,
    Back,
}

struct LinkState {
    loss: Loss,
    is_bad: bool,
    until: f64,
}

impl LinkState {
    fn new(loss: Loss, dice: &mut Dice) -> Self {
        // Each run begins somewhere in the bursts, not at the end of one.
        let is_bad = matches!(loss, Loss::Bursts(share, _) if dice.falls(share / 0.9));
        Self { loss, is_bad: !is_bad, until: 0.0 }
    }

    fn passes(&mut self, now: f64, way: Way, dice: &mut Dice) -> bool {
        match self.loss {
            Loss::Chance(out, back) => !dice.falls(if way == Way::Out { out } else { back }),
            Loss::Bursts(..) if way == Way::Back => true,
            Loss::Bursts(share, mean) => {
                let bad = share / 0.9;
                while now >= self.until {
                    self.is_bad = !self.is_bad;
                    let mean = if self.is_bad { mean } else { mean * (1.0 - bad) / bad };
                    self.until += -mean * (1.0 - dice.between(0.0, 1.0)).ln();
                }
                !(self.is_bad && dice.falls(0.9))
            }
        }
    }
}

struct LimitState {
    limit: Limit,
    tokens: f64,
    last: f64,
}

impl LimitState {
    const fn new(limit: Limit) -> Self {
        let tokens = if let Limit::Bucket(size, _) = limit { size } else { 0.0 };
        Self { limit, tokens, last: 0.0 }
    }

    fn answers(&mut self, now: f64, dice: &mut Dice) -> bool {
        match self.limit {
            Limit::None => true,
            Limit::Silent => false,
            Limit::Share(share) => dice.falls(share),
            Limit::Bucket(size, rate) => {
                self.tokens = (self.tokens + (now - self.last) * rate).min(size.max(1.0));
                self.last = now;
                let has_one = self.tokens >= 1.0;
                self.tokens -= f64::from(u8::from(has_one));
                has_one
            }
        }
    }
}
