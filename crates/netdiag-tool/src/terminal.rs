//! What is known of the terminal: who looks at it, how wide it is, whether colour is wanted.

use clap::ValueEnum;

/// What the user asked for with `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorChoice {
    /// Where a person looks: on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; or `CLICOLOR_FORCE` is set.
    #[default]
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

/// Facts about where output goes. Read once, by the composition root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terminal {
    /// Whether standard output is a terminal.
    pub is_stdout: bool,
    /// Whether standard error is a terminal that obeys commands (not `TERM=dumb`).
    pub is_stderr: bool,
    /// How many columns the terminal on standard error has, where it tells.
    pub columns: Option<u16>,
    /// What the environment says of colour.
    pub wish: ColorWish,
}

/// What the environment says of colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColorWish {
    /// Nothing.
    #[default]
    None,
    /// Wanted even where no terminal is (`CLICOLOR_FORCE`).
    Forced,
    /// Not wanted (`NO_COLOR`, `TERM=dumb`).
    Refused,
}

impl Terminal {
    /// Whether to use colour on standard output.
    pub fn has_color(&self, choice: ColorChoice) -> bool {
        match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => match self.wish {
                ColorWish::Refused => false,
                ColorWish::Forced => true,
                ColorWish::None => self.is_stdout,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_wins_over_the_environment_and_that_over_the_terminal() {
        let screen = Terminal { is_stdout: true, ..Terminal::default() };
        assert!(screen.has_color(ColorChoice::Auto));
        assert!(!Terminal { wish: ColorWish::Refused, ..screen }.has_color(ColorChoice::Auto));
        assert!(Terminal { wish: ColorWish::Refused, ..screen }.has_color(ColorChoice::Always));
        assert!(Terminal { wish: ColorWish::Forced, ..Terminal::default() }.has_color(ColorChoice::Auto));
        assert!(!screen.has_color(ColorChoice::Never));
    }
}
