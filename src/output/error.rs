//! Why output could not be written.

use std::io;

/// Why output could not be written. The AWS CLI has exit code 255 for both.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The format cannot show such a value. Part of the output may have been written before.
    #[error("{0}")]
    Value(String),
    /// The writer failed, because the disk is full for example.
    #[error("cannot write the output: {0}")]
    Io(#[from] io::Error),
}
