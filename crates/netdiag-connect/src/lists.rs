//! What the words and lists come to: endpoints, one after the other, and the lines that name none.

use netdiag_engine::driver::Command;
use netdiag_model::Mono;
use netdiag_tool::lists::List;
use netdiag_tool::{Context, Escaped};

use crate::endpoint::{Endpoint, Wanted};

/// The longest line that is understood, in octets.
const LONGEST_LINE: usize = 1024;

/// A line that names nothing to connect with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) label: String,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

/// What the words come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) failures: Vec<Fault>,
}

/// Reads all lists, as far as they are there by the deadline. `None` when the run is to end.
pub(crate) async fn read(wanted: &[Wanted], deadline: Option<Mono>, context: &mut Context) -> Option<Listed> {
    let mut listed = Listed::default();
    for one in wanted {
        match one {
            Wanted::Endpoint(endpoint) => listed.endpoints.push(endpoint.clone()),
            Wanted::List(list) => {
                let (bytes, error) = octets(list, deadline, context).await?;
                listed.lines(list, &bytes);
                if let Some(error) = error {
                    let message = format!("{list}: {error}");
                    listed.failures.push(Fault { label: list.to_string(), message, hint: None });
                }
            }
        }
    }
    Some(listed)
}

/// All of a list, and why there is no more of it.
async fn octets(
    list: &List,
    deadline: Option<Mono>,
    context: &mut Context,
) -> Option<(Vec<u8>, Option<std::io::Error>)> {
    let Context { lists, commands, clock, .. } = context;
    let mut chunks = lists.open(list);
    let mut bytes = Vec::new();
    let mut timer = std::pin::pin!(std::future::poll_fn(|cx| match deadline {
        Some(deadline) => clock.poll_until(cx, deadline),
        None => std::task::Poll::Pending,
    }));
    loop {
        tokio::select! {
            biased;
            chunk = chunks.recv() => match chunk {
                Some(Ok(chunk)) => bytes.extend_from_slice(&chunk),
                Some(Err(error)) => return Some((bytes, Some(error))),
                None => return Some((bytes, None)),
            },
            () = &mut timer => {
                let error = std::io::Error::new(std::io::ErrorKind::TimedOut, "no end of it by the deadline");
                return Some((bytes, Some(error)));
            }
            Some(command) = commands.recv() => if command == Command::Quit { return None },
        }
    }
}

impl Listed {
    /// The lines of a list: one word each; `#` at the beginning or after white space begins a remark.
    fn lines(&mut self, list: &List, bytes: &[u8]) {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            let line = &line[..line.len().min(LONGEST_LINE)];
            let text = String::from_utf8_lossy(line);
            let word = match text.find('#') {
                Some(0) => "",
                Some(at) if text[..at].ends_with(char::is_whitespace) => &text[..at],
                _ => &text,
            };
            let word = word.trim();
            if word.is_empty() {
                continue;
            }
            match Endpoint::parse(word) {
                Ok(endpoint) => self.endpoints.push(endpoint),
                Err(error) => self.failures.push(Fault {
                    label: word.to_owned(),
                    message: format!("{list}:{number}: {}", Escaped(&error.to_string())),
                    hint: None,
                }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_remarks_and_faults() {
        let mut listed = Listed::default();
        let text = "\u{feff}a.example:22 # ssh\r\n\n# nothing\n192.0.2.0/30:80,443\nnonsense\n[::1]:8#0\n";
        listed.lines(&List::Stdin, text.as_bytes());
        let labels: Vec<&str> = listed.endpoints.iter().map(|one| one.label.as_str()).collect();
        assert_eq!(labels, ["a.example", "192.0.2.0/30"]);
        let said: Vec<&str> = listed.failures.iter().map(|one| one.message.as_str()).collect();
        assert!(said[0].starts_with("standard input:5: \"nonsense\" names no port"), "{said:?}");
        assert!(said[1].starts_with("standard input:6:"), "{said:?}");
    }
}
