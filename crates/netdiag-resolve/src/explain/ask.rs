//! Puts questions to name servers, every question to every server at once, each once, over UDP.
//!
//! No retries: a question or answer that is lost is silence.

use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hickory_proto::op::{Message, Query};
use netdiag_model::Errno;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::answer::Outcome;
use crate::exchange::{LONGEST, is_answer, open, question};

/// How long to wait for servers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For each of them.
    pub(super) limit: Duration,
    /// For the others, once one has answered all questions; `None`: as long as for that one.
    pub(super) grace: Option<Duration>,
}

/// What every server says to every question, in the order of both.
pub(super) async fn ask_all(
    servers: &[SocketAddr],
    queries: &[Query],
    patience: Patience,
) -> Vec<(SocketAddr, Vec<Outcome>)> {
    let (done, _) = watch::channel(false);
    let mut asked = JoinSet::new();
    for (at, server) in servers.iter().copied().enumerate() {
        let inquiry = Inquiry::new(queries.to_vec());
        let done = done.clone();
        asked.spawn(async move { (at, server, inquiry.run(server, patience, &done).await) });
    }
    let mut answers: Vec<_> = asked.join_all().await;
    answers.sort_by_key(|(at, ..)| *at);
    answers.into_iter().map(|(_, server, outcomes)| (server, outcomes)).collect()
}

/// The questions to one server and what came of them.
struct Inquiry {
    questions: Vec<Message>,
    outcomes: Vec<Option<Outcome>>,
}

impl Inquiry {
    fn new(queries: Vec<Query>) -> Self {
        let outcomes = vec![None; queries.len()];
        Self { questions: queries.into_iter().map(question).collect(), outcomes }
    }

    async fn run(
        mut self,
        server: SocketAddr,
        patience: Patience,
        done: &watch::Sender<bool>,
    ) -> Vec<Outcome> {
        let mut others = done.subscribe();
        let missing = tokio::select! {
            biased;
            result = self.ask(server) => match result {
                Ok(()) => {
                    done.send_replace(true);
                    Outcome::Garbled
                }
                Err(error) => Outcome::Unreachable(Errno(error.raw_os_error().unwrap_or(Errno::EINVAL.0))),
            },
            () = sleep(patience.limit) => Outcome::Silent(patience.limit),
            () = enough(&mut others, patience.grace) => Outcome::Slow,
        };
        self.outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(|| missing.clone())).collect()
    }

    /// Asks, and returns when every question is answered.
    async fn ask(&mut self, server: SocketAddr) -> io::Result<()> {
        let socket = open(server).await?;
        for question in &self.questions {
            socket.send(&question.to_vec().map_err(io::Error::other)?).await?;
        }
        let mut buffer = [0; LONGEST];
        while self.outcomes.iter().any(Option::is_none) {
            let len = socket.recv(&mut buffer).await?;
            self.hear(&buffer[..len]);
        }
        Ok(())
    }

    /// Notes the answer in `bytes`, if it is one to a question that is open.
    fn hear(&mut self, bytes: &[u8]) {
        let Some(id) = bytes.first_chunk().map(|id| u16::from_be_bytes(*id)) else { return };
        let open = self.questions.iter().zip(&mut self.outcomes);
        for (question, outcome) in
            open.filter(|(question, outcome)| question.metadata.id == id && outcome.is_none())
        {
            match Message::from_vec(bytes) {
                Ok(message) if is_answer(&message, question) => {
                    *outcome = question.queries.first().map(|query| Outcome::of(&message, query));
                }
                Ok(_) => {}
                Err(_) => *outcome = Some(Outcome::Garbled),
            }
        }
    }
}

/// Ready once another server has answered and the grace is over; never, without a grace.
async fn enough(others: &mut watch::Receiver<bool>, grace: Option<Duration>) {
    let has_answered = others.wait_for(|done| *done).await.is_ok();
    match grace.filter(|_| has_answered) {
        Some(grace) => sleep(grace).await,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests;
