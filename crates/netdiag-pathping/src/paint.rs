//! Colour, for who wants it. Nothing is said by colour alone.

use anstyle::{AnsiColor, Style};

/// Whether to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// None.
    Plain,
    /// For people at a terminal.
    Colour,
}

impl Paint {
    fn styled(self, style: Style, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colour => format!("{style}{text}{style:#}"),
        }
    }

    /// What is wrong.
    pub(crate) fn alarm(self, text: &str) -> String {
        self.styled(AnsiColor::Red.on_default(), text)
    }

    /// What looks wrong and is not.
    pub(crate) fn hush(self, text: &str) -> String {
        self.styled(Style::new().dimmed(), text)
    }
}
