//! Deciding what befalls the next frame of one direction. Pure: chance comes from a seed.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::spec::{Action, Corruption, Fault, Impairment, Jitter, Loss, Which};
use crate::frame::{Echo, EchoKind, FrameKind};

/// What is to happen to one frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) is_dropped: bool,
    pub(super) is_duplicated: bool,
    pub(super) delay: Duration,
    /// Time on top that does not bind the frames behind.
    pub(super) straggle: Duration,
    /// How many frames have to leave first.
    pub(super) behind: u32,
    pub(super) corruption: Option<Corruption>,
}

/// The decisions for one direction.
#[derive(Debug)]
pub(super) struct Decider {
    what: Impairment,
    chance: StdRng,
    requests: u64,
    replies: u64,
    is_bad: bool,
}

impl Decider {
    pub(super) fn new(what: Impairment, seed: u64) -> Self {
        Self { what, chance: StdRng::seed_from_u64(seed), requests: 0, replies: 0, is_bad: false }
    }

    pub(super) fn hold_limit(&self) -> Duration {
        self.what.hold_limit
    }

    /// The verdict on the next frame; each call counts as one frame.
    pub(super) fn decide(&mut self, frame: &FrameKind) -> Verdict {
        if *frame == FrameKind::Link {
            return Verdict::default();
        }
        let mut verdict = Verdict {
            is_dropped: self.loses(),
            is_duplicated: self.hits(self.what.duplicate),
            delay: self.delay(),
            ..Verdict::default()
        };
        let (reorder, behind) = self.what.reorder;
        if self.hits(reorder) {
            verdict.behind = behind;
        }
        let (corrupt, corruption) = self.what.corrupt;
        if self.hits(corrupt) && frame.echo().is_some() {
            verdict.corruption = Some(corruption);
        }
        if let FrameKind::Echo(echo) = frame {
            let number = self.count(echo.kind);
            for fault in self.what.faults.iter().filter(|fault| fault.means(echo, number)) {
                verdict.add(fault.action);
            }
        }
        verdict
    }

    fn count(&mut self, kind: EchoKind) -> u64 {
        let counter = match kind {
            EchoKind::Request => &mut self.requests,
            EchoKind::Reply => &mut self.replies,
        };
        *counter += 1;
        *counter
    }

    fn loses(&mut self) -> bool {
        match self.what.loss {
            Loss::None => false,
            Loss::Random(percent) => self.hits(percent),
            Loss::Bursts { begin, end, within } => {
                let turn = if self.is_bad { end } else { begin };
                self.is_bad ^= self.hits(turn);
                self.hits(within) && self.is_bad
            }
        }
    }

    fn delay(&mut self) -> Duration {
        let base = self.what.delay.as_secs_f64();
        let seconds = match self.what.jitter {
            Jitter::None => base,
            Jitter::Uniform(spread) => base + spread.as_secs_f64() * (2.0 * self.draw() - 1.0),
            Jitter::Normal(deviation) => base + deviation.as_secs_f64() * self.normal(),
        };
        Duration::from_secs_f64(seconds.max(0.0))
    }

    /// A draw from the normal distribution, by the method of Box and Muller.
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.draw()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.draw()).cos()
    }

    fn hits(&mut self, percent: f64) -> bool {
        self.draw() * 100.0 < percent
    }

    fn draw(&mut self) -> f64 {
        self.chance.random()
    }
}

impl Verdict {
    fn add(&mut self, action: Action) {
        match action {
            Action::Drop => self.is_dropped = true,
            Action::Duplicate => self.is_duplicated = true,
            Action::Delay(time) => self.straggle += time,
            Action::HoldBehind(frames) => self.behind = frames,
            Action::Corrupt(corruption) => self.corruption = Some(corruption),
        }
    }
}

