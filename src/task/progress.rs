//! Progress: a free-form string that EC2 documents "as a percent (for example, 20%)".

use std::fmt;

/// How far a task has progressed, as EC2 sent it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress(String);

impl Progress {
    /// Wraps what EC2 sent.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What EC2 sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The percentage, 0 to 100, if the text is one. Eucalyptus omits the `%`.
    pub fn percent(&self) -> Option<f64> {
        let number = self.0.trim();
        let number = number.strip_suffix('%').unwrap_or(number).trim_end();
        let percent: f64 = number.parse().ok()?;
        // `-0` is in the range, too.
        (0.0..=100.0).contains(&percent).then_some(percent.abs())
    }

    /// The percentage, rounded down, so that only what is finished is 100.
    pub fn whole_percent(&self) -> Option<f64> {
        self.percent().map(f64::floor)
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
