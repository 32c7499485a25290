//! The line that shows how far a run is: probes, rate, answers, loss, time left.

use std::time::Duration;

use netdiag_model::Mono;
use netdiag_model::stats::loss_percent;
use netdiag_tool::targets::{Addresses, Word};
use netdiag_tool::{Progress, Streams, Terminal};

use crate::fold::fleet::Fleet;
use crate::plan::Plan;
use crate::text::answers;

/// How often it is drawn.
const TICK: Duration = Duration::from_millis(200);

/// The line.
pub(super) struct Meter {
    progress: Progress,
    /// When it is drawn next; `None` where nobody looks.
    next: Option<Mono>,
    count: Option<u32>,
    total: Option<u64>,
    deadline: Option<Mono>,
    /// When the rate was measured last, the probes sent by then, and the rate.
    pace: (Mono, u64, f64),
}

impl Meter {
    pub(super) fn new((streams, terminal): (&Streams, &Terminal), plan: &Plan, start: Mono) -> Self {
        let total = known(plan).zip(plan.count).map(|(targets, count)| targets.saturating_mul(count.into()));
        let is_shown = terminal.is_stderr && !plan.look.is_quiet;
        Self {
            progress: Progress::new(streams, terminal, total),
            next: is_shown.then(|| start + TICK),
            count: plan.count,
            total,
            deadline: plan.deadline.map(|deadline| start + deadline),
            pace: (start, 0, 0.0),
        }
    }

    /// All targets are known now.
    pub(super) fn know_all(&mut self, targets: usize) {
        self.total = self.count.map(|count| u64::from(count).saturating_mul(targets as u64));
        self.progress.set_total(self.total);
    }

    pub(super) const fn poll_timeout(&self) -> Option<Mono> {
        self.next
    }

    pub(super) fn handle_timeout(&mut self, now: Mono, fleet: &Fleet) {
        if self.next.is_none_or(|next| next > now) {
            return;
        }
        self.next = Some(now + TICK);
        self.measure(now, fleet.sent);
        let words = self.words(now, fleet);
        self.progress.draw(fleet.sent, &words);
    }

    /// Takes the line off the terminal for good.
    pub(super) fn clear(&mut self) {
        self.progress.clear();
        self.next = None;
    }

    /// The rate over about the last second.
    fn measure(&mut self, now: Mono, sent: u64) {
        let (then, before, rate) = self.pace;
        let span = now.since(then);
        if span >= Duration::from_secs(1) || rate == 0.0 {
            let rate = sent.saturating_sub(before) as f64 / span.as_secs_f64().max(1e-9);
            if span >= Duration::from_secs(1) {
                self.pace = (now, sent, rate);
            } else {
                self.pace.2 = rate;
            }
        }
    }

    fn words(&self, now: Mono, fleet: &Fleet) -> String {
        let (.., rate) = self.pace;
        let mut parts = vec![format!("{} probes", fleet.sent)];
        parts.push(if rate >= 10.0 { format!("{rate:.0}/s") } else { format!("{rate:.1}/s") });
        let answering = fleet.answering;
        parts.push(format!("{answering} of {} targets {}", fleet.members().len(), answers(answering)));
        // An error can come for what had timed out: it is missed once.
        let missed = fleet.missed.min(fleet.sent.saturating_sub(fleet.received));
        let loss = loss_percent(missed + fleet.received, fleet.received);
        parts.push(format!("{loss:.1}% lost"));
        if let Some(left) = self.left(now, fleet.sent) {
            parts.push(format!("{} left", clock(left)));
        }
        parts.join(", ")
    }

    /// How long it will take at the present rate, or until the deadline.
    fn left(&self, now: Mono, sent: u64) -> Option<Duration> {
        let (.., rate) = self.pace;
        let by_rate = self
            .total
            .filter(|_| rate > 0.0)
            .and_then(|total| Duration::try_from_secs_f64(total.saturating_sub(sent) as f64 / rate).ok());
        let by_deadline = self.deadline.map(|deadline| deadline.since(now));
        [by_rate, by_deadline].into_iter().flatten().min()
    }
}

/// How many targets the words come to, where they tell.
fn known(plan: &Plan) -> Option<u64> {
    let of = |word: &Word| match word {
        Word::Host(_) => (plan.addresses == Addresses::First).then_some(1),
        Word::Block(block) => u64::try_from(block.len()).ok(),
        Word::File(_) | Word::Stdin => None,
    };
    plan.words.iter().map(of).sum()
}

/// `1:02:03`, `2:03` or `3 s`.
fn clock(span: Duration) -> String {
    let seconds = span.as_secs_f64().ceil() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}