impl Fault {
    fn means(&self, echo: &Echo, number: u64) -> bool {
        self.kind == echo.kind
            && match self.which {
                Which::Nth(nth) => number == nth,
                Which::Every(step) => number.is_multiple_of(step),
                Which::Seq(seq) => echo.seq == seq,
                Which::Span(first, last) => (first..=last).contains(&number),
                Which::All => true,
            }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn echo(kind: EchoKind, seq: u16) -> FrameKind {
        let nowhere = Ipv4Addr::UNSPECIFIED.into();
        FrameKind::Echo(Echo { kind, id: 1, seq, src: nowhere, dst: nowhere })
    }

    fn run(what: Impairment, frames: u16) -> Vec<Verdict> {
        let mut decider = Decider::new(what, 7);
        (1..=frames).map(|seq| decider.decide(&echo(EchoKind::Request, seq))).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_fates() {
        let what = || Impairment::new().loss(Loss::Random(30.0)).duplicate(20.0).reorder(10.0, 2);
        assert_eq!(run(what(), 500), run(what(), 500));
    }

    #[test]
    fn shares_come_near_what_was_asked() {
        let verdicts = run(Impairment::new().loss(Loss::Random(30.0)).duplicate(10.0), 10_000);
        let lost = verdicts.iter().filter(|verdict| verdict.is_dropped).count();
        let twice = verdicts.iter().filter(|verdict| verdict.is_duplicated).count();
        assert!((2_800..3_200).contains(&lost), "{lost}");
        assert!((850..1_150).contains(&twice), "{twice}");
    }

    #[test]
    fn bursts_lose_in_runs() {
        let bursts = Loss::Bursts { begin: 2.0, end: 25.0, within: 100.0 };
        let verdicts = run(Impairment::new().loss(bursts), 20_000);
        let lost = verdicts.iter().filter(|verdict| verdict.is_dropped).count();
        let runs = verdicts.windows(2).filter(|pair| !pair[0].is_dropped && pair[1].is_dropped).count();
        // In the long run 2 / (2 + 25) of frames, in runs of four.
        assert!((1_200..1_800).contains(&lost), "{lost}");
        assert!((3.4..4.6).contains(&(lost as f64 / runs as f64)), "{lost} in {runs} runs");
    }

    #[test]
    fn jitter_spreads_around_the_delay() {
        let ms = Duration::from_millis;
        let mean = |verdicts: &[Verdict]| {
            verdicts.iter().map(|verdict| verdict.delay.as_secs_f64()).sum::<f64>() / verdicts.len() as f64
        };
        let even = run(Impairment::new().delay(ms(20)).jitter(Jitter::Uniform(ms(5))), 5_000);
        assert!(even.iter().all(|verdict| (ms(15)..=ms(25)).contains(&verdict.delay)));
        assert!((mean(&even) - 0.020).abs() < 0.0003);
        let normal = run(Impairment::new().delay(ms(20)).jitter(Jitter::Normal(ms(2))), 5_000);
        let variance =
            normal.iter().map(|verdict| (verdict.delay.as_secs_f64() - 0.020).powi(2)).sum::<f64>();
        assert!(((variance / 5_000.0).sqrt() - 0.002).abs() < 0.0002);
    }

    #[test]
    fn faults_count_their_own_kind_and_spare_link_talk() {
        let what = Impairment::new()
            .loss(Loss::Random(100.0))
            .fault(Fault::nth_echo_reply(2, Action::Duplicate))
            .fault(Fault::requests(Which::Seq(9), Action::HoldBehind(3)));
        let mut decider = Decider::new(what, 1);
        assert_eq!(decider.decide(&FrameKind::Link), Verdict::default());
        assert!(!decider.decide(&echo(EchoKind::Reply, 1)).is_duplicated);
        assert_eq!(decider.decide(&echo(EchoKind::Request, 9)).behind, 3);
        assert!(decider.decide(&echo(EchoKind::Reply, 1)).is_duplicated);
    }
}
