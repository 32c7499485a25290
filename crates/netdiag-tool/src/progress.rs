//! One line on standard error that shows how far a run is: a bar where the end is known, and the caller's words.
//!
//! It goes through the streams, so it keeps its place among everything else that is written; whatever is written
//! meanwhile wipes it, and the next [`Progress::draw`] brings it back. How often to draw is the caller's to decide.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike};

use crate::escape::Escaped;
use crate::output::{Gathered, Streams};
use crate::terminal::Terminal;

/// How wide a terminal is that does not tell.
const COLUMNS: u16 = 80;
/// Terminals narrower than this show no line.
const NARROWEST: u16 = 10;
/// Terminals narrower than this have no room for a bar beside the words.
const NARROWEST_WITH_BAR: u16 = 48;

/// The line. Nothing happens where standard error is no terminal.
#[derive(Debug)]
pub struct Progress {
    line: Option<Line>,
}

impl Progress {
    /// A line on the terminal of `streams` for a run of `total` steps; `None` where their number is not known (yet).
    /// Nothing is drawn.
    pub fn new(streams: &Streams, terminal: &Terminal, total: Option<u64>) -> Self {
        // The last column stays free: a terminal that has filled it may already be on the next line.
        let columns = terminal.columns.unwrap_or(COLUMNS).saturating_sub(1);
        let is_shown = terminal.is_stderr && columns >= NARROWEST;
        let mut progress = Self { line: is_shown.then(|| Line::new(streams.gathered(), columns)) };
        progress.set_total(total);
        progress
    }

    /// Says how many steps there are; `None` where that is not known. Seen with the next [`Self::draw`].
    pub fn set_total(&mut self, total: Option<u64>) {
        if let Some(line) = &mut self.line {
            line.set_total(total);
        }
    }

    /// Draws the line: `done` steps of the total, and `words`, cut to the terminal's width. It is seen with the next
    /// [`Streams::flush`].
    pub fn draw(&mut self, done: u64, words: &str) {
        if let Some(line) = &mut self.line {
            line.draw(done, words);
        }
    }

    /// Hands what was drawn to the terminal, for who has no streams at hand to flush.
    pub fn flush(&mut self) {
        if let Some(line) = &self.line {
            line.gathered.borrow_mut().hand_over();
        }
    }

    /// Takes the line off the terminal.
    pub fn clear(&mut self) {
        if let Some(line) = &self.line {
            line.gathered.borrow_mut().wipe_line();
        }
    }
}

#[derive(Debug)]
struct Line {
    gathered: Rc<RefCell<Gathered>>,
    bar: ProgressBar,
    drawn: Drawn,
}

impl Line {
    fn new(gathered: Rc<RefCell<Gathered>>, columns: u16) -> Self {
        let drawn = Drawn { columns, text: Arc::default() };
        // Without a rate of its own it draws whenever it is told to.
        let target = ProgressDrawTarget::term_like(Box::new(drawn.clone()));
        Self { gathered, bar: ProgressBar::with_draw_target(None, target), drawn }
    }

    fn set_total(&self, total: Option<u64>) {
        let template = match total {
            None => "{wide_msg}",
            Some(_) if self.drawn.columns < NARROWEST_WITH_BAR => "{share:>3}%  {wide_msg}",
            Some(_) => "[{bar:16}] {share:>3}%  {wide_msg}",
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        self.bar.set_style(style.progress_chars("#-").with_key("share", write_share));
        match total {
            Some(total) => self.bar.set_length(total),
            None => self.bar.unset_length(),
        }
    }

    fn draw(&self, done: u64, words: &str) {
        self.bar.set_position(done);
        // Setting the position may have drawn already, with the words of before.
        self.drawn.take();
        self.bar.set_message(Escaped(words).to_string());
        self.gathered.borrow_mut().show_line(self.drawn.take().trim_end());
    }
}

/// Whole percents, rounded down: a hundred are all.
fn write_share(state: &ProgressState, text: &mut dyn std::fmt::Write) {
    let (done, total) = (u128::from(state.pos()), u128::from(state.len().unwrap_or_default()));
    let share = (done * 100).checked_div(total).map_or(100, |share| share.min(100));
    // Text in memory takes everything.
    let _ = write!(text, "{share}");
}

/// A terminal of one line that keeps what was drawn on it.
#[derive(Debug, Clone)]
struct Drawn {
    columns: u16,
    text: Arc<Mutex<String>>,
}

impl Drawn {
    fn take(&self) -> String {
        std::mem::take(&mut *self.text.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl TermLike for Drawn {
    fn width(&self) -> u16 {
        self.columns
    }

    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
        Ok(())
    }

    /// The streams wipe the line themselves.
    fn clear_line(&self) -> io::Result<()> {
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
