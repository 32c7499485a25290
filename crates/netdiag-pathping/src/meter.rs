//! The line that shows how far the survey is: rounds, and the time left.

use std::time::Duration;

use netdiag_model::Mono;
use netdiag_tool::{Progress, Streams, Terminal};

use crate::fold::Fold;
use crate::plan::Plan;
use crate::route::Route;

/// How often it is drawn.
const TICK: Duration = Duration::from_millis(200);

/// The line.
pub(crate) struct Meter {
    progress: Progress,
    /// When it is drawn next; `None` where nobody looks.
    next: Option<Mono>,
    rounds: u32,
    /// When the run will be over, if all goes well.
    end: Mono,
}

impl Meter {
    pub(crate) fn new(
        (streams, terminal): (&Streams, &Terminal),
        plan: &Plan,
        route: &Route,
        start: Mono,
    ) -> Self {
        let is_shown = terminal.is_stderr && !plan.look.is_quiet;
        let per_round = route.hops.iter().map(|hop| 1 + u64::from(hop.address.is_some())).sum::<u64>();
        let rounds = plan.rhythm.rounds;
        Self {
            progress: Progress::new(streams, terminal, Some(per_round * u64::from(rounds))),
            next: is_shown.then_some(start),
            rounds,
            end: start + duration(plan),
        }
    }

    pub(crate) const fn poll_timeout(&self) -> Option<Mono> {
        self.next
    }

    pub(crate) fn handle_timeout(&mut self, now: Mono, fold: &Fold) {
        if self.next.is_none_or(|next| next > now) {
            return;
        }
        self.next = Some(now + TICK);
        let left = self.end.since(now).as_secs_f64().ceil() as u64;
        let words = format!("round {} of {}, {} left", fold.rounds(), self.rounds, clock(left));
        self.progress.draw(fold.settled(), &words);
    }

    /// Takes the line off the terminal for good.
    pub(crate) fn clear(&mut self) {
        self.progress.clear();
        self.next = None;
    }
}

/// How long a survey takes, but for the last answers.
pub(crate) fn duration(plan: &Plan) -> Duration {
    let whole = plan.rhythm.period.saturating_mul(plan.rhythm.rounds);
    plan.deadline.map_or(whole, |deadline| deadline.min(whole))
}

/// `1:02:03`, `2:03` or `3 s`.
pub(crate) fn clock(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time_read_as_on_a_clock() {
        assert_eq!([0, 59, 61, 3_723].map(clock), ["0 s", "59 s", "1:01", "1:02:03"]);
    }
}
