//! Where a run writes, and how: records for machines, lines for people.

use netdiag_model::event::Notice;
use netdiag_tool::{Streams, Terminal, json};

use crate::evidence::Interfaces;
use crate::plan::{Detail, Form, Look};
use crate::text::{self, Paint};

/// The page.
pub(crate) struct Page<'a> {
    pub(crate) streams: &'a mut Streams,
    pub(crate) interfaces: &'a Interfaces,
    pub(crate) look: Look,
    pub(crate) paint: Paint,
    /// How wide the terminal is, where text goes to one.
    pub(crate) columns: Option<usize>,
}

impl<'a> Page<'a> {
    /// A page on the streams, for whoever looks at the terminal.
    pub(crate) fn new(
        streams: &'a mut Streams,
        interfaces: &'a Interfaces,
        (look, terminal): (Look, &Terminal),
    ) -> Self {
        let paint = if terminal.has_color(look.color) { Paint::Color } else { Paint::Plain };
        let columns = terminal.columns.filter(|_| terminal.is_stdout).map(usize::from);
        Self { streams, interfaces, look, paint, columns }
    }

    /// Whether it is for machines.
    pub(crate) fn is_json(&self) -> bool {
        self.look.form == Form::Json
    }

    /// Whether only the end is wanted.
    pub(crate) fn is_quiet(&self) -> bool {
        self.look.detail == Detail::Quiet
    }

    /// Writes a record.
    pub(crate) fn record(&mut self, record: &impl serde::Serialize) {
        self.streams.out.write(&json::line(record));
    }

    /// Writes text.
    pub(crate) fn text(&mut self, text: &str) {
        let folded = self.columns.map(|columns| text::fold(text, columns));
        self.streams.out.write(folded.as_deref().unwrap_or(text).as_bytes());
    }

    /// Says something on standard error.
    pub(crate) fn say(&mut self, message: &str) {
        self.streams.err.write(format!("netdiag connect: {message}\n").as_bytes());
    }

    /// Something happened to the run itself.
    pub(crate) fn notice(&mut self, notice: &Notice) {
        if self.is_json() {
            let (code, message) = (notice.code.as_str().to_owned(), notice.message.clone());
            self.record(&json::Notice { code, message, target: None, hint: None });
        } else {
            self.say(&notice.message);
        }
    }
}
