//! Why a tool could not run: what was wrong, and the way out.

use std::fmt;

/// An error that ends a run. Its exit code is always 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolError {
    /// What was wrong: one line that names the operation and its object.
    pub message: String,
    /// The way out: what to type or to set instead. May have several lines.
    pub hint: Option<String>,
}

impl ToolError {
    /// An error without a hint.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    /// The same error with the way out.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ToolError {}
