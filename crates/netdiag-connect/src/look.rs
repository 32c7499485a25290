//! Where a run writes, and how: records for machines, lines for people.

use netdiag_model::event::Notice;
use netdiag_tool::{Streams, json};

use crate::evidence::Interfaces;
use crate::plan::{Detail, Form, Look};
use crate::text::Paint;

/// The page.
pub(crate) struct Page<'a> {
    pub(crate) streams: &'a mut Streams,
    pub(crate) interfaces: &'a Interfaces,
    pub(crate) look: Look,
    pub(crate) paint: Paint,
}

impl Page<'_> {
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
        self.streams.out.write(text.as_bytes());
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
