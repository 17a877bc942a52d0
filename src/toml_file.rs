//! The TOML files that a person writes, settings and themes: their text, where each value stands, and what is wrong
//! with it.

mod document;
mod problem;
mod read;

pub use document::{Document, Places, TableEntry, Written, message, nested};
pub use problem::{Place, Problem};
pub use read::{ReadError, read};
