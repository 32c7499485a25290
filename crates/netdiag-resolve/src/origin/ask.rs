//! One question to the system's name servers: to the first of them, and to the next one when there is no answer yet or
//! no good one. A single server is asked twice.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hickory_proto::op::{Message, Query, ResponseCode};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::exchange::{LONGEST, is_answer, open, question};

/// How long they all have.
const LIMIT: Duration = Duration::from_secs(2);
/// How long one has before the next is asked as well.
const STAGGER: Duration = Duration::from_millis(600);

/// What came of a question.
#[derive(Debug)]
pub(super) enum Heard {
    /// A server knows, or knows that there is no such record.
    Answer(Message),
    /// Every server failed, or is out of reach.
    Failure,
    /// Nothing came in time.
    Silence,
}

/// Asks `servers`, in two seconds at most.
pub(super) async fn ask(servers: &[SocketAddr], query: &Query) -> Heard {
    timeout(LIMIT, in_turn(servers, query)).await.unwrap_or(Heard::Silence)
}

async fn in_turn(servers: &[SocketAddr], query: &Query) -> Heard {
    let mut left = servers.iter().copied().cycle().take(servers.len().max(2));
    let mut asked = JoinSet::new();
    loop {
        let next = left.next();
        let has_next = next.is_some();
        if let Some(server) = next {
            asked.spawn(exchange(server, query.clone()));
        }
        tokio::select! {
            ended = asked.join_next() => match ended {
                Some(Ok(Ok(message))) if is_definite(&message) => return Heard::Answer(message),
                Some(_) => {}
                None => return Heard::Failure,
            },
            () = sleep(STAGGER), if has_next => {}
        }
    }
}

/// Asks one server, and waits for its answer. What is no answer to the question is not listened to.
async fn exchange(server: SocketAddr, query: Query) -> io::Result<Message> {
    let question = question(query);
    let socket = open(server).await?;
    socket.send(&question.to_vec().map_err(io::Error::other)?).await?;
    let mut buffer = [0; LONGEST];
    loop {
        let len = socket.recv(&mut buffer).await?;
        match Message::from_vec(&buffer[..len]) {
            Ok(message) if message.metadata.id == question.metadata.id && is_answer(&message, &question) => {
                return Ok(message);
            }
            _ => {}
        }
    }
}

/// Whether there is no need to ask another server.
fn is_definite(message: &Message) -> bool {
    matches!(message.metadata.response_code, ResponseCode::NoError | ResponseCode::NXDomain)
}
