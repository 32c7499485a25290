//! An open connection that is left alone, or only asked whether it is alive: when and how is a peer noticed that
//! vanishes?

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use netdiag_engine::driver::Command;
use netdiag_engine::port::{Keepalive, Stream};
use netdiag_model::{Errno, Mono};

use crate::arguments::Heartbeat;
use crate::batch::Tools;

/// What the system's defaults take: 7200 s of idleness, then nine probes 75 s apart (tcp(7)).
pub(crate) const SYSTEM_DEFAULT: Duration = Duration::from_secs(7_200 + 9 * 75);

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The peer closed it.
    Closed,
    /// With an error.
    Failed(Errno),
    /// What came back is not what was expected.
    Unexpected,
    /// Nothing came back in time.
    Unanswered,
}

impl Ending {
    /// How, in words.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Closed => "the peer closed the connection (FIN)".to_owned(),
            Self::Failed(errno @ Errno::ETIMEDOUT) => {
                format!("the kernel gave the connection up: nothing was acknowledged ({} {errno})", errno.0)
            }
            Self::Failed(errno @ Errno::ECONNRESET) => {
                format!("the peer, or something on the way, reset the connection ({} {errno})", errno.0)
            }
            Self::Failed(errno) => format!("the connection failed ({} {errno})", errno.0),
            Self::Unexpected => "the answer is not what was expected".to_owned(),
            Self::Unanswered => "no answer came in time".to_owned(),
        }
    }
}

/// What waiting came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waited {
    /// The connection ended.
    Ended(Ending),
    /// Octets came; so many.
    Heard(usize),
    /// The time was up.
    Up,
    /// The run is to end.
    Quit,
}

/// Waits until something happens to a connection, or until a time. What comes is added to `heard`.
pub(crate) async fn wait(
    tools: &mut Tools<'_>,
    stream: &mut dyn Stream,
    until: Option<Mono>,
    heard: &mut Vec<u8>,
) -> Waited {
    let until = [until, tools.deadline].into_iter().flatten().min();
    let mut buffer = [0; 2048];
    poll_fn(|cx| {
        while let Poll::Ready(Some(command)) = tools.commands.poll_recv(cx) {
            if command == Command::Quit {
                return Poll::Ready(Waited::Quit);
            }
        }
        match stream.poll_read(cx, &mut buffer) {
            Poll::Ready(Ok(0)) => return Poll::Ready(Waited::Ended(Ending::Closed)),
            Poll::Ready(Ok(len)) => {
                heard.extend_from_slice(&buffer[..len]);
                return Poll::Ready(Waited::Heard(len));
            }
            Poll::Ready(Err(errno)) => return Poll::Ready(Waited::Ended(Ending::Failed(errno))),
            Poll::Pending => {}
        }
        match until {
            Some(until) if tools.clock.poll_until(cx, until).is_ready() => Poll::Ready(Waited::Up),
            _ => Poll::Pending,
        }
    })
    .await
}

/// What came of an idle connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Idled {
    /// How long it was idle.
    pub idle: Duration,
    /// How it ended, if it did.
    pub ending: Option<Ending>,
}

/// Lets a connection be idle, with the kernel watching over it, until it ends or the run does.
pub(crate) async fn idle(
    tools: &mut Tools<'_>,
    stream: &mut dyn Stream,
    keepalive: Keepalive,
) -> Result<Idled, Errno> {
    stream.set_keepalive(keepalive)?;
    let start = tools.clock.now().mono;
    let mut heard = Vec::new();
    loop {
        let waited = wait(tools, stream, None, &mut heard).await;
        let ending = match waited {
            // What a service says by itself does not end the idleness.
            Waited::Heard(_) => {
                heard.clear();
                continue;
            }
            Waited::Ended(ending) => Some(ending),
            Waited::Up | Waited::Quit => None,
        };
        return Ok(Idled { idle: tools.clock.now().mono.since(start), ending });
    }
}

/// One beat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Beat {
    /// How long the answer took, or how long it was waited for.
    pub took: Duration,
    /// What went wrong, if something did.
    pub ending: Option<Ending>,
    /// What came back.
    pub heard: Vec<u8>,
}

/// Sends a heartbeat and waits for its answer, at most for `timeout`; `None` when the run is to end.
pub(crate) async fn beat(
    tools: &mut Tools<'_>,
    stream: &mut dyn Stream,
    (heartbeat, timeout): (&Heartbeat, Duration),
) -> Option<Beat> {
    let start = tools.clock.now().mono;
    let mut heard = Vec::new();
    let mut ending = write(stream, &heartbeat.send).await.err().map(Ending::Failed);
    while ending.is_none() && !is_answered(heartbeat, &heard) {
        ending = match wait(tools, stream, Some(start + timeout), &mut heard).await {
            Waited::Heard(_) => None,
            Waited::Ended(ending) => Some(ending),
            Waited::Quit => return None,
            Waited::Up if tools.deadline.is_some_and(|deadline| deadline <= tools.clock.now().mono) => {
                return None;
            }
            Waited::Up if heard.is_empty() => Some(Ending::Unanswered),
            Waited::Up => Some(Ending::Unexpected),
        };
    }
    Some(Beat { took: tools.clock.now().mono.since(start), ending, heard })
}

fn is_answered(heartbeat: &Heartbeat, heard: &[u8]) -> bool {
    match heartbeat.expect.len() {
        0 => !heard.is_empty(),
        len => heard.windows(len).any(|window| window == heartbeat.expect),
    }
}

async fn write(stream: &mut dyn Stream, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        let written = poll_fn(|cx| stream.poll_write(cx, bytes)).await?;
        bytes = &bytes[written..];
    }
    Ok(())
}
