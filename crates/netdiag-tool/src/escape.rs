//! Text that came from the network, made safe for a terminal: control characters, among them the escape that begins a
//! terminal command, and invisible direction marks are written as numbers.

use std::fmt::{self, Write};

/// Shows a text with everything that could command a terminal or mislead a reader written as `\u{…}`.
#[derive(Debug, Clone, Copy)]
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if c.is_control() || is_format(c) {
                write!(f, "\\u{{{:x}}}", u32::from(c))?;
            } else {
                f.write_char(c)?;
            }
        }
        Ok(())
    }
}

/// Zero-width and direction-changing characters (Unicode general category Cf, as far as they change how other text
/// looks).
const fn is_format(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_command_becomes_text() {
        assert_eq!(Escaped("a\x1b[31mb\u{202e}c\n").to_string(), "a\\u{1b}[31mb\\u{202e}c\\u{a}");
        assert_eq!(Escaped("wörld-1.example").to_string(), "wörld-1.example");
    }
}
