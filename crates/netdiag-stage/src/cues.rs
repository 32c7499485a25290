//! What happens in the course of a run, by the run's own clock: commands, and looks from outside.

use std::collections::VecDeque;
use std::task::Context;

use netdiag_engine::driver::Command;
use netdiag_engine::port::Clock;
use netdiag_model::Mono;
use netdiag_sim::SimClock;
use tokio::sync::mpsc::UnboundedSender;

/// One thing that happens.
pub(crate) enum Cue {
    /// The run is told something.
    Command(Command),
    /// The run is not told.
    Look(Box<dyn FnOnce()>),
}

/// What has not happened yet, in the order of time; at one time, in the order of asking.
#[derive(Default)]
pub(crate) struct Cues(VecDeque<(Mono, Cue)>);

impl Cues {
    pub(crate) fn add(&mut self, at: Mono, cue: Cue) {
        let place = self.0.partition_point(|(other, _)| *other <= at);
        self.0.insert(place, (at, cue));
    }

    /// Lets happen what is due, and has the task woken for what comes next.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        clock: &mut SimClock,
        run: &UnboundedSender<Command>,
    ) {
        while let Some((at, _)) = self.0.front()
            && clock.poll_until(cx, *at).is_ready()
        {
            match self.0.pop_front() {
                Some((_, Cue::Command(command))) => run.send(command).expect("a run"),
                Some((_, Cue::Look(look))) => look(),
                None => {}
            }
        }
    }
}
